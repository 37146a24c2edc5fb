"""A digest -> what a writer takes of it."""

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.digest import without
from converter.model import Digest, Post
from converter.site.crosslinks import with_outer_links
from converter.writers import Selective


def takes(writer: object, post: Post) -> bool:
    """Return whether a writer takes a post, which may be without its body."""
    return not isinstance(writer, Selective) or writer.takes(post)


def selected(digest: Digest, writer: object, warn: Warn) -> Digest:
    """Return a digest with the posts that a writer takes; a notice names each of the others.

    Links to these lead to the site, as those to posts of other digests do.
    """
    rest = [post for post in digest.posts if not takes(writer, post)]
    for post in rest:
        message = f"the post is not in {digest.key}{getattr(writer, 'suffix', '')}: its front matter forbids it"
        warn(Diagnostic(code=Code.POST_SKIPPED, message=message, file=post.path))
    if not rest:
        return digest
    urls = {post.key: post.metadata.url for post in rest}
    taken = without(digest, urls.keys())
    inside = {post.key for post in taken.posts}
    sections = (
        replace(section, posts=tuple(with_outer_links(post, inside, urls) for post in section.posts))
        for section in taken.sections
    )
    return replace(taken, sections=tuple(sections))
