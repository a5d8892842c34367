// TimeZones: see docs/internals/architecture.md.
