import Testing

@testable import Fields

/// Formats at edges that the test suite of JSON Schema leaves out.
@Suite struct FormatTests {
  @Test(arguments: [
    // Labels from right to left (RFC 5893): none that runs the other way in them, no digit in front,
    // and this in every label of the name.
    ("\u{5D0}\u{3B1}", false), ("\u{3B1}\u{5D0}", false), ("\u{5D0}1", true),
    ("\u{5D0}\u{5B0}", true),
    ("1a.xn--4dbrk0ce", false), ("a1.xn--4dbrk0ce", true), ("a1.\u{5D0}", true),
    ("\u{660}a", false), ("\u{7C1}", true), ("\u{628}\u{6F0}", true), ("\u{10A00}a", false),
    // Letters that another form stands for (RFC 5892, section 2.2).
    ("\u{17F}", false), ("\u{AA}", false), ("\u{FB1D}", false), ("\u{1100}", false),
    ("\u{20D0}a", false), ("\u{E4}\u{1D165}", false), ("\u{E4}", true), ("\u{C4}", false),
    // Zero width non-joiners between letters that join there (appendix A.1), marks aside.
    ("\u{628}\u{64E}\u{200C}\u{64E}\u{628}", true), ("\u{627}\u{200C}\u{628}", false),
    ("\u{628}\u{200C}\u{627}", true), ("\u{628}\u{200C}", false), ("\u{621}\u{200C}\u{628}", false),
    // What is read as if it were not there.
    ("ex\u{200B}ample.com", true), ("\u{200B}", false), ("a.\u{AD}", false),
    ("\u{375}\u{3E3}", false), ("\u{30FB}\u{31F0}", true), ("\u{30FB}\u{20000}", true),
  ])
  func `international host names`(text: String, holds: Bool) {
    #expect(Format.idnHostname.holds(text) == holds)
  }

  @Test(arguments: [
    (#"(a)\1"#, true), (#"\1(a)"#, true), (#"(a)\1*"#, true), (#"(?<n>a)\k<n>+"#, true),
    (#"(a)\\1"#, true), (#"\1"#, false), (#"(a)\2"#, false), (#"(?:a)\1"#, false),
    (#"\(a\)\1"#, false), (#"[(]\1"#, false), (#"\k<n>"#, false), (#"(?<m>a)\k<n>"#, false),
    (#"(?=(a))\1"#, true),
  ])
  func `patterns may refer to groups that they have`(pattern: String, holds: Bool) {
    #expect(Format.regex.holds(pattern) == holds)
  }

  // What ECMAScript's own engine says of them.
  @Test(arguments: [
    (#"^[^\s@]+@[^\s@]+$"#, "a@b.c", true), (#"^[^\s@]+@[^\s@]+$"#, "a @b.c", false),
    (#"^[\s,]+$"#, " ,\u{FEFF}\t", true), (#"^[\s,]+$"#, "]", false), (#"^[\s,]+$"#, "[", false),
    (#"^[\S\d]+$"#, "a]1é😀", true), (#"^[\S\d]+$"#, " ", false), (#"^[^\S]$"#, "\u{A0}", true),
    (#"^[^\S]$"#, "a", false), (#"^\S$"#, "\u{180E}", true), (#"^[\b]$"#, "\u{8}", true),
    (#"^[\b]$"#, "b", false), ("^.$", "\r", false), ("^.$", "\u{2028}", false),
    ("^.$", "\u{85}", true),
    ("^[.]$", "a", false), ("^[[:alpha:]$", "l", true), ("^[[:alpha:]$", "z", false),
    (#"^\ud83d\ude00$"#, "😀", true), (#"^[\uD83D\uDE00-\uD83D\uDE02]$"#, "😁", true),
    (#"^\p{Currency_Symbol}$"#, "€", true), (#"^\P{Dash_Punctuation}$"#, "-", false),
  ])
  func `patterns match as in ECMAScript`(pattern: String, text: String, isFound: Bool) throws {
    #expect(try SchemaPattern(pattern).isFound(in: text) == isFound)
  }
}
