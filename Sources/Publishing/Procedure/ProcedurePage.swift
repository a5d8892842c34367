/// A page of HTML that holds everything it needs, for screens and for paper.
struct ProcedurePage {
  let title: String
  let markdown: String
  let picture: FlowPicture

  var text: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" \
    content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
    <title>\(MarkdownInline.escaped(title))</title>
    <style>\(Self.style)</style>
    </head>
    <body>
    <main>
    \(MarkdownPage.html(markdown))</main>
    \(figure)
    </body>
    </html>

    """
  }

  private static let description =
    "The procedure as a picture; every step of it is described above."
  private static let caption = "<figcaption>The procedure as a picture</figcaption>"

  /// The picture: whole on a screen, and on paper too where it is small enough; else cut into sheets,
  /// or left out with a note where nobody could read it.
  private var figure: String {
    let image = "<img alt=\"\(Self.description)\" src=\"\(source)\">"
    switch picture.print?.pieces.count {
    case nil:
      return """
        <figure class="screen">
        \(image)
        \(Self.caption)
        </figure>
        <p class="paper">The picture of the procedure is too large for this paper. \
        <code>baton graph FILE -o picture.svg</code> makes it for larger sheets.</p>
        """
    case 1: return "<figure>\n\(image)\n\(Self.caption)\n</figure>"
    default: return sheets
    }
  }

  /// Drawn from one copy, which is whole or a piece by where its background begins.
  private var sheets: String {
    let number = SVGCanvas.number
    let scale = picture.print?.scale ?? 1
    let pieces = (picture.print?.pieces ?? []).map { piece in
      "<div class=\"picture sheet\" style=\"width:\(number(picture.width * scale))px;"
        + "height:\(number((piece.bottom - piece.top) * scale))px;"
        + "background-position:0 -\(number(piece.top * scale))px\"></div>"
    }
    let size =
      "width:\(number(picture.width))px;"
      + "aspect-ratio:\(number(picture.width))/\(number(picture.height))"
    let whole =
      "<div class=\"picture whole\" role=\"img\" aria-label=\"\(Self.description)\" "
      + "style=\"\(size)\"></div>"
    return """
      <style>.picture{background-image:url("\(source)")}</style>
      <figure>
      \(whole)
      \(pieces.joined(separator: "\n"))
      \(Self.caption)
      </figure>
      """
  }

  /// The picture as an address: an image has styles and ids of its own.
  private var source: String {
    var result = "data:image/svg+xml,"
    let digits = Array("0123456789ABCDEF")
    for byte in picture.text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x20, 0x3D, 0x3A, 0x2F:
        result.unicodeScalars.append(UnicodeScalar(byte))
      default:
        result.append("%")
        result.append(digits[Int(byte >> 4)])
        result.append(digits[Int(byte & 15)])
      }
    }
    return result
  }

  private static let style = """

    :root{color-scheme:light dark;--ink:#1f2933;--muted:#52606d;--line:#d5dbe1;--soft:#f4f6f8;\
    --page:#fff;--link:#1f5f99}
    @media (prefers-color-scheme:dark){:root{--ink:#e6eaee;--muted:#aab4be;--line:#39424c;\
    --soft:#1e242b;--page:#12161b;--link:#7db6ea}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:52rem;padding:2.5rem 1.5rem;background:var(--page);\
    color:var(--ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',\
    Arial,sans-serif}
    h1{font-size:1.9rem;line-height:1.2;margin:0 0 1rem;padding-bottom:.6rem;\
    border-bottom:3px solid var(--ink)}
    h2{font-size:1.35rem;margin:2.4rem 0 .8rem;padding-bottom:.25rem;\
    border-bottom:1px solid var(--line)}
    h3{font-size:1.1rem;margin:1.9rem 0 .5rem}
    h4,h5,h6{font-size:1rem;margin:1.4rem 0 .4rem}
    h4,h5,h6{color:var(--muted)}
    p,ul,ol,table,pre,blockquote{margin:.5rem 0 .9rem}
    table{border-collapse:collapse;width:100%;font-size:.93rem}
    th,td{border:1px solid var(--line);padding:.4rem .65rem;text-align:left;vertical-align:top;\
    overflow-wrap:anywhere}
    thead th{background:var(--soft)}
    td:first-child{min-width:7.5rem}
    code{background:var(--soft);border-radius:4px;padding:.08em .35em;\
    font:.88em ui-monospace,'SF Mono',Consolas,'DejaVu Sans Mono',monospace}
    pre{background:var(--soft);padding:.8rem 1rem;overflow-x:auto;border-radius:6px}
    pre code{padding:0}
    blockquote{margin-left:0;padding-left:1rem;border-left:4px solid var(--line);\
    color:var(--muted)}
    a{color:var(--link)}
    ul:has(>li>.box){list-style:none;padding-left:.2rem}
    .box{display:inline-block;width:.95em;height:.95em;margin-right:.6em;\
    border:1.5px solid var(--muted);border-radius:3px;vertical-align:-.1em;line-height:.9em;\
    text-align:center;font-size:.95em}
    figure{margin:3rem 0 0;text-align:center}
    figure img{max-width:100%;height:auto}
    figcaption{color:var(--muted);font-size:.9rem;margin-top:.6rem}
    .picture{margin:0 auto;max-width:100%;background:no-repeat 0 0/100% auto;\
    -webkit-print-color-adjust:exact;print-color-adjust:exact}.sheet,.paper{display:none}
    @media print{:root{--ink:#000;--muted:#333;--line:#999;--soft:#f2f2f2;--page:#fff;--link:#000}
    body{max-width:none;padding:0;font-size:10.5pt}h1,h2,h3,h4{break-after:avoid}
    table,tr,li{break-inside:avoid}figure{break-before:page}figure img{max-height:24cm}
    figure.screen,.whole{display:none}.paper,.sheet{display:block}\
    .sheet{max-width:none;break-inside:avoid}.sheet+.sheet{break-before:page}
    @page{margin:18mm 16mm}}

    """
}
