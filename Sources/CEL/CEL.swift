// CEL: see docs/internals/architecture.md.
