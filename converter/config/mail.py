"""Turns the table `[mail]` into how editions are sent, and to whom."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from converter.config.tables import TomlFile, check_names, convert
from converter.writers import PathOption

TABLE = "[mail]"
RECORD = "mail.index"
"""The name of the file that says what was sent."""
PORTS = {"starttls": 587, "tls": 465, "none": 25}


class Mail(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How editions are sent by `converter mail`."""

    server: str = ""
    """The host that takes mail of ours (SMTP)."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    """0: the usual one for `security`."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted; never less than that."""
    ca_file: PathOption = ""
    """Certificates (PEM) to trust instead of the system's."""
    user: str = ""
    """Who logs in; empty for nobody."""
    password_file: PathOption = ""
    """The file whose first line is the password."""
    password_env: str = ""
    """The variable of the environment that is the password."""
    sender: str = msgspec.field(default="", name="from")
    """The address that messages are from, or `Name <address>`."""
    to: tuple[str, ...] | dict[str, tuple[str, ...]] = ()
    """The addresses of readers: of all editions, or by the `name` of their `[[digest]]`."""
    format: str = "epub"
    """The format that is sent."""
    max_megabytes: Annotated[float, Meta(gt=0)] = 25.0
    """The greatest size of a message, in millions of bytes, the attachment as it travels."""
    timeout: Annotated[float, Meta(gt=0)] = 60.0
    """Seconds that the server may take for an answer."""
    record: PathOption = ""
    """The file that says what was sent; empty: `mail.index` in the folder of the state, or of the configuration."""


def mail_of(
    table: dict[str, Any], digests: Iterable[Mapping[str, object]], folder: Path, file: TomlFile | None
) -> Mail:
    """Return what the table says; `digests` are the tables of those, and what was sent is noted in `folder`.

    Raises `UsageError` for what is wrong in it, and where it names a digest that there is not.
    """
    mail = convert(table, Mail, file, None, TABLE)
    if isinstance(mail.to, dict):
        names = [name for digest in digests if isinstance(name := digest.get("name"), str)]
        check_names(mail.to, names, file, file.text if file else "", f"{TABLE} to")
    return mail if mail.record else replace(mail, record=str(folder / RECORD))
