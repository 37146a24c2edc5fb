"""What `check_epub` says about a book with one fault.

The input is the body of a chapter, or, with the setting `file`, another file of the book (`content.opf`, `nav.xhtml`,
`toc.ncx`, `style.css`, `picture.png`, `mimetype`), or nothing to leave it out. The output is a line for each finding.
"""

import io
import zipfile

from converter.check import check_epub
from tests.test_cases import Case

PNG = bytes.fromhex("89504e470d0a1a0a") + b"rest"

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>"""
PACKAGE = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:x</dc:identifier><dc:title>T</dc:title><dc:language>en</dc:language>
<meta property="dcterms:modified">2024-05-31T12:00:00Z</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
<item id="css" href="style.css" media-type="text/css"/>
<item id="png" href="picture.png" media-type="image/png"/>
<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="two.xhtml" media-type="application/xhtml+xml"/>
</manifest>
<spine toc="ncx"><itemref idref="one"/><itemref idref="two"/></spine>
</package>"""
PAGE = """<?xml version="1.0"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>T</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>{}</body>
</html>"""
NAV = PAGE.format('<nav epub:type="toc"><ol><li><a href="one.xhtml">One</a></li></ol></nav>')
NCX = """<?xml version="1.0"?>
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">
<head><meta name="dtb:uid" content="urn:x"/></head><docTitle><text>T</text></docTitle>
<navMap><navPoint id="p1" playOrder="1"><navLabel><text>One</text></navLabel><content src="one.xhtml#h"/>
</navPoint></navMap>
</ncx>"""


def a_book(**changes: bytes | None) -> bytes:
    """Return a small valid book with files replaced by name, or left out where the value is `None`."""
    files: dict[str, bytes | None] = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": CONTAINER.encode(),
        "OPS/content.opf": PACKAGE.encode(),
        "OPS/nav.xhtml": NAV.encode(),
        "OPS/toc.ncx": NCX.encode(),
        "OPS/style.css": b"p { margin: 0 }",
        "OPS/picture.png": PNG,
        "OPS/one.xhtml": PAGE.format('<h1 id="h">One</h1>').encode(),
        "OPS/two.xhtml": PAGE.format('<h1 id="h">Two</h1>').encode(),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in (files | changes).items():
            if data is not None:
                archive.writestr(name, data)
    return stream.getvalue()


def run(case: Case) -> str:
    name = case.settings.get("file", "")
    text = case.input.rstrip("\n")
    if not name:
        changes = {"OPS/two.xhtml": PAGE.format(text).encode()}
    else:
        path = name if name in ("mimetype", "META-INF/container.xml") or "/" in name else f"OPS/{name}"
        changes = {path: text.encode() if text else None}
    found = check_epub(a_book(**changes), "b.epub")
    return "\n".join(
        f"{(one.file or '').removeprefix('b.epub!')}{f':{one.line}' if one.line else ''}: {one.message} [{one.code}]"
        for one in found
    )
