"""The entries of front matter in the words of its system -> the same in the words that `reading.metadata` knows."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from converter.model import Metadata
from converter.reading.front_matter.parse import Entry
from converter.reading.systems.profile import Profile

_STATES = ("status", "post_status")


def with_known_keys(entries: Mapping[str, Entry], profile: Profile) -> dict[str, Entry]:
    """Return the entries by the names that are known here; what is written under such a name itself goes first."""
    found = dict(entries)
    written = {name.lower() for name in entries}
    for name, entry in entries.items():
        low = name.lower()
        inner = entry.value.items() if isinstance(entry.value, dict) else ()
        for key, value in ((low, entry.value), *((f"{low}.{key.lower()}", value) for key, value in inner)):
            own = profile.keys.get(key)
            if own and own not in written and value is not None:
                found[own] = Entry(value, entry.line)
                written.add(own)
                if key == low:
                    found.pop(name, None)
        if (
            low in _STATES
            and isinstance(entry.value, str)
            and (state := profile.states.get(entry.value.strip().lower()))
        ):
            found.setdefault(state[0], Entry(state[1], entry.line))
    return found


def lead_image(metadata: Metadata, body: str, profile: Profile) -> tuple[str, str] | None:
    """Return the URL of the image that the site shows above the post, and its description.

    There is none where the body shows the same file itself.
    """
    if not profile.lead_image:
        return None
    extra = {key.lower(): value for key, value in metadata.extra.items()}
    for key, folder in profile.lead_image.items():
        source = extra.get(key, "")
        if not source or PurePosixPath(source).name in body:
            continue
        alt = extra.get(f"{key}alt") or extra.get(f"{key.rpartition('.')[0]}.alt") or ""
        return (f"{folder}/{source}" if folder and "/" not in source else source), alt
    return None
