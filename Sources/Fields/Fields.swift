// Fields: see docs/internals/architecture.md.
