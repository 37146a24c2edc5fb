"""Decides which posts belong into a set of digests, and says why others do not."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo

from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Warn, counted
from converter.digest.spec import DigestSpec
from converter.languages.zones import in_zone
from converter.model import Metadata, Post, Site
from converter.model.length import length_of


class Taking(Struct, frozen=True):
    """What posts are chosen by."""

    spec: DigestSpec
    site: Site
    zone: tzinfo
    now: datetime | None
    words: Mapping[str, int]
    """How long posts are, by their keys; of others the bodies are at hand."""

    def taken(self, posts: Iterable[Post], warn: Warn) -> list[Post]:
        """Return the posts that are taken; of the others `warn` is told the reason."""
        found: list[Post] = []
        for post in posts:
            if reason := self._reason_against(post):
                warn(Diagnostic(code=Code.POST_SKIPPED, message=f"the post was not taken: {reason}", file=post.path))
            else:
                found.append(post)
        return found

    def _reason_against(self, post: Post) -> str:
        """Return why a post is not in the digests, or an empty string."""
        meta = post.metadata
        return (
            _unseen(meta, self.spec, self.now)
            or self._other_day(meta)
            or self._other_kind(meta)
            or self._other_value(meta)
            or self._other_length(post)
        )

    def _other_day(self, meta: Metadata) -> str:
        spec = self.spec
        if not (spec.since or spec.until):
            return ""
        if meta.published is None:
            return "it has no date, and the digest is limited by date"
        day = in_zone(meta.published, self.zone).date()
        if spec.since and day < spec.since:
            return f"it is older than {spec.since}"
        return f"it is newer than {spec.until}" if spec.until and day > spec.until else ""

    def _other_kind(self, meta: Metadata) -> str:
        spec = self.spec
        if spec.categories and not set(spec.categories) & set(meta.categories):
            return "it is in none of the categories of the digest"
        if spec.tags and not set(spec.tags) & set(meta.tags):
            return "it has none of the tags of the digest"
        if spec.authors and not set(spec.authors) & set(meta.authors):
            return "it is by none of the authors of the digest"
        language = meta.language or self.site.language or "en"
        if spec.languages and not any(_is_variety(language, tag) for tag in spec.languages):
            return f"it is in none of the languages of the digest, but in '{language}'"
        return ""

    def _other_value(self, meta: Metadata) -> str:
        for key, wanted in self.spec.where.items():
            value, text = meta.extra.get(key), str(wanted).lower() if isinstance(wanted, bool) else str(wanted)
            if value is None:
                return f"its front matter has no '{key}'"
            if value.casefold() != text.casefold():
                return f"its front matter has '{value:.80}' for '{key}', and not '{text}'"
        return ""

    def _other_length(self, post: Post) -> str:
        spec = self.spec
        if not (spec.min_words or spec.max_words):
            return ""
        words = words_of(post, self.words)
        if words < spec.min_words:
            return f"it has {counted(words, 'word')}, and the digest takes posts from {spec.min_words}"
        if spec.max_words and words > spec.max_words:
            return f"it has {counted(words, 'word')}, and the digest takes posts up to {spec.max_words}"
        return ""


def words_of(post: Post, known: Mapping[str, int]) -> int:
    """Return how many words a post has: what is known of it, else by its body."""
    return known[post.key] if post.key in known else length_of(post).words


def _is_variety(tag: str, of: str) -> bool:
    """Say whether a language is another one, or a variety of it (RFC 4647, basic filtering)."""
    return f"{tag}-".casefold().startswith(f"{of}-".casefold())


def _unseen(meta: Metadata, spec: DigestSpec, now: datetime | None) -> str:
    """Return why the site itself would not show a post, or an empty string."""
    if meta.hidden and not spec.unpublished:
        return "the site does not publish it (--unpublished takes it)"
    if meta.draft and not spec.drafts:
        return "it is a draft (--drafts takes it)"
    if now and meta.published and meta.published > now and not spec.future:
        return "it is dated after SOURCE_DATE_EPOCH (--future takes it)"
    return ""
