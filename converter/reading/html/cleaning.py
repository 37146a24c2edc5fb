"""Rules that say which parts of a page are not the post: data, for one site or for every site."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from converter.reading.html.elements import Element, is_selector

Action = Literal["remove", "unwrap", "source", "summary", "caption", "heading"]
"""What to do with what a rule matches: leave it out; keep its text and forget the element; take it for the source or
the summary of the post; make it the caption of the image before it, or a heading."""


_MAX_NAME = 40
"""Characters."""


class CleaningRule(Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: `[[clean]]` in the configuration. It has a selector or a text, and an action."""

    action: Action
    selector: str = ""
    """A CSS selector of elements of the post."""
    text: str = ""
    """A regular expression for the whole text of a paragraph."""

    @property
    def name(self) -> str:
        """What diagnostics call it."""
        name = self.selector or self.text
        return name if len(name) <= _MAX_NAME else f"{name[:_MAX_NAME]}…"


class RuleSet(Struct, frozen=True, forbid_unknown_fields=True):
    """Rules that ship with the converter."""

    name: str
    clean: tuple[CleaningRule, ...]
    hosts: tuple[str, ...] = ()
    """The rules hold for sites with these hosts and for posts that name one of them."""
    systems: tuple[str, ...] = ()
    """They hold for what comes from these systems, too. Rules without hosts and systems hold for every post."""


@cache
def shipped_rules() -> tuple[RuleSet, ...]:
    """Return the rules that ship with the converter."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return msgspec.convert(table["set"], tuple[RuleSet, ...])


def rules_for(body: str, url: str, own: Sequence[CleaningRule], system: str = "") -> tuple[CleaningRule, ...]:
    """Return the rules that hold for a post of the site at `url`: the user's own before those that ship."""
    found = [*own]
    for rule_set in shipped_rules():
        everywhere = not rule_set.hosts and not rule_set.systems
        if everywhere or system in rule_set.systems or any(host in url or host in body for host in rule_set.hosts):
            found += rule_set.clean
    return tuple(found)


def fault_of(rule: CleaningRule) -> str:
    """Return what is wrong with a rule; nothing for one that can be used."""
    if bool(rule.selector) == bool(rule.text):
        return "it needs a selector or a text, and not both"
    if rule.selector:
        return "" if is_selector(rule.selector) else "the selector is not a valid CSS selector"
    try:
        re.compile(rule.text)
    except re.error as error:
        return f"the text is not a valid regular expression: {error}"
    return ""


class Removal(Struct, frozen=True):
    """What a rule took out of a post."""

    rule: CleaningRule
    words: str
    line: int | None
    images: tuple[str, ...] = ()
    """The URLs of images that went with them."""
    links: int = 0
    """How many links became plain words; the other values are empty then."""


class Cleaner:
    """The rules that hold for one post, and what they took."""

    def __init__(self, rules: Sequence[CleaningRule]) -> None:
        self.selectors = [rule for rule in rules if rule.selector]
        self.texts = [(re.compile(rule.text, re.DOTALL), rule) for rule in rules if rule.text]
        self.taken: list[Removal] = []
        self._unlinked: dict[CleaningRule, list[int | None]] = {}
        self._elements: dict[int, CleaningRule] = {}

    def look_at(self, root: Element) -> None:
        """Find the elements that the selectors match; of two rules the first counts."""
        for rule in self.selectors:
            for element in root.css(rule.selector):
                self._elements.setdefault(element.mem_id, rule)

    def rule_of(self, element: Element) -> CleaningRule | None:
        """Return the rule for an element."""
        return self._elements.get(element.mem_id) if self._elements else None

    def rule_for(self, words: str) -> CleaningRule | None:
        """Return the rule for the text of a paragraph."""
        return next((rule for pattern, rule in self.texts if pattern.fullmatch(words)), None)

    def take(self, rule: CleaningRule, words: str, line: int | None, images: tuple[str, ...] = ()) -> None:
        """Note that words and images leave the text."""
        self.taken.append(Removal(rule, words, line, images))

    def unlink(self, rule: CleaningRule, line: int | None) -> None:
        """Note that a link becomes plain words."""
        self._unlinked.setdefault(rule, []).append(line)

    def all_taken(self) -> tuple[Removal, ...]:
        """Return all that the rules took; links once for each rule."""
        links = (Removal(rule, "", lines[0], links=len(lines)) for rule, lines in self._unlinked.items())
        return (*self.taken, *links)
