// Documents: see docs/internals/architecture.md.
