"""Puts the posts that a book was made from into it, as JSON files (ISO 19005-3, 6.8)."""

from datetime import datetime
from hashlib import md5

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from converter.model import Post
from converter.writers.pdf.metadata import pdf_date


def attach_posts(pdf: pikepdf.Pdf, posts: tuple[Post, ...], date: datetime) -> None:
    """Attach each post under its key. `date` is that of the book: the clock must not get into the file."""
    files = [pdf.make_indirect(_file(pdf, post, date)) for post in posts]
    names = sorted(zip((_name(post) for post in posts), files, strict=True), key=lambda pair: pair[0])
    tree = pdf.make_indirect(Dictionary(Names=Array([each for name, file in names for each in (String(name), file)])))
    if "/Names" not in pdf.Root:
        pdf.Root.Names = Dictionary()
    pdf.Root.Names.EmbeddedFiles = tree
    pdf.Root.AF = Array(files)


def _name(post: Post) -> str:
    return f"{post.key.replace('/', '-')}.json"


def _file(pdf: pikepdf.Pdf, post: Post, date: datetime) -> Dictionary:
    data = post.to_json()
    stream = Stream(pdf, data, Type=Name.EmbeddedFile, Subtype=Name("/application/json"))
    stream.Params = Dictionary(
        Size=len(data),
        CheckSum=String(md5(data, usedforsecurity=False).digest()),
        CreationDate=String(pdf_date(date)),
        ModDate=String(pdf_date(date)),
    )
    embedded = pdf.make_indirect(stream)
    return Dictionary(
        Type=Name.Filespec,
        F=String(_name(post)),
        UF=String(_name(post)),
        Desc=String(post.metadata.title),
        AFRelationship=Name.Source,
        EF=Dictionary(F=embedded, UF=embedded),
    )
