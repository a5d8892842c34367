// Engine: see docs/internals/architecture.md.
