"""A post -> its images, found or fetched, and the post with what the policy puts in the place of the others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, SourceError, Warn
from converter.images.find import attach, is_remote
from converter.images.identify import describe
from converter.images.policy import ImagePolicy
from converter.model import Asset, Block, Figure, Image, Inline, Paragraph, Post, Site, Text
from converter.model.walk import query, walk
from converter.storage import LocalTree, Tree
from converter.storage.blobs import StoredBlob

if TYPE_CHECKING:  # few runs fetch anything, and its parts of the standard library are large
    from converter.images.download import Fetcher


def fetcher_for(policy: ImagePolicy) -> Fetcher | None:
    """Return what fetches images under a policy, or `None` where nothing is to be fetched."""
    if policy.remote != "fetch":
        return None
    from converter.images.download import Fetcher

    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Fetcher(policy, Path(policy.cache) if policy.cache else Path(base) / "digest-converter" / "pictures")


def found_images(
    post: Post,
    site: Site,
    policy: ImagePolicy,
    fetcher: Fetcher | None,
    tree: Tree,
    warn: Warn,
) -> tuple[Asset, ...]:
    """Return the images of a post that are in its site, or could be fetched; report the others.

    Raises `SourceError` under the policy `fail`.
    """
    reported: list[Diagnostic] = []
    post = attach(post, site, tree, reported.append)
    for diagnostic in reported:
        _report(diagnostic, policy, fetcher, warn)
    return post.assets if fetcher is None else _fetched(post, site, fetcher, warn).assets


def placed(post: Post, assets: tuple[Asset, ...], site: Site, policy: ImagePolicy) -> Post:
    """Return a post with its images, and with what the policy puts in the place of those that are not at hand."""
    return _replaced(replace(post, assets=assets) if assets else post, site, policy)


def _report(diagnostic: Diagnostic, policy: ImagePolicy, fetcher: Fetcher | None, warn: Warn) -> None:
    """Hand on what was found, in the words of the policy."""
    remote = diagnostic.code is Code.IMAGE_REMOTE
    if (policy.remote if remote else policy.missing) == "fail":
        raise SourceError(
            Code.IMAGE_REFUSED,
            diagnostic.message,
            file=diagnostic.file,
            line=diagnostic.line,
            hint=f'the policy `{"remote" if remote else "missing"} = "fail"` leaves out the post',
        )
    if remote and fetcher is not None:
        return
    hints = {"drop": "nothing stands in its place", "alt": "its text alternative stands in its place"}
    warn(diagnostic if remote or policy.missing not in hints else replace(diagnostic, hint=hints[policy.missing]))


def _fetched(post: Post, site: Site, fetcher: Fetcher, warn: Warn) -> Post:
    """Return the post with an asset for each image that could be fetched."""
    from converter.images.download import FetchError

    at_hand = {asset.src for asset in post.assets}
    sources = dict.fromkeys(node.src for node in query(post) if isinstance(node, Image))
    found: list[Asset] = []
    for src in sources:
        if src in at_hand or not is_remote(src, site):
            continue
        url = f"https:{src}" if src.startswith("//") else src
        try:
            path = fetcher.fetch(url)
            found.append(describe(src, StoredBlob(LocalTree(str(path.parent)), path.name), post))
        except FetchError as error:
            warn(
                Diagnostic(
                    code=Code.IMAGE_FETCH_FAILED,
                    message=f"the image '{src[:120]}' was not fetched: {error}",
                    file=post.path,
                    hint="a link stands in its place; `[images]` in the configuration says what may be fetched",
                )
            )
        except SourceError as error:
            fetcher.reject(url, error.diagnostic.message)
            warn(error.diagnostic)
    return replace(post, assets=(*post.assets, *found)) if found else post


def _replaced(post: Post, site: Site, policy: ImagePolicy) -> Post:
    """Return the post with words, or nothing, for the images that the policy does not want boxes for."""
    at_hand = {asset.src for asset in post.assets}

    def rewrite(node: Inline | Block) -> Inline | Block | tuple[Inline | Block, ...]:
        match node:
            case Image(src) if src not in at_hand and is_remote(src, site):
                return replace(node, src="") if policy.remote == "placeholder" else node
            case Image(src, alt) if src not in at_hand and policy.missing in ("alt", "drop"):
                return (Text(alt),) if alt and policy.missing == "alt" else ()
            case Paragraph(()):
                return ()
            case Figure(images=(), caption=caption):
                return (Paragraph(caption, line=node.line),) if caption else ()
            case _:
                return node

    return walk(post, rewrite) if policy.missing in ("alt", "drop") or policy.remote == "placeholder" else post
