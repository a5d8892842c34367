import SourceText

struct SegmentMap {
  let scalar: Scalar
  init(_ scalar: Scalar) { self.scalar = scalar }
  func fileSpan(_ range: Range<Int>) -> SourceSpan { scalar.span }
}
