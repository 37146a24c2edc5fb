"""The editions that are wanted -> messages at the server, each file once to each address."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from typing import Literal
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from converter.catalogues import PublishedEdition, PublishedFile
from converter.config import Config
from converter.config.mail import TABLE
from converter.diagnostics import Code, Diagnostic, UsageError, Warn
from converter.mail.editions import is_of
from converter.mail.message import Address, Message, address_of, message_of, new_id
from converter.mail.record import Record, Sent
from converter.mail.server import (
    MEGABYTE,
    MailError,
    Session,
    UncertainError,
    UnreachableError,
    check_size,
    is_loopback,
)
from converter.pipeline.finished import MOST
from converter.pipeline.output import open_output
from converter.storage import RefusedError, read_named

MAX_PASSWORD = 64 * 1024
"""Bytes of the file of a password."""
KINDLE_MEGABYTES = 50
"""What Send to Kindle takes by mail."""


class Delivery(Struct, frozen=True):
    """A file for an address, and what became of it."""

    edition: str
    file: str
    to: str
    size: int
    """Bytes of the message."""
    state: Literal["sent", "before", "wanted", "failed"]
    """Sent now; sent by an earlier run; it would be sent, but for `--dry-run`; or not sent, which a diagnostic says."""


class _Item(Struct, frozen=True):
    edition: PublishedEdition
    file: PublishedFile
    to: Address


def send(
    editions: Sequence[PublishedEdition],
    config: Config,
    warn: Warn,
    *,
    now: datetime,
    to: Sequence[str] = (),
    again: bool = False,
    dry_run: bool = False,
    pause: Callable[[float], None] | None = None,
) -> Iterator[Delivery]:
    """Send the files of editions to their readers, or to the addresses `to`, and yield what became of each.

    What an earlier run sent is not sent again, unless `again` says so. Of what fails, a diagnostic says why, and the
    others go on. Raises `UsageError` for settings that nothing can be sent with.
    """
    sender, password = _checked(config)
    items = [item for edition in editions for item in _items(edition, config, to, warn)]
    path = config.mail.record if not dry_run or os.path.exists(config.mail.record) else ""  # noqa: PTH110  (a name)
    with closing(Record(path, config.state.lock_timeout)) as record:
        session = Session(config.mail, password, sender.domain, *([pause] if pause else []))
        with closing(session):
            round_ = _Round(config, sender, record, session, warn, now, again, dry_run)
            for item in items:
                yield round_.deliver(item)


class _Round:
    """One run."""

    def __init__(
        self, config: Config, sender: Address, record: Record, session: Session, warn: Warn, now: datetime,
        again: bool, dry_run: bool,  # noqa: FBT001  (handed on)
    ) -> None:  # fmt: skip
        self._config, self._sender, self._record, self._session = config, sender, record, session
        self._warn, self._now, self._again, self._dry_run = warn, now, again, dry_run
        self._tree = open_output(config.output).tree
        self._is_lost = False

    def deliver(self, item: _Item) -> Delivery:
        known = self._record.get(item.file.sha256, item.to)
        found = Delivery(item.edition.key, item.file.name, str(item.to), 0, "failed")
        if known and not self._again:
            if known.state == "sent":
                return replace(found, state="before")
            self._warn(_uncertain(item))
            return found
        if self._is_lost or (message := self._message(item, known)) is None:
            return found
        found = replace(found, size=len(message.data))
        if self._dry_run:
            return replace(found, state="wanted")
        try:
            self._hand_over(item, message)
        except MailError as error:
            self._is_lost = isinstance(error, UnreachableError)
            self._tell(item, error)
            return found
        return replace(found, state="sent")

    def _tell(self, item: _Item, error: MailError) -> None:
        said = error.diagnostic
        self._warn(replace(said, file=item.file.name, message=f"not sent to {item.to}: {said.message}"))

    def _hand_over(self, item: _Item, message: Message) -> None:
        """Send a message, and note before and after what is known of it."""
        hash_, sent = item.file.sha256, Sent(state="sending", message=message.id, file=item.file.name)
        before = self._record.get(hash_, item.to)
        try:
            self._session.deliver(message, lambda: self._record.put(hash_, item.to, sent))
        except UncertainError:
            raise
        except MailError:
            self._record.put(hash_, item.to, before)
            raise
        self._record.put(hash_, item.to, replace(sent, state="sent"))

    def _message(self, item: _Item, known: Sent | None) -> Message | None:
        """Return a message; nothing, and a report, where the file is not as it was made, or too large."""
        try:
            data = self._tree.read(item.file.name, item.file.size)
        except RefusedError as error:
            self._warn(_failed(item, f"the file cannot be read: {error}", "run `converter build`"))
            return None
        if sha256(data).hexdigest() != item.file.sha256:
            self._warn(_failed(item, "the file is not what editions.json says", "run `converter build`"))
            return None
        # One that may have arrived is sent under the same name: programs know it again.
        id_ = known.message if known and known.state == "sending" else new_id(self._sender)
        url = self._config.publish.url
        message = message_of(
            item.edition,
            item.file,
            data,
            sender=self._sender,
            to=item.to,
            id_=id_,
            now=self._now,
            url=url + quote(item.file.name) if url else "",
        )
        most = int(min(self._config.mail.max_megabytes, KINDLE_MEGABYTES if item.to.is_kindle else MOST) * MEGABYTE)
        try:
            check_size(message, most, "`max_megabytes` and the reader allow")
        except MailError as error:
            self._tell(item, error)
            return None
        return message


def _checked(config: Config) -> tuple[Address, str]:
    """Return who sends and the password. Raises `UsageError` for settings that nothing can be sent with."""
    mail = config.mail
    for name, value in (("server", mail.server), ("from", mail.sender)):
        if not value:
            raise UsageError(Code.CONFIG_INVALID, f"{TABLE} has no `{name}`", hint="docs/mail.md has an example")
    if any(character.isspace() or not character.isprintable() for character in mail.server):
        raise UsageError(Code.CONFIG_INVALID, f"{TABLE} server: '{mail.server}' is not the name of a host")
    if mail.user and mail.security == "none" and not is_loopback(mail.server):
        hint = 'use security = "starttls" or "tls"'
        raise UsageError(Code.CONFIG_INVALID, f"{TABLE} a password would travel without encryption", hint=hint)
    password = _password(config) if mail.user else ""
    if not f"{mail.user}{password}".isascii():
        raise UsageError(Code.CONFIG_INVALID, f"{TABLE} `user` or the password has letters that are not ASCII")
    return address_of(mail.sender, f"{TABLE} from"), password


def _password(config: Config) -> str:
    mail = config.mail
    if bool(mail.password_file) == bool(mail.password_env):
        hint = "name one of `password_file` and `password_env`"
        raise UsageError(
            Code.CONFIG_INVALID, f"{TABLE} has a `user`, and one place for a password is wanted", hint=hint
        )
    if mail.password_env:
        if not (found := os.environ.get(mail.password_env, "")):
            message = f"{TABLE} password_env: the environment has no '{mail.password_env}'"
            raise UsageError(Code.CONFIG_INVALID, message, hint="set it to the password")
        return found
    try:
        text = read_named(mail.password_file, MAX_PASSWORD).decode("utf-8")
    except (RefusedError, UnicodeDecodeError) as error:
        reason = str(error) if isinstance(error, RefusedError) else "it is not valid UTF-8"
        message = f"{TABLE} password_file cannot be read: {reason}"
        raise UsageError(Code.CONFIG_INVALID, message, file=mail.password_file) from error
    if not (lines := text.splitlines()) or not lines[0]:
        raise UsageError(Code.CONFIG_INVALID, f"{TABLE} password_file has no first line", file=mail.password_file)
    return lines[0]


def _items(edition: PublishedEdition, config: Config, to: Sequence[str], warn: Warn) -> Iterator[_Item]:
    """Yield the files of an edition for each of its readers."""
    files = [file for file in edition.files if file.format == config.mail.format]
    if not files:
        message = f"'{edition.key}' has no file of the format '{config.mail.format}'"
        hint = f"run `converter build --to {config.mail.format}`, or name another `format` in {TABLE}"
        warn(Diagnostic(code=Code.MAIL_FAILED, message=message, hint=hint))
    readers = [address_of(text, "--to" if to else f"{TABLE} to") for text in to or _readers(edition, config)]
    if not readers:
        hint = f"name them with --to, or in `to` of {TABLE}"
        warn(Diagnostic(code=Code.MAIL_FAILED, message=f"'{edition.key}' has no readers", hint=hint))
    for reader in dict.fromkeys(replace(reader, name="") for reader in readers):
        if files and reader.is_kindle and (fault := _unsuitable(files[0], config)):
            warn(fault)
        yield from (_Item(edition, file, reader) for file in files)


def _readers(edition: PublishedEdition, config: Config) -> Sequence[str]:
    to = config.mail.to
    if not isinstance(to, dict):
        return to
    return [address for name, some in to.items() if is_of(edition, name) for address in some]


def _unsuitable(file: PublishedFile, config: Config) -> Diagnostic | None:
    """Return what is wrong with a file for a Kindle."""
    profile = getattr(config.writers.get("epub"), "profile", "kindle") if file.format == "epub" else "kindle"
    if file.format not in ("epub", "pdf"):
        message, hint = f"a Kindle reads EPUB and PDF, and this is '{file.format}'", 'set format = "epub" in [mail]'
    elif profile != "kindle":
        message = f"the book was made for the profile '{profile}', and goes to a Kindle"
        hint = 'set profile = "kindle" in [output.epub], and build it again'
    else:
        return None
    return Diagnostic(code=Code.MAIL_UNSUITABLE, message=message, file=file.name, hint=hint)


def _failed(item: _Item, message: str, hint: str) -> Diagnostic:
    return Diagnostic(
        code=Code.MAIL_FAILED, message=f"not sent to {item.to}: {message}", file=item.file.name, hint=hint
    )


def _uncertain(item: _Item) -> Diagnostic:
    return Diagnostic(
        code=Code.MAIL_UNCERTAIN,
        message=f"an earlier run ended while it sent this to {item.to}, and nobody knows whether it arrived",
        file=item.file.name,
        hint="ask the reader; --again sends it once more, with the same Message-ID",
    )
