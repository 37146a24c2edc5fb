"""An edition's file -> a message as Send to Kindle and other programs take it."""

import re
import secrets
import unicodedata
from datetime import datetime
from email import policy
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime
from urllib.parse import quote

from msgspec import Struct

from converter.catalogues import PublishedEdition, PublishedFile
from converter.diagnostics import Code, UsageError
from converter.languages.labels import label
from converter.languages.unicode import clean

_WORD = r"[^\s\x00-\x20\x7f<>()\[\],;:\\\"@]+"
_NAMED = re.compile(rf"(?:(?P<name>[^<>]*)<)?(?P<local>{_WORD})@(?P<domain>{_WORD})(?(name)>)")
_KINDLE = re.compile(r"@(?:[\w-]+\.)*kindle\.(?:com|cn)\Z", re.IGNORECASE)
_LINE = 60
"""Characters of a subject or a name that stand on one line as they are."""
_POLICY = policy.compat32.clone(linesep="\r\n", max_line_length=76)


class Address(Struct, frozen=True):
    """Where mail goes to, or comes from."""

    name: str
    local: str
    domain: str
    """In ASCII."""

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server with SMTPUTF8 knows it."""
        return not self.local.isascii()

    @property
    def is_kindle(self) -> bool:
        return bool(_KINDLE.search(str(self)))

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


class Message(Struct, frozen=True):
    """What is sent."""

    sender: Address
    to: Address
    id: str
    data: bytes
    """As it travels."""


def address_of(text: str, where: str) -> Address:
    """Return an address that `where` names, with or without a name before it. Raises `UsageError` for what is none."""
    match = _NAMED.fullmatch(text.strip())
    try:
        if match is None or any(unicodedata.category(character) == "Cc" for character in text):
            raise ValueError
        local, domain = match["local"], match["domain"]
        return Address(
            (match["name"] or "").strip(' "'),
            local,
            domain if domain.isascii() else domain.encode("idna").decode("ascii"),
        )
    except ValueError as error:
        hint = "it is like ana@example.org"
        raise UsageError(Code.CONFIG_INVALID, f"{where}: '{text}' is not an address of mail", hint=hint) from error


def new_id(sender: Address) -> str:
    """Return the Message-ID of a message that was never sent, in the domain of who sends it."""
    return f"<{secrets.token_hex(16)}@{sender.domain}>"


def message_of(
    edition: PublishedEdition,
    file: PublishedFile,
    data: bytes,
    *,
    sender: Address,
    to: Address,
    id_: str,
    now: datetime,
    url: str,
) -> Message:
    """Return a message with one attachment and a text that says what it is; `url` is where the file is on the web.

    What mail services take amiss is not in it: an empty text, a type that says nothing, a Message-ID of this machine.
    """
    whole = MIMEMultipart("mixed", policy=_POLICY)
    whole.attach(_text(edition, url))
    whole.attach(_attachment(file, data))
    headers = (
        f"From: {_named(sender)}",
        f"To: {to}",
        f"Subject: {_words(edition.title, 'Subject')}",
        f"Date: {format_datetime(now)}",
        f"Message-ID: {id_}",
    )
    return Message(sender, to, id_, b"".join(f"{line}\r\n".encode() for line in headers) + whole.as_bytes())


def _text(edition: PublishedEdition, url: str) -> MIMENonMultipart:
    about = label(edition.language, "posts", len(edition.posts))
    lines = (_line(edition.title), about, "", *(f"- {_line(title)}" for title in edition.headlines), "", url)
    charset = Charset("utf-8")
    charset.body_encoding = QP
    part = MIMENonMultipart("text", "plain", policy=_POLICY)
    part.set_payload("\n".join(lines).rstrip() + "\n", charset)
    return part


def _attachment(file: PublishedFile, data: bytes) -> MIMEBase:
    """Return an attachment under its own name (RFC 2231), and under one in ASCII for programs that know no other."""
    name = file.name.rpartition("/")[2]
    plain = ascii_name(name)
    main, _, sub = file.type.partition("/")
    part = MIMEBase(main, sub, name=plain, policy=_POLICY)
    part.set_payload(data)
    encode_base64(part)
    # Its own name comes first: of two names, programs that know both take the first.
    own = "" if plain == name else f" filename*=UTF-8''{quote(name, safe='')};"
    part["Content-Disposition"] = f'attachment;{own} filename="{plain}"'
    return part


def ascii_name(name: str) -> str:
    """Return a name of a file in ASCII that says as much of it as can be."""
    stem, dot, suffix = name.rpartition(".")
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return (re.sub(r"[^A-Za-z0-9._]+", "-", plain).strip("-.") or "book") + dot + suffix


def _named(address: Address) -> str:
    return f"{_words(address.name, 'From')} <{address}>" if address.name else str(address)


def _words(text: str, header: str) -> str:
    """Return words as a header has them. No end of a line in them ends it."""
    line = _line(text)
    if line.isascii() and len(line) <= _LINE and re.fullmatch(r"[\w .,'/-]*", line):
        return line
    return Header(line, "utf-8", header_name=header).encode(linesep="\r\n")


def _line(text: str) -> str:
    return " ".join(clean(text).split())
