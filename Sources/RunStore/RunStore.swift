// RunStore: see docs/internals/architecture.md.
