"""A post as its markup has it -> a post as its readers understand it, by small passes with one idea each."""

from collections.abc import Callable, Collection, Mapping

from msgspec.structs import replace

from converter.diagnostics import Diagnostic, Warn
from converter.model import Post, Site
from converter.normalize.attribution import find_source
from converter.normalize.emphasis import merge_emphasis
from converter.normalize.figures import find_figures
from converter.normalize.headings import close_level_gaps, drop_repeated_title, find_headings, name_headings
from converter.normalize.languages import mark_languages
from converter.normalize.links import link_bare_urls, resolve_anchors
from converter.normalize.navigation import remove_navigation
from converter.normalize.notes import bare_note_marks, match_notes
from converter.normalize.spaces import trim_spaces
from converter.normalize.tables import unfold_layout_tables

Pass = Callable[[Post, Site, Warn], Post]
"""Changes one thing about a post; it returns the very post where there is nothing to change."""

PASSES: Mapping[str, Pass] = {
    change.__name__.replace("_", "-"): change
    for change in (
        trim_spaces,
        merge_emphasis,
        bare_note_marks,
        unfold_layout_tables,
        find_source,
        remove_navigation,
        find_figures,
        find_headings,
        drop_repeated_title,
        close_level_gaps,
        name_headings,
        link_bare_urls,
        resolve_anchors,
        match_notes,
        mark_languages,
    )
}
"""By name, in their order: text before blocks, what is not the post before what it is made of."""


def normalize(post: Post, site: Site, warn: Warn, *, skip: Collection[str] = ()) -> Post:
    """Return the post with every pass applied, but for those whose names are in `skip`."""
    for name, change in PASSES.items():
        if name not in skip:
            post = change(post, site, _naming(name, warn))
    return post


def _naming(name: str, warn: Warn) -> Warn:
    """Return what hands on the diagnostics of a pass, each with the name to leave the pass out by."""

    def named(diagnostic: Diagnostic) -> None:
        way = f'`skip = ["{name}"]` in [normalize] leaves this pass out'
        warn(replace(diagnostic, hint=f"{diagnostic.hint}; {way}" if diagnostic.hint else way))

    return named
