// CommandLineKit: see docs/internals/architecture.md.
