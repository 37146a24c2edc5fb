"""Marks the kinds of words in code, so that a style sheet can tell them apart."""

from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String, Token, _TokenType
from pygments.util import ClassNotFound

from converter.languages.unicode import clean
from converter.writers.xhtml.markup import element, escape

MAX_CODE = 200_000
"""Longer code, in characters, is not highlighted."""

CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (Comment.Preproc, "k"),
    (Comment, "c"),
    (Keyword.Constant, "n"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (String, "s"),
    (Number, "n"),
    (Name.Function, "f"),
    (Name.Class, "f"),
    (Name.Decorator, "f"),
    (Name.Tag, "k"),
    (Name.Attribute, "f"),
    (Name.Builtin, "b"),
    (Generic.Deleted, "d"),
    (Generic.Inserted, "i"),
    (Generic.Heading, "k"),
    (Generic.Prompt, "c"),
)
"""The class of each kind of token that is set apart; the first that fits counts."""


def highlighted(text: str, language: str) -> str:
    """Return the markup inside of a code element; plain where the language is unknown."""
    return "".join(
        element("span", escape(value), {"class": name}) if name else escape(value)
        for name, value in classified(text, language)
    )


def classified(text: str, language: str) -> list[tuple[str, str]]:
    """Return code in pieces, each with the class of its kind; it is empty for what is not set apart."""
    text = clean(text)
    lexer = _lexer(language.lower()) if language and len(text) <= MAX_CODE else None
    if lexer is None:
        return [("", text)]
    pieces: list[tuple[str, str]] = []
    for token, value in _tokens(lexer, text):
        name = _class_of(token)
        if pieces and pieces[-1][0] == name:
            pieces[-1] = name, pieces[-1][1] + value
        else:
            pieces.append((name, value))
    return pieces


def _tokens(lexer: Lexer, text: str) -> list[tuple[_TokenType, str]]:
    """Return the tokens of code, in which nothing may be lost: one of text for a lexer that does not keep all of it."""
    # Some lexers, that of consoles for one, leave out a last line without an end.
    found = [(token, value) for token, value in lexer.get_tokens(f"{text}\n") if value]
    if "".join(value for _, value in found) != f"{text}\n":
        return [(Token.Text, text)]
    token, last = found.pop()
    return [*found, (token, last.removesuffix("\n"))]


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=256)
def _class_of(token: _TokenType) -> str:
    return next((name for kind, name in CLASSES if token in kind), "") if token is not Token.Text else ""
