"""The document model: what every reader produces and every writer consumes.

There is no raw-HTML node and no style: what a node means is all there is. Equality is by content; the source line of a
block does not count. The JSON form carries its version in the key `schema`, and decoding refuses another one.
"""

from converter.languages import Direction as Direction
from converter.languages import direction_of as direction_of
from converter.model.nodes import (
    MAX_DEPTH as MAX_DEPTH,
)
from converter.model.nodes import (
    Alignment as Alignment,
)
from converter.model.nodes import (
    Anchor as Anchor,
)
from converter.model.nodes import (
    Block as Block,
)
from converter.model.nodes import (
    BlockNode as BlockNode,
)
from converter.model.nodes import (
    Cell as Cell,
)
from converter.model.nodes import (
    Code as Code,
)
from converter.model.nodes import (
    CodeBlock as CodeBlock,
)
from converter.model.nodes import (
    Definition as Definition,
)
from converter.model.nodes import (
    Definitions as Definitions,
)
from converter.model.nodes import (
    Emphasis as Emphasis,
)
from converter.model.nodes import (
    Figure as Figure,
)
from converter.model.nodes import (
    Heading as Heading,
)
from converter.model.nodes import (
    Image as Image,
)
from converter.model.nodes import (
    Inline as Inline,
)
from converter.model.nodes import (
    LineBreak as LineBreak,
)
from converter.model.nodes import (
    Link as Link,
)
from converter.model.nodes import (
    List as List,
)
from converter.model.nodes import (
    ListItem as ListItem,
)
from converter.model.nodes import (
    Math as Math,
)
from converter.model.nodes import (
    MathBlock as MathBlock,
)
from converter.model.nodes import (
    Media as Media,
)
from converter.model.nodes import (
    Node as Node,
)
from converter.model.nodes import (
    NoteReference as NoteReference,
)
from converter.model.nodes import (
    Paragraph as Paragraph,
)
from converter.model.nodes import (
    Quote as Quote,
)
from converter.model.nodes import (
    Row as Row,
)
from converter.model.nodes import (
    Ruby as Ruby,
)
from converter.model.nodes import (
    Span as Span,
)
from converter.model.nodes import (
    Strikethrough as Strikethrough,
)
from converter.model.nodes import (
    Strong as Strong,
)
from converter.model.nodes import (
    Subscript as Subscript,
)
from converter.model.nodes import (
    Superscript as Superscript,
)
from converter.model.nodes import (
    Table as Table,
)
from converter.model.nodes import (
    Text as Text,
)
from converter.model.nodes import (
    ThematicBreak as ThematicBreak,
)
from converter.model.posts import (
    Asset as Asset,
)
from converter.model.posts import (
    Blob as Blob,
)
from converter.model.posts import (
    Digest as Digest,
)
from converter.model.posts import (
    Document as Document,
)
from converter.model.posts import (
    Metadata as Metadata,
)
from converter.model.posts import (
    Note as Note,
)
from converter.model.posts import (
    Period as Period,
)
from converter.model.posts import (
    PeriodKind as PeriodKind,
)
from converter.model.posts import (
    Post as Post,
)
from converter.model.posts import (
    Section as Section,
)
from converter.model.posts import (
    Site as Site,
)
from converter.model.posts import (
    Source as Source,
)
