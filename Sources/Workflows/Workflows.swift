// Workflows: see docs/internals/architecture.md.
