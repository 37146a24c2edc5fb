"""Puts the posts that a book was made from into it, as JSON files (ISO 19005-3, 6.8)."""

from datetime import datetime
from hashlib import md5
from typing import Any

from converter.model import Post
from converter.writers.pdf.assembly.file import PdfFile
from converter.writers.pdf.assembly.metadata import pdf_date
from converter.writers.pdf.assembly.syntax import Name, Reference, binary, text


def attach_posts(file: PdfFile, posts: tuple[Post, ...], date: datetime) -> dict[str, Any]:
    """Write each post under its key; return the entries of the catalog.

    `date` is that of the book: the clock must not get into the file.
    """
    files = [_file(file, post, date) for post in posts]
    names = sorted(zip((text(_name(post)) for post in posts), files, strict=True), key=lambda pair: pair[0])
    return {"Names": {"EmbeddedFiles": file.add_tree("Names", names)}, "AF": files}


def _name(post: Post) -> str:
    return f"{post.key.replace('/', '-')}.json"


def _file(file: PdfFile, post: Post, date: datetime) -> Reference:
    data = post.to_json()
    parameters = {
        "Size": len(data),
        "CheckSum": binary(md5(data, usedforsecurity=False).digest()),
        "CreationDate": pdf_date(date),
        "ModDate": pdf_date(date),
    }
    values = {"Type": Name("EmbeddedFile"), "Subtype": Name("application/json"), "Params": parameters}
    embedded = file.add_stream(data, values)
    return file.add(
        {
            "Type": Name("Filespec"),
            "F": _name(post),
            "UF": _name(post),
            "Desc": post.metadata.title,
            "AFRelationship": Name("Source"),
            "EF": {"F": embedded, "UF": embedded},
        }
    )
