// SourceText: see docs/internals/architecture.md.
