// Plugins: see docs/internals/architecture.md.
