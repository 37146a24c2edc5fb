"""Which digests to make of posts: the table `[[digest]]`, checked."""

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import EnumType, StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from converter.diagnostics import Code, UsageError, in_plain_words
from converter.model import PeriodKind

_TIME = re.compile(r"([0-9]{1,4}) ?([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class GroupBy(StrEnum):
    """What the sections of a digest are made of."""

    CATEGORY = "category"
    TAG = "tag"
    NONE = "none"


class DigestSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which digests to make: the table `[[digest]]` of the configuration."""

    name: str = ""
    """The beginning of the keys and so of the file names; the site's name where it is empty."""
    title: str = ""
    """Stands before the period in the title; the site's title where it is empty, else that of the only post."""
    period: PeriodKind = PeriodKind.NONE
    group_by: GroupBy = GroupBy.CATEGORY
    order: Literal["oldest", "newest"] = "oldest"
    """Which posts come first, in the book and in each section."""
    since: date | None = None
    """The first day whose posts are taken, in the site's time zone."""
    until: date | None = None
    """The last day whose posts are taken."""
    categories: tuple[str, ...] = ()
    """Only posts of one of these; all, where it is empty."""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    """Only posts by one of these."""
    languages: tuple[str, ...] = ()
    """Only posts in one of these BCP 47 tags, or in a variety of one: `zh` takes `zh-TW`."""
    min_words: Annotated[int, Meta(ge=0)] = 0
    """Only posts of so many words; a Han character or kana is one."""
    max_words: Annotated[int, Meta(ge=0)] = 0
    """Only posts of no more words than this; 0 for no bound."""
    where: dict[str, str | bool | int | float] = {}
    """Only posts whose front matter has these values, of keys that have no meaning of their own."""
    limit: Annotated[int, Meta(ge=0)] = 0
    """Posts that one digest has at most, taken from its sections in turn; 0 for no limit."""
    limit_words: Annotated[int, Meta(ge=0)] = 0
    """Words that one digest has at most, in whole posts; the first is taken however long it is. 0 for no limit."""
    sections: tuple[str, ...] = ()
    """The categories or tags whose sections come first, in this order."""
    section_titles: dict[str, str] = {}
    """The titles of sections, by category or tag."""
    drafts: bool = False
    """Whether posts that are not finished are taken too."""
    future: bool = False
    """Whether posts that are dated after `SOURCE_DATE_EPOCH` are taken too."""
    unpublished: bool = False
    """Whether posts that the site does not show are taken too."""
    duplicates: Literal["fold", "mark", "keep"] = "fold"
    """What becomes of posts of a digest that are nearly the same: one stands for the others and names them, each names
    the others, or nothing."""
    duplicate_threshold: Annotated[float, Meta(ge=0.5, le=1)] = 0.8
    """How similar they must be: the share of what both say that each of them says."""
    seal: str = ""
    """How long after its period an edition is sealed, such as `12h`, `3d`, `2w`; empty for never."""
    late: Literal["next", "rebuild"] = "next"
    """Where a post is that comes after its edition was sealed: in the next one, or in its own, which is made again."""

    def __post_init__(self) -> None:
        """Take values by their names (`"week"`), and lists. Raises `UsageError` for what is none of the choices."""
        for name, kind in get_type_hints(DigestSpec, include_extras=True).items():
            value = getattr(self, name)
            try:
                force_setattr(self, name, msgspec.convert(value, kind))
            except msgspec.ValidationError as error:
                raise _wrong(name, value, kind, error) from error
        _ = self.sealed_after

    @property
    def sealed_after(self) -> timedelta | None:
        """How long after its period an edition is sealed. Raises `UsageError` for what says no such time."""
        if not self.seal:
            return None
        found = _TIME.fullmatch(self.seal)
        if found is None or self.period is PeriodKind.NONE:
            raise UsageError(
                Code.CONFIG_INVALID,
                f"a digest without a period never ends, and has `seal = {self.seal!r}`"
                if found
                else f"a digest has no seal {self.seal!r:.80}",
                hint="give it a `period`" if found else "it is a number of hours, days or weeks: 12h, 3d, 2w",
            )
        return int(found[1]) * _UNITS[found[2]]

    if TYPE_CHECKING:  # what `__post_init__` takes

        def __init__(
            self,
            *,
            name: str = "",
            title: str = "",
            period: PeriodKind | Literal["none", "day", "week", "month", "quarter", "year"] = PeriodKind.NONE,
            group_by: GroupBy | Literal["category", "tag", "none"] = GroupBy.CATEGORY,
            order: Literal["oldest", "newest"] = "oldest",
            since: date | None = None,
            until: date | None = None,
            categories: Iterable[str] = (),
            tags: Iterable[str] = (),
            authors: Iterable[str] = (),
            languages: Iterable[str] = (),
            min_words: int = 0,
            max_words: int = 0,
            where: Mapping[str, str | bool | float] = ...,
            limit: int = 0,
            limit_words: int = 0,
            sections: Iterable[str] = (),
            section_titles: Mapping[str, str] = ...,
            drafts: bool = False,
            future: bool = False,
            unpublished: bool = False,
            duplicates: Literal["fold", "mark", "keep"] = "fold",
            duplicate_threshold: float = 0.8,
            seal: str = "",
            late: Literal["next", "rebuild"] = "next",
        ) -> None: ...


def _wrong(name: str, value: object, kind: Any, error: msgspec.ValidationError) -> UsageError:
    has_choices = isinstance(kind, EnumType) or get_origin(kind) is Literal
    choices = (
        [str(choice) for choice in (kind if isinstance(kind, EnumType) else get_args(kind))] if has_choices else []
    )
    near = difflib.get_close_matches(str(value), choices, n=1)
    known = f"one of: {', '.join(choices)}" if has_choices else in_plain_words(error)[1]
    hint = f"did you mean '{near[0]}'?" if near else known
    return UsageError(Code.CONFIG_INVALID, f"a digest has no {name} {value!r:.80}", hint=hint)
