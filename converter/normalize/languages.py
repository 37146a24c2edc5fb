"""Marks of language and direction: those that say what the post says already go, missing directions come."""

import re

from msgspec.structs import replace

from converter.diagnostics import Warn
from converter.languages.letters import HAN, HANGUL, KANA
from converter.model import Block, Direction, Heading, Inline, Paragraph, Post, Site, Span, direction_of
from converter.model.walk import text_of, walk

_RIGHT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_LEFT = re.compile(f"[A-Za-z\u00c0-\u024f\u0370-\u058f{KANA}{HAN}{HANGUL}]")


def mark_languages(post: Post, _site: Site, _warn: Warn) -> Post:
    """Take off spans in the language of the post, and give paragraphs that run the other way their direction."""
    language = post.metadata.language
    own = direction_of(language)

    def rewrite(node: Inline | Block) -> Inline | Block | tuple[Inline, ...]:
        match node:
            case Span(children, lang, dir_) if lang == language and dir_ in {None, own}:
                return children
            case Span(lang="", dir=dir_, children=children) if dir_ in {None, own}:
                return children
            case Paragraph(children) | Heading(children=children) if not _is_one_span(children):
                other = _other_direction(text_of(children), own)
                return replace(node, children=(Span(children, dir=other),)) if other else node
            case _:
                return node

    return walk(post, rewrite)


def _is_one_span(children: tuple[Inline, ...]) -> bool:
    return len(children) == 1 and isinstance(children[0], Span)


def _other_direction(text: str, own: Direction) -> Direction | None:
    right, left = len(_RIGHT.findall(text)), len(_LEFT.findall(text))
    if own == "ltr":
        return "rtl" if right > left else None
    return "ltr" if left and not right else None
