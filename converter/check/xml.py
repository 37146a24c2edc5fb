"""XML as a small tree that knows its lines; nothing outside the file is ever read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_DEPTH = 256
MAX_NODES = 1_000_000
"""Elements, attributes and texts of one file."""
MAX_TEXT = 64 * 1024 * 1024
"""Characters of one file, whatever its entities make of them."""

XHTML = "http://www.w3.org/1999/xhtml"
OPS = "http://www.idpf.org/2007/ops"
XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(slots=True)
class Element:
    """An element. `attributes` have the name alone where they have no namespace, else `{namespace}name`."""

    name: str
    namespace: str
    attributes: dict[str, str]
    line: int
    content: list["Element | str"] = field(default_factory=list)

    def elements(self) -> Iterator["Element"]:
        """Yield this element and all below it, in the order of the file."""
        pending = [self]
        while pending:
            element = pending.pop()
            yield element
            pending.extend(child for child in reversed(element.content) if isinstance(child, Element))

    def named(self, *names: str) -> Iterator["Element"]:
        """Yield those of `elements` that have one of these local names."""
        return (element for element in self.elements() if element.name in names)

    def children(self) -> Iterator["Element"]:
        return (child for child in self.content if isinstance(child, Element))

    def text(self) -> str:
        """Return all characters below this element, white space collapsed."""
        return " ".join("".join(_characters(self)).split())


def _characters(element: Element) -> Iterator[str]:
    for child in element.content:
        if isinstance(child, str):
            yield child
        else:
            yield from _characters(child)


class MalformedError(Exception):
    """The file is no well-formed XML."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def parse(data: bytes) -> Element:
    """Return the root of an XML file. Raises `MalformedError`."""
    builder = _Builder()
    try:
        builder.parser.Parse(data, True)  # noqa: FBT003  # positional in expat
    except expat.ExpatError as error:
        raise MalformedError(expat.ErrorString(error.code), error.lineno) from error
    except (LookupError, ValueError) as error:
        raise MalformedError(f"the encoding is not understood: {error}", 1) from error
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._open: list[Element] = []
        self._top: list[Element] = []
        self._nodes = self._text = 0

    @property
    def root(self) -> Element:
        return self._top[0]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise MalformedError(f"elements are nested more than {MAX_DEPTH} deep", self.parser.CurrentLineNumber)
        self._count(1 + len(attributes), 0)
        namespace, _, local = name.rpartition(" ")
        named = {_qualified(key): value for key, value in attributes.items()}
        element = Element(local, namespace, named, self.parser.CurrentLineNumber)
        (self._open[-1].content if self._open else self._top).append(element)
        self._open.append(element)

    def _end(self, name: str) -> None:  # noqa: ARG002  # the contract of expat
        self._open.pop()

    def _characters(self, data: str) -> None:
        self._count(1, len(data))
        self._open[-1].content.append(data)

    def _count(self, nodes: int, text: int) -> None:
        self._nodes += nodes
        self._text += text
        if self._nodes > MAX_NODES or self._text > MAX_TEXT:
            raise MalformedError("it is too large to be looked at", self.parser.CurrentLineNumber)


def _qualified(key: str) -> str:
    namespace, _, local = key.rpartition(" ")
    return f"{{{namespace}}}{local}" if namespace else local
