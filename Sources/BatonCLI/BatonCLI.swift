// BatonCLI: see docs/internals/architecture.md.
