// Values: see docs/internals/architecture.md.
