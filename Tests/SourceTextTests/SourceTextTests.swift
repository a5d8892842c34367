import Testing

@testable import SourceText

@Suite struct SourceFileTests {
  @Test func `lines and columns count from one, in Unicode scalars`() {
    let file = SourceFile(path: "a", text: "ab\nçé😀x\r\n\rlast")
    #expect(file.lineCount == 4)
    #expect(file.location(of: 0) == (1, 1))
    #expect(file.location(of: 3) == (2, 1))
    #expect(file.location(of: 11) == (2, 4))
    #expect(file.line(2) == "çé😀x")
    #expect(file.line(3) == "")
    #expect(file.line(4) == "last")
    #expect(file.line(5) == "")
    #expect(file.location(of: 999) == (4, 5))
    #expect(file.location(of: -1) == (1, 1))
  }

  @Test func `a byte order mark has no column`() {
    let file = SourceFile(path: "a", text: "\u{FEFF}key")
    #expect(file.line(1) == "key")
    #expect(file.location(of: 3) == (1, 1))
    #expect(file.location(of: 4) == (1, 2))
  }

  @Test func `an empty file has one empty line`() {
    let file = SourceFile(path: "a", text: "")
    #expect(file.lineCount == 1)
    #expect(file.location(of: 0) == (1, 1))
  }
}

@Suite struct NearestTests {
  @Test(arguments: [
    ("creat", "create"), ("lable", "label"), ("CREATE", "create"), ("delte", "delete"),
    ("xyz", nil), ("", nil), ("a", nil), ("labelled", nil), ("if", "in"),
  ])
  func `suggests what is at most two slips away`(word: String, suggestion: String?) {
    #expect(nearest(word, among: ["create", "delete", "label", "in"]) == suggestion)
  }

  @Test func `the nearest wins, the first of equals`() {
    #expect(nearest("stat", among: ["start", "state", "stats"]) == "start")
    #expect(nearest("statu", among: ["stats", "status"]) == "stats")
    #expect(nearest("same", among: ["same", "sane"]) == "sane")
  }
}
