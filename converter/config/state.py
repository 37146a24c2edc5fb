"""What the table `[state]` says."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from converter.writers import PathOption


class State(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must not be lost between runs: the table `[state]`."""

    folder: PathOption = ""
    """Where it is; empty for none. Nothing evicts it, and it may be committed or copied with the sources."""
    gone: Literal["keep", "drop", "fail"] = "keep"
    """What becomes of posts whose sources are there no more: they stay, they are left out, or the run fails."""
    lock_timeout: Annotated[float, Meta(ge=0)] = 60.0
    """Seconds that a run waits for another one that is using the state."""
