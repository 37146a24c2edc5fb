"""What was sent to whom: so that nothing is sent twice, whatever ends a run.

An entry is written for good before a message is handed over, and again when the server has taken it. One that says
`sending` is of a run that ended in between: whether that message arrived, nobody knows.
"""

from hashlib import sha256
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from converter.diagnostics import UsageError
from converter.mail.message import Address
from converter.storage import Index

TABLE = "messages"
_HINT = "restore a copy of it; without it, what was sent already is sent again"


class Sent(Struct, frozen=True, kw_only=True):
    """What is known of a file and an address."""

    state: Literal["sending", "sent"]
    message: str
    """The Message-ID."""
    file: str
    """The name of the file."""


class Record:
    """The file. One run at a time has it."""

    def __init__(self, path: str, patience: float) -> None:
        """Open it, or make it; without a path, nothing is known. Raises `UsageError` where it cannot be used."""
        try:
            self._index = Index(str(Path(path).absolute()) if path else "", must_last=True, patience=patience)
        except UsageError as error:
            raise _about_mail(error) from error

    def get(self, hash_: str, to: Address) -> Sent | None:
        """Return what is known of a file, by its SHA-256, and an address. Raises `UsageError` for a damaged entry."""
        try:
            data = self._index.get(TABLE, _key(hash_, to))
            return msgspec.json.decode(data, type=Sent) if data else None
        except UsageError as error:
            raise _about_mail(error) from error

    def put(self, hash_: str, to: Address, sent: Sent | None) -> None:
        """Note it, for good, or forget it."""
        if sent is None:
            self._index.remove(TABLE, _key(hash_, to))
        else:
            self._index.put(TABLE, _key(hash_, to), msgspec.json.encode(sent))
        self._index.commit()

    def close(self) -> None:
        """Let go of the file."""
        self._index.close()


def _key(hash_: str, to: Address) -> str:
    """Return a key that does not say the address: the file may lie where others read it."""
    return f"{hash_} {sha256(str(to).casefold().encode()).hexdigest()[:32]}"


def _about_mail(error: UsageError) -> UsageError:
    said = error.diagnostic
    is_damaged = "another run" not in said.message and "free space" not in (said.hint or "")
    message = said.message.replace("the state", "the record of what was sent").replace("this state", "it")
    return UsageError(said.code, message, file=said.file, hint=_HINT if is_damaged else said.hint)
