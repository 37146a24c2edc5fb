"""Obsidian's Markdown: links and embeds in double brackets, `==marks==`, `%%comments%%` and the ids of blocks.

https://help.obsidian.md/syntax, https://help.obsidian.md/embeds
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from converter.model.postlinks import PostLink

_WIKI = re.compile(r"(?P<embed>!?)\[\[(?P<target>[^\[\]\n|]{1,500}?)\\?(?:\|(?P<label>[^\[\]\n]{0,500}))?\]\]")
_MARK = re.compile(r"==(?=[^\s=])(?P<text>[^\n]{1,2000}?)(?<=[^\s=])==(?!=)")
_COMMENT = re.compile(r"%%.*?%%", re.DOTALL)
_BLOCK_ID = re.compile(r"(?:^|[ \t\n])\^(?P<id>[A-Za-z0-9-]+)[ \t]*$")
_SIZE = re.compile(r"(?P<width>\d{1,5})(?:x(?P<height>\d{1,5}))?")
_IMAGES = ("avif", "bmp", "gif", "jpeg", "jpg", "png", "svg", "webp")
_SOUNDS = ("3gp", "flac", "m4a", "mp3", "ogg", "wav")
_FILMS = ("mkv", "mov", "mp4", "ogv", "webm")


def obsidian(md: MarkdownIt) -> None:
    """Add the rules. The environment's `files` are the paths of the vault's files by their names in small letters."""
    md.block.ruler.before("fence", "comment_block", _comment_block, {"alt": ["paragraph", "blockquote", "list"]})
    md.core.ruler.after("block", "block_ids", _block_ids)
    md.core.ruler.after("inline", "image_files", _image_files)
    md.inline.ruler.before("escape", "wiki", _wiki)
    md.inline.ruler.before("escape", "mark", _mark)
    md.inline.ruler.before("escape", "comment", _comment)
    # Text ends where one of these may begin.
    md.inline.ruler.at("text", _text)


_STOPS = re.compile(r"[\n!#$%&*+\-:<=>@\[\\\]^_`{}~]")


def _text(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    found = _STOPS.search(state.src, state.pos, state.posMax)
    end = found.start() if found else state.posMax
    if end == state.pos:
        return False
    if not silent:
        state.pending += state.src[state.pos : end]
    state.pos = end
    return True


def _comment_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    position = state.bMarks[start_line] + state.tShift[start_line]
    if state.is_code_block(start_line) or not state.src.startswith("%%", position):
        return False
    end = state.src.find("%%", position + 2, state.eMarks[end_line - 1])
    if end < 0 or end <= state.eMarks[start_line]:
        return False
    if not silent:
        line = start_line + state.src.count("\n", position, end)
        state.line = line + 1
        if rest := state.src[end + 2 : state.eMarks[line]].strip():
            token = state.push("html_block", "", 0)
            token.content = f"<p>{escape(rest)}</p>"
    return True


def _comment(state: StateInline, _silent: bool) -> bool:  # noqa: FBT001
    found = _COMMENT.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "%" else None
    if found is None:
        return False
    state.pos = found.end()
    return True


def _mark(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    found = _MARK.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "=" else None
    if found is None:
        return False
    if not silent:
        last, state.posMax = state.posMax, found.end("text")
        state.pos = found.start("text")
        state.push("html_inline", "", 0).content = "<mark>"
        state.md.inline.tokenize(state)
        state.push("html_inline", "", 0).content = "</mark>"
        state.posMax = last
    state.pos = found.end()
    return True


def _wiki(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    found = _WIKI.match(state.src, state.pos, state.posMax) if state.src[state.pos] in "![" else None
    if found is None:
        return False
    if not silent:
        files: Mapping[str, str] = state.env.get("files", {})
        target, labels = found["target"].strip(), [part.strip() for part in (found["label"] or "").split("|")]
        html = _embed(target, labels, files) if found["embed"] else _link(target, labels[-1], files)
        state.push("html_inline", "", 0).content = html
    state.pos = found.end()
    return True


def _link(target: str, label: str, files: Mapping[str, str]) -> str:
    name, _, fragment = target.partition("#")
    shown = label or " > ".join(filter(None, (name.rpartition("/")[2], *fragment.lstrip("^").split("#"))))
    path = _path(name, files)
    return f'<a href="{escape(path or url(name, fragment))}">{escape(shown)}</a>'


def _embed(target: str, labels: Sequence[str], files: Mapping[str, str]) -> str:
    name, _, fragment = target.partition("#")
    path = escape(_path(name, files) or quote(name))
    suffix, stem = name.rpartition(".")[2].lower(), name.rpartition("/")[2]
    size = _SIZE.fullmatch(labels[-1])
    if suffix in _IMAGES:
        alt = next((label for label in labels if label and not _SIZE.fullmatch(label)), stem.rpartition(".")[0])
        return f'<img src="{path}" alt="{escape(alt)}"{_measures(size)}>'
    if suffix in (*_SOUNDS, *_FILMS):
        kind = "audio" if suffix in _SOUNDS else "video"
        return f'<{kind} src="{path}" title="{escape(stem)}"></{kind}>'
    if suffix == "pdf":
        return f'<a href="{path}">{escape(stem)}</a>'
    return f'<iframe src="{escape(url(name, fragment))}" title="{escape(labels[0] or stem or fragment)}"></iframe>'


def url(name: str, fragment: str) -> str:
    """Return the URL of a note, or of a heading (its words) or block (`^id`) in it or in the same note."""
    last = fragment.rpartition("#")[2].strip()
    if name:
        return str(PostLink(quote(name), quote(last)))
    return f"#{quote(last)}" if last else ""


def _path(name: str, files: Mapping[str, str]) -> str:
    """Return the URL of a file of the vault that is no note, from the root; nothing where there is none."""
    low = unquote(name).lower().removeprefix("./").lstrip("/")
    found = files.get(low) or files.get(low.rpartition("/")[2])
    return f"/{quote(found)}" if found else ""


def _measures(size: re.Match[str] | None) -> str:
    if not size:
        return ""
    height = f' height="{size["height"]}"' if size["height"] else ""
    return f' width="{size["width"]}"{height}'


def _block_ids(state: StateCore) -> None:
    """Take the ids of blocks out of the text, and give them to their blocks."""
    for token, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if inline.type == "inline" and (found := _BLOCK_ID.search(inline.content)):
            token.attrSet("id", f"^{found['id']}")
            inline.content = inline.content[: found.start()]


def _image_files(state: StateCore) -> None:
    """Find the images that are written with the brackets of Markdown by their names, too, and take sizes off."""
    files: Mapping[str, str] = state.env.get("files", {})
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "image":
                _find_image(child, files)


def _find_image(token: Token, files: Mapping[str, str]) -> None:
    source = str(token.attrGet("src") or "")
    if path := _path(source, files):
        token.attrSet("src", path)
    alt, bar, last = token.content.rpartition("|")
    if size := _SIZE.fullmatch(last if bar else token.content):
        token.content, token.children = alt, [Token("text", "", 0, content=alt)]
        token.attrSet("width", size["width"])
