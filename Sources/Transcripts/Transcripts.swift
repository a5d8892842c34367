// Transcripts: see docs/internals/architecture.md.
