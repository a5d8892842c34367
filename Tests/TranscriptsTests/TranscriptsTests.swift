import Testing

@testable import Transcripts

@Suite struct TranscriptsTests {}
