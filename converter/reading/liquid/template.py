"""A body with Liquid -> a small template that python-liquid can run, with all plain text set aside.

Tags that Jekyll and its usual plug-ins add are done here; values, conditions and loops are left to python-liquid. An
unknown tag costs itself and a diagnostic, and what stands in it stays.
"""

import html
import re
from bisect import bisect_left
from collections.abc import Mapping
from posixpath import normpath

from msgspec import Struct

from converter.diagnostics import Code, Diagnostic, Warn, shortened
from converter.reading.context import Context
from converter.reading.liquid.printed import printed
from converter.reading.liquid.tags import REPLACED, argument, guessed_path
from converter.reading.liquid.themes import included
from converter.reading.liquid.tokens import Kind, Token, tokens
from converter.reading.source import Beside

_BLOCKS = {
    "capture": frozenset[str](),
    "case": frozenset({"else", "when"}),
    "for": frozenset({"break", "continue", "else"}),
    "if": frozenset({"break", "continue", "else", "elsif"}),
    "ifchanged": frozenset[str](),
    "tablerow": frozenset[str](),
    "unless": frozenset({"break", "continue", "else", "elsif"}),
}
"""Tags with an end that python-liquid knows, and the tags that may stand in them."""
_PLAIN = frozenset({"assign", "cycle", "decrement", "echo", "increment"})
_INNER = frozenset().union(*_BLOCKS.values())
_ROOTS = frozenset(
    "blank empty false forloop include jekyll layout nil page paginator site tablerowloop theme true".split()
)
_DEFINED = re.compile(r"(?:assign|capture|for|tablerow|increment|decrement)\s+([\w-]+)")
_ROOT = re.compile(r"[A-Za-z_][\w-]*")
_PARAMETER = re.compile(
    r"(?P<key>[\w-]+)\s*=\s*(?:\"(?P<double>[^\"\\]*(?:\\.[^\"\\]*)*)\"|'(?P<single>[^'\\]*(?:\\.[^'\\]*)*)'|(?P<name>[\w.\[\]-]+))"
)
_INCLUDED = re.compile(r"(?P<name>(?:[^\s{]|\{\{[^{}]*\}\})+)(?P<rest>.*)", re.DOTALL)
_VALUE = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
_LITERAL = re.compile("\ue000(\\d+)\ue001")
_MARKUP = re.compile(r"<[^<>]*>")
_JEKYLL = {"environment": "production", "version": "4.4.1"}
"""A book is made of what the public sees."""
_MAX_INCLUDES, _MAX_DEPTH = 100, 8


class Page(Struct, frozen=True):
    """What a post knows of itself."""

    file: str
    first_line: int
    """The line of the file that the body begins in."""
    values: Mapping[str, object]
    """What `{{ page.KEY }}` gives."""
    site: Mapping[str, object]
    """What `{{ site.KEY }}` gives."""
    beside: Beside = Beside()


class Template:
    """The template that is being made, and the text that is set aside."""

    def __init__(self, body: str, page: Page, context: Context, warn: Warn) -> None:
        self._body, self._page, self._context, self._warn = body, page, context, warn
        self._out: list[str] = []
        self._literals: list[str] = []
        self._open: list[tuple[str, int]] = []
        self._names = _ROOTS | frozenset(_DEFINED.findall(body))
        self._line_ends = [place for place, character in enumerate(body) if character == "\n"]
        self._limits = context.limits
        self._includes = self._tags = 0
        self._start = 0
        self._prefix, self._depth = "", 0
        self._given: dict[str, str] = {}
        self._in_code = False

    def read(self, template: str) -> None:
        """Add the tokens of a body, or of a file that it includes."""
        waiting = list(tokens(template.translate({0xE000: None, 0xE001: None})))
        waiting.reverse()
        while waiting:
            token = waiting.pop()
            if token.kind is Kind.TEXT:
                self._set_aside(token.text)
                continue
            if self._depth == 0:
                self._start = token.start
            self._tags += 1
            if self._tags > self._limits.liquid_tags:
                self._give_up(token, waiting)
                return
            if token.trims_left:
                self._trim()
            if token.kind is Kind.OUTPUT:
                self._output(token)
            else:
                self._tag(token, waiting)
            if token.trims_right and waiting and waiting[-1].kind is Kind.TEXT:
                self._set_aside(waiting.pop().text.lstrip())

    def _give_up(self, token: Token, waiting: list[Token]) -> None:
        """Keep the rest as it is written."""
        message = f"there are more than {self._limits.liquid_tags} tags of Liquid; those from here on were kept as text"
        self._report(Code.LIQUID_FAILED, message, hint=self._limits.hint("liquid_tags"))
        for rest in (token, *reversed(waiting)):
            self._set_aside(rest.text)

    def text(self) -> str:
        """Return what the template says."""
        for _, index in self._open:
            # Never closed: the tag goes, what stands behind it stays.
            self._out[index] = ""
        said = "".join(self._out)
        if any(token and not _LITERAL.fullmatch(token) for token in self._out):
            said = self._run(said)
            self._report_unreached({int(number) for number in _LITERAL.findall(said)})
        return _LITERAL.sub(lambda found: self._literals[int(found[1])], said)

    def _run(self, template: str) -> str:
        # Importing python-liquid takes a tenth of a second, which most sites need not wait for.
        from converter.reading.liquid.engine import TOO_MUCH, TemplateError, run

        try:
            values = {"page": self._page.values, "site": self._page.site, "jekyll": _JEKYLL}
            said = run(template, values, self._limits)
            gained = sum(len(self._literals[int(number)]) for number in _LITERAL.findall(said)) - len(self._body)
            if gained > self._limits.liquid_characters:
                raise TemplateError(TOO_MUCH["liquid_characters"], "liquid_characters")
        except TemplateError as error:
            self._start = 0
            message = f"the Liquid of the post cannot be run, {error}; its text stays as it is written"
            self._report(Code.LIQUID_FAILED, message, hint=self._limits.hint(error.limit) if error.limit else "")
            return "".join(token for token in self._out if _LITERAL.fullmatch(token))
        return said

    def _set_aside(self, text: str) -> None:
        if text:
            self._out.append(f"\ue000{len(self._literals)}\ue001")
            self._literals.append(html.escape(text, quote=False) if self._in_code else text)

    def _trim(self) -> None:
        if self._out and _LITERAL.fullmatch(self._out[-1]):
            self._literals[-1] = self._literals[-1].rstrip()

    def _report_unreached(self, reached: set[int]) -> None:
        """Say which words stand where no condition holds, or in a loop over nothing."""
        left = " ".join(" ".join(text for number, text in enumerate(self._literals) if number not in reached).split())
        if re.search(r"\w", _MARKUP.sub("", left)):
            self._start = 0
            message = f"'{shortened(left)}' was left out: the Liquid around it does not come to it"
            self._report(Code.LIQUID_NOT_REACHED, message, left)

    def _report(self, code: Code, message: str, removed: str = "", *, hint: str = "") -> None:
        line = self._page.first_line + bisect_left(self._line_ends, self._start)
        hint = hint or "write it without Liquid, or put it between {% raw %} and {% endraw %} where it is an example"
        self._warn(Diagnostic(code=code, message=message, file=self._page.file, line=line, hint=hint, removed=removed))

    # ---- outputs and tags ----

    def _output(self, token: Token) -> None:
        root = _ROOT.match(token.rest)
        if (root and root[0] not in self._names) or token.rest.startswith(("<", "%")):
            # A value that nobody gives: most likely an example of another language with braces.
            self._set_aside(token.text)
        elif token.rest:
            self._out.append("{{ " + self._renamed(token.rest) + " | printed }}")

    def _tag(self, token: Token, waiting: list[Token]) -> None:
        name = token.name
        if name in {"raw", "comment"}:
            self._until_end(name, waiting, keep=name == "raw")
        elif name == "highlight":
            self._highlight(token.rest)
        elif name == "endhighlight":
            self._end_highlight()
        elif name in {"include", "include_cached", "include_relative"}:
            self._include(token)
        elif name in {"link", "post_url"}:
            self._set_aside(self._url(token.rest))
        elif name in REPLACED:
            self._set_aside(REPLACED[name](token.rest))
        elif name in _BLOCKS:
            self._open.append((name, len(self._out)))
            self._out.append(self._template_tag(token))
        elif name in _PLAIN or (name in _INNER and any(name in _BLOCKS[block] for block, _ in self._open)):
            self._out.append(self._template_tag(token))
        elif name.startswith("end"):
            self._end(name.removeprefix("end"))
        elif name not in {"", "#"}:
            self._report(Code.LIQUID_UNKNOWN, f"the tag '{name}' is not known; it was left out, and what is in it kept")

    def _template_tag(self, token: Token) -> str:
        return "{% " + f"{token.name} {self._renamed(token.rest)}" + " %}"

    def _renamed(self, expression: str) -> str:
        """Return an expression of an included file with its parameters under names of their own."""
        return re.sub(r"\binclude\.(\w+)", rf"{self._prefix}\1", expression) if self._prefix else expression

    def _end(self, name: str) -> None:
        if any(block == name for block, _ in self._open):
            while self._open:
                block, index = self._open.pop()
                if block == name:
                    self._out.append("{% end" + name + " %}")
                    return
                self._out[index] = ""

    def _until_end(self, name: str, waiting: list[Token], *, keep: bool) -> None:
        while waiting:
            token = waiting.pop()
            if token.kind is Kind.TAG and token.name == f"end{name}":
                return
            if keep:
                self._set_aside(token.text)

    def _highlight(self, rest: str) -> None:
        before = self._literals[-1] if self._literals else ""
        # A block begins a line of its own; an indent before it may be that of a list.
        gap = "" if not before or not before.rpartition("\n")[2].strip() else "\n\n"
        language = html.escape(rest.partition(" ")[0])
        self._set_aside(f'{gap}<pre><code class="language-{language}">')
        self._in_code = True

    def _end_highlight(self) -> None:
        self._in_code = False
        self._set_aside("</code></pre>")

    def _url(self, rest: str) -> str:
        """Return the URL of a post or file as Jekyll prints it: behind the path of the site, if that is missing."""
        name = argument(self._filled_in(rest))
        url = self._page.beside.urls.get(name) or guessed_path(name)
        base = printed(self._page.site.get("baseurl")).rstrip("/")
        before = self._out[-1] if self._out else ""
        if found := _LITERAL.fullmatch(before):
            before = self._literals[int(found[1])]
        is_there = "site.baseurl" in before or before.endswith(base)
        return url if is_there else base + url

    def _include(self, token: Token) -> None:
        """Read a file in the place of the tag, its parameters as variables of its own."""
        found = _INCLUDED.match(token.rest)
        name = self._filled_in(found["name"]).strip("\"'") if found else ""
        is_beside = token.name == "include_relative"
        text = self._page.beside.includes.get(normpath(name)) if is_beside else self._context.includes.get(name)
        self._includes += 1
        if found and text is None and (shown := included(name, found["rest"], self._page.values)) is not None:
            self._set_aside(shown)
            return
        if found is None or text is None:
            self._report(Code.LIQUID_UNKNOWN, f"there is no file '{name[:60]}' to include; the tag was left out")
            return
        if self._depth >= _MAX_DEPTH or self._includes > _MAX_INCLUDES:
            self._report(Code.LIQUID_FAILED, f"'{name[:60]}' was not included: files include each other without end")
            return
        outer, prefix = self._prefix, f"include_{self._includes}_"
        self._set_parameters(found["rest"], prefix)
        self._prefix = prefix
        self._names |= frozenset(_DEFINED.findall(text))
        self._depth += 1
        self.read(text)
        self._depth -= 1
        self._prefix = outer

    def _set_parameters(self, rest: str, prefix: str) -> None:
        """Assign the parameters of an included file; one that is a value of the file around it is looked up there."""
        for found in _PARAMETER.finditer(rest):
            variable = prefix + found["key"].replace("-", "_")
            self._names |= {variable}
            text = re.sub(r"\\([\"'])", r"\1", found["double"] or found["single"] or "")
            self._given[f"{prefix}{found['key']}"] = text
            if "'" in text and '"' in text:  # a string of Liquid cannot hold its own mark
                self._out.append("{% capture " + variable + " %}")
                self._set_aside(text)
                self._out.append("{% endcapture %}")
                continue
            mark = '"' if "'" in text else "'"
            value = self._renamed(found["name"]) if found["name"] else f"{mark}{text}{mark}"
            self._out.append("{% assign " + f"{variable} = {value}" + " %}")

    def _filled_in(self, text: str) -> str:
        """Return the name of a file with the values in it that are known before anything is run."""

        def value(found: re.Match[str]) -> str:
            root, *keys = found[1].split(".")
            if root == "include" and keys:
                return self._given.get(f"{self._prefix}{keys[0]}", found[0])
            known: object = {"page": self._page.values, "site": self._page.site}.get(root)
            for key in keys:
                known = known.get(key) if isinstance(known, Mapping) else None
            return printed(known)

        return _VALUE.sub(value, text)
