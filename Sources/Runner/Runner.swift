// Runner: see docs/internals/architecture.md.
