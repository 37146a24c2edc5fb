"""Writes what a PDF says about itself: the document information, the XMP packet and the output intent.

The claims PDF/UA-1 and PDF/A-2a (3a with attachments) stand in the XMP packet (ISO 14289-1, 5; ISO 19005-2, 6.6.4).
"""

from datetime import datetime
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from converter.writers.pdf.assembly.file import PdfFile
from converter.writers.pdf.assembly.syntax import Name, Reference

PROFILE = "sRGB2014.icc"


class About(Struct, frozen=True):
    """What is known about a book."""

    title: str
    authors: tuple[str, ...]
    language: str
    subject: str
    date: datetime
    """Aware."""
    creator: str
    producer: str
    right_to_left: bool
    archival_part: int
    """The part of ISO 19005: 2, or 3 where files are attached."""
    tagged: bool
    """Whether all pages have tags: without, it is no PDF/UA, and of PDF/A the level U."""
    revision: int = 1


def describe(file: PdfFile, about: About) -> tuple[dict[str, Any], Reference]:
    """Write everything that `about` says; return entries of the catalog, and the document information."""
    moment = pdf_date(about.date)
    information = {
        "Title": about.title,
        "Author": ", ".join(about.authors),
        "Subject": about.subject,
        "Creator": about.creator,
        "Producer": about.producer,
        "CreationDate": moment,
        "ModDate": moment,
    }
    intent = {
        "Type": Name("OutputIntent"),
        "S": Name("GTS_PDFA1"),
        "OutputConditionIdentifier": "sRGB",
        "Info": "sRGB",
        "DestOutputProfile": file.add_stream(_profile(), {"N": 3}),
    }
    packet = {"Type": Name("Metadata"), "Subtype": Name("XML")}
    catalog = {
        "Lang": about.language or "und",
        "ViewerPreferences": {"DisplayDocTitle": True, **({"Direction": Name("R2L")} if about.right_to_left else {})},
        "Metadata": file.add_stream(_xmp(about).encode("utf-8"), packet, packed=False),
        "OutputIntents": [intent],
    }
    return catalog, file.add({key: value for key, value in information.items() if value})


def _profile() -> bytes:
    """Return the colour profile that comes with WeasyPrint, without importing it."""
    return Path(str(distribution("weasyprint").locate_file(f"weasyprint/pdf/{PROFILE}"))).read_bytes()


def pdf_date(moment: datetime) -> str:
    """Return an aware moment as PDF writes it."""
    offset = moment.strftime("%z")
    zone = f"{offset[:3]}'{offset[3:5]}" if moment.utcoffset() else "Z"
    return f"D:{moment.year:04}{moment.strftime('%m%d%H%M%S')}{zone}"


def _xmp(about: About) -> str:
    moment = escape(about.date.isoformat(timespec="seconds"))
    authors = "".join(f"<rdf:li>{escape(author)}</rdf:li>" for author in about.authors)
    optional = "".join(
        (
            f"<dc:creator><rdf:Seq>{authors}</rdf:Seq></dc:creator>" if authors else "",
            f"<dc:description>{_alternative(about.subject)}</dc:description>" if about.subject else "",
            f"<dc:language><rdf:Bag><rdf:li>{escape(about.language)}</rdf:li></rdf:Bag></dc:language>"
            if about.language
            else "",
            f'<xmpMM:VersionID xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">{about.revision}</xmpMM:VersionID>'
            if about.revision > 1
            else "",
        )
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'
        ' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"'
        f" pdfaid:part={quoteattr(str(about.archival_part))}"
        f" {_TAGGED if about.tagged else _UNTAGGED}/>\n"
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
        f"<dc:title>{_alternative(about.title)}</dc:title>{optional}"
        f"<xmp:CreatorTool>{escape(about.creator)}</xmp:CreatorTool>"
        f"<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>"
        f"<pdf:Producer>{escape(about.producer)}</pdf:Producer></rdf:Description>\n"
        f"{_UA_SCHEMA}</rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    )


_TAGGED, _UNTAGGED = 'pdfaid:conformance="A" pdfuaid:part="1"', 'pdfaid:conformance="U"'


def _alternative(text: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'


_UA_SCHEMA = (
    '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    "<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>the part of ISO 14289 that the file conforms to</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>\n"
)
"""Says what `pdfuaid:part` is: PDF/A forbids properties that are described nowhere (ISO 19005-2, 6.6.2.3)."""
