// Actions: see docs/internals/architecture.md.
