"""Sealed editions and the posts of a run -> what stays as it was published, and what is to be made again.

A sealed edition is a document of its own in the state: nothing that happens to its posts alters it, unless one is
withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, date, datetime, time, tzinfo

from msgspec.structs import replace

from converter.config import Config
from converter.diagnostics import Code, Diagnostic, Warn, counted
from converter.digest import DigestSpec, without
from converter.digest.late import Closed
from converter.digest.periods import day_after, period_of
from converter.languages.zones import in_zone
from converter.model import Digest, Metadata, Period, PeriodKind, Post, Section
from converter.pipeline.gone import is_under
from converter.pipeline.records import Known, Seal
from converter.pipeline.scan import Archive
from converter.site.folding import Folded
from converter.storage import absolute
from converter.storage.fingerprint import key_of


class Seals:
    """The sealed editions of a run."""

    def __init__(self, archive: Archive, config: Config, zone: tzinfo) -> None:
        self._archive, self._zone = archive, zone
        self._seals: dict[str, Seal] = {}
        if any(spec.seal for spec in config.digests) and archive.records.must_last:
            self._seals = {seal.digest.key: seal for seal in archive.records.seals() if self._is_asked(seal, config)}
        self._keys: dict[str, dict[str, str]] = {}
        self._by_period: dict[PeriodKind, dict[Period, list[str]]] = {}
        self.moment = moment_of(config, archive.posts, zone)
        """The latest moment that is over, for certain; `None` where no day is."""

    def _is_asked(self, seal: Seal, config: Config) -> bool:
        """Say whether a run over some sources is about an edition."""
        paths = [absolute(path if isinstance(path, str) else path.root) for path in config.sources]
        return any(is_under(self._archive.records.file_of(post), paths) for post in seal.posts)

    def of(self, spec: DigestSpec) -> dict[Period, Seal]:
        """Return the sealed editions of a definition, less the posts that were withdrawn since, by their periods."""
        if not spec.seal:
            return {}
        wanted = [
            seal for seal in self._seals.values() if (seal.name, seal.digest.period.kind) == (spec.name, spec.period)
        ]
        withdrawn = self.withdrawn(spec)
        found = (self._less(seal, withdrawn) for seal in wanted)
        return {seal.digest.period: seal for seal in found if seal.digest.posts}

    def withdrawn(self, spec: DigestSpec) -> Set[str]:
        """Return the keys of the posts that were taken back from the editions of a definition."""
        hidden = set() if spec.unpublished else {post.key for post in self._archive.posts if post.metadata.hidden}
        return self._archive.withdrawn | hidden

    def _less(self, seal: Seal, withdrawn: Set[str]) -> Seal:
        keys = {post.key for post in seal.digest.posts} & withdrawn
        if not keys:
            return seal
        digest = without(seal.digest, keys)
        return replace(
            seal,
            digest=self.revised(digest, seal) if digest.posts else digest,
            fingerprint=key_of(seal.fingerprint, sorted(keys)),
            posts=tuple(post for post in seal.posts if post.key not in keys),
        )

    def revised(self, digest: Digest, seal: Seal) -> Digest:
        """Return an edition as the next revision of a sealed one."""
        newest = max(digest.updated, seal.digest.updated, self.moment or seal.digest.updated)
        return replace(digest, revision=seal.digest.revision + 1, updated=in_zone(newest, UTC))

    def closed(self, seals: Mapping[Period, Seal], spec: DigestSpec) -> Closed | None:
        """Return what `compile_digests` needs to know of the sealed editions of a definition."""
        if not seals:
            return None
        posts = {period: frozenset(self._present(seal)) for period, seal in seals.items()}
        today = in_zone(self.moment, self._zone).date() if self.moment else date.min
        return Closed(posts, today, spec.late == "rebuild")

    def _present(self, seal: Seal) -> Iterator[str]:
        """Yield the keys that the posts of a sealed edition have today."""
        for post in seal.posts:
            if post.key in self._archive.site_of:
                yield post.key
            else:  # its file has moved, or is gone
                yield from filter(None, (self._key_by("content", post.content), self._key_by("url", post.url)))

    def _key_by(self, field: str, value: str) -> str:
        """Return the key of the post with such a source or place; empty for none."""
        if not value:
            return ""
        if field not in self._keys:
            known = map(self._archive.known, self._archive.site_of)
            self._keys[field] = {getattr(post, field): post.key for post in known}
        return self._keys[field].get(value, "")

    def report(self, found: Iterable[Digest], seals: Mapping[Period, Seal], warn: Warn) -> None:
        """Say which posts of digests came late, and how many have changed since their editions were sealed."""
        for digest in found if seals else ():
            seal = seals.get(digest.period)
            known = {post.key for post in seal.posts} if seal else {*()}
            for post in digest.posts:
                own = seals.get(period_of(post, digest.period.kind, self._zone))
                if own and post.key not in known:
                    warn(_late(post, own.digest.key, digest))
        changed = [post for seal in seals.values() for post in seal.posts if self._has_changed(post)]
        if changed:
            warn(_changed(changed))

    def _has_changed(self, post: Known) -> bool:
        return post.key in self._archive.site_of and self._archive.known(post.key).content != post.content

    def is_over(self, period: Period, spec: DigestSpec) -> bool:
        """Say whether the time is over in which an edition of a definition may change."""
        if spec.sealed_after is None or period.last is None or self.moment is None:
            return False
        end = datetime.combine(day_after(period.last), time(), self._zone)
        return in_zone(end, UTC) + spec.sealed_after <= self.moment

    def seal(self, digest: Digest, name: str, fingerprint: str, duplicates: Folded) -> None:
        """Keep an edition as it is published."""
        period = digest.period
        keys = [*(post.key for post in digest.posts), *(one.folded for one in duplicates), *self._of_period(period)]
        posts = tuple(self._archive.known(key) for key in dict.fromkeys(keys) if key in self._archive.site_of)
        seal = Seal(name=name, digest=_stub(digest), fingerprint=fingerprint, duplicates=duplicates, posts=posts)
        self._archive.records.seal(seal, digest)

    def _of_period(self, period: Period) -> Sequence[str]:
        """Return the keys of the posts of a period, whatever digest takes them."""
        if period.kind not in self._by_period:
            groups: dict[Period, list[str]] = {}
            for post in filter(_is_shown, self._archive.posts):
                groups.setdefault(period_of(post, period.kind, self._zone), []).append(post.key)
            self._by_period[period.kind] = groups
        return self._by_period[period.kind].get(period, ())

    def has_changed(self, seal: Seal) -> bool:
        """Say whether a post was withdrawn since an edition was sealed."""
        return self._seals[seal.digest.key] is not seal

    def whole(self, seal: Seal, warn: Warn) -> Digest:
        """Return a sealed edition with the bodies of its posts, as it is to be published now.

        One that is damaged has no posts, and is reported.
        """
        digest = self._archive.records.sealed(seal)
        if digest is None:
            hint = "restore a copy of the folder of the state"
            message = f"the sealed edition '{seal.digest.key}' is damaged, and cannot be made again"
            warn(Diagnostic(code=Code.STATE_UNUSABLE, message=message, hint=hint))
            return replace(seal.digest, sections=())
        gone = {post.key for post in digest.posts} - {post.key for post in seal.digest.posts}
        rest = without(digest, gone)
        return replace(rest, revision=seal.digest.revision, updated=seal.digest.updated)


def moment_of(config: Config, posts: Iterable[Post], zone: tzinfo) -> datetime | None:
    """Return what stands for now: `SOURCE_DATE_EPOCH`, or the beginning of the last day but one that has posts.

    The last one may be a mistake in a date, and a seal cannot be undone.
    """
    if config.now:
        return config.now
    moments = (post.metadata.published for post in posts if _is_shown(post))
    days = {in_zone(moment, zone).date() for moment in moments if moment}
    return datetime.combine(sorted(days)[-2], time(), zone) if len(days) > 1 else None


def _is_shown(post: Post) -> bool:
    return not (post.metadata.hidden or post.metadata.draft)


def _stub(digest: Digest) -> Digest:
    """Return an edition with no more of its posts than a plan needs."""
    sections = (Section(section.title, tuple(map(_named, section.posts))) for section in digest.sections)
    return replace(digest, site=digest.site.portable(), sections=tuple(sections))


def _named(post: Post) -> Post:
    meta = post.metadata
    known = Metadata(title=meta.title, published=meta.published, updated=meta.updated)
    return Post(key=post.key, path=post.path, metadata=known)


def _late(post: Post, sealed: str, digest: Digest) -> Diagnostic:
    message = f"the post came after '{sealed}' was sealed, and is in '{digest.key}'"
    if sealed == digest.key:
        message = f"the post came after '{sealed}' was sealed, which is made again as revision {digest.revision}"
    return Diagnostic(code=Code.EDITION_SEALED, message=message, file=post.path)


def _changed(posts: Sequence[Known]) -> Diagnostic:
    verb, those = ("has", "it is") if len(posts) == 1 else ("have", "they are")
    return Diagnostic(
        code=Code.EDITION_SEALED,
        message=f"{counted(len(posts), 'post')} {verb} changed in sealed editions, where {those} as before",
        file=posts[0].key,
        hint="`converter withdraw` takes a post out of a sealed edition",
    )
