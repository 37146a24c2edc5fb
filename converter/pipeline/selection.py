"""A digest -> what a writer takes of it."""

from converter.diagnostics import Code, Diagnostic, Warn
from converter.digest import without
from converter.model import Digest, Post
from converter.writers import Selective


def takes(writer: object, post: Post) -> bool:
    """Return whether a writer takes a post, which may be without its body."""
    return not isinstance(writer, Selective) or writer.takes(post)


def selected(digest: Digest, writer: object, warn: Warn) -> Digest:
    """Return a digest with the posts that a writer takes; a notice names each of the others."""
    rest = [post for post in digest.posts if not takes(writer, post)]
    for post in rest:
        message = f"the post is not in {digest.key}{getattr(writer, 'suffix', '')}: its front matter forbids it"
        warn(Diagnostic(code=Code.POST_SKIPPED, message=message, file=post.path))
    return without(digest, {post.key for post in rest}) if rest else digest
