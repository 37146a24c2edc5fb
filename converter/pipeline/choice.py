"""Digests that are planned -> those that this run is asked for."""

from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches

from converter.config import Config
from converter.diagnostics import Code, Diagnostic, UsageError, Warn
from converter.digest import DigestSpec, period_key, zone_of
from converter.languages.zones import in_zone
from converter.model import Digest, PeriodKind, Site

Planned = tuple[DigestSpec, Digest]
_FEW = 5
"""Editions that a message names."""


def chosen(planned: Sequence[Planned], config: Config, site: Site, warn: Warn) -> Sequence[Planned]:
    """Return the digests that `config` asks for, in their order.

    Raises `UsageError` for an edition that there is not, and for the last one of digests that have no periods.
    """
    if config.editions:
        return _named(planned, config.editions)
    return _last(planned, config, site, warn) if config.last else planned


def _named(planned: Sequence[Planned], names: Sequence[str]) -> Sequence[Planned]:
    found = [{digest.key.casefold(), period_key(digest.period).casefold()} - {""} for _, digest in planned]
    for name in names:
        if not any(name.casefold() in each for each in found):
            raise _unknown(name, [digest for _, digest in planned])
    wanted = {name.casefold() for name in names}
    return [one for one, each in zip(planned, found, strict=True) if wanted & each]


def _unknown(name: str, digests: Sequence[Digest]) -> UsageError:
    known = [word for digest in digests for word in (digest.key, period_key(digest.period)) if word]
    near = get_close_matches(name, known, n=3)
    newest = ", ".join(digest.key for digest in digests[-_FEW:])
    hint = f"did you mean {' or '.join(repr(one) for one in near)}?" if near else f"the last ones are: {newest}"
    return UsageError(Code.USAGE, f"there is no edition '{name}'", hint=hint if known else "there are no editions")


def _last(planned: Sequence[Planned], config: Config, site: Site, warn: Warn) -> Sequence[Planned]:
    """Return the newest edition of each set of digests whose last day is over."""
    specs = [spec for spec in config.digests if spec.period is not PeriodKind.NONE]
    if not specs:
        hint = "give --period, or `period` in [[digest]]"
        raise UsageError(Code.USAGE, "--last takes the newest period, and the digests have none", hint=hint)
    today = _today(planned, config, site)
    found: list[Planned] = []
    for spec in specs:
        ended = [one for one in planned if one[0] is spec and one[1].period.last and one[1].period.last < today]
        if ended:
            found.append(max(ended, key=lambda one: one[1].period.first or date.min))
        else:
            warn(_none_complete(spec, today, config))
    return found


def _today(planned: Sequence[Planned], config: Config, site: Site) -> date:
    """Return the day of now; without one, that of the newest post: it says that all days before it are over."""
    dates = (post.metadata.published for _, digest in planned for post in digest.posts)
    now = config.now or max((moment for moment in dates if moment), default=None)
    return in_zone(now, zone_of(site)).date() if now else date.min


def _none_complete(spec: DigestSpec, today: date, config: Config) -> Diagnostic:
    whose = f" of '{spec.name}'" if spec.name else ""
    now = "SOURCE_DATE_EPOCH is" if config.now else "the newest post is of"
    day = f": {now} {today}" if today > date.min else ": no post has a date"
    return Diagnostic(
        code=Code.PERIOD_INCOMPLETE,
        message=f"no {spec.period.value}{whose} with posts is complete yet{day}",
        hint="the days of a period must all be over; SOURCE_DATE_EPOCH says what the time is",
    )
