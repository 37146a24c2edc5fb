"""What sites turn on: Hugo's marks, insertions, subscripts and superscripts, and names of emoji.

https://gohugo.io/configuration/markup/#extras, https://github.com/jekyll/jemoji
"""

import re
from collections.abc import Callable, Sequence
from unicodedata import lookup

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_EXTRAS = {
    "mark": (re.compile(r"==(?=[^\s=])(?P<text>[^\n]{1,2000}?)(?<=[^\s=])==(?!=)"), "mark"),
    "insert": (re.compile(r"\+\+(?=[^\s+])(?P<text>[^\n]{1,2000}?)(?<=[^\s+])\+\+(?!\+)"), "ins"),
    "subscript": (re.compile(r"~(?!~)(?P<text>[^\s~]{1,200})~(?!~)"), "sub"),
    "superscript": (re.compile(r"\^(?P<text>[^\s^]{1,200})\^"), "sup"),
}
"""By the name of the extension: how it is written, and the element."""
_NAME = re.compile(r":(?P<name>[a-z0-9_+-]{1,40}):")
_EMOJI: dict[str, str] = {
    name: character
    for name, _, character in (
        pair.partition("=")
        for pair in """
    +1=👍 -1=👎 100=💯 angry=😠 art=🎨 astonished=😲 balloon=🎈 beer=🍺 beers=🍻 blush=😊 book=📖 books=📚 boom=💥
    bowtie=🤵 bulb=💡 calendar=📆 car=🚗 chart_with_upwards_trend=📈 checkered_flag=🏁 clap=👏 coffee=☕
    cold_sweat=😰 computer=💻 confused=😕 construction=🚧 cry=😢 dizzy=💫 email=📧 exclamation=❗ expressionless=😑
    eyes=👀 facepalm=🤦 fearful=😨 fire=🔥 flushed=😳 grin=😁 grinning=😀 handshake=🤝 heart=❤️ heart_eyes=😍
    heavy_check_mark=✔️ hourglass=⌛ hugs=🤗 information_source=ℹ️ innocent=😇 joy=😂 key=🔑 kissing_heart=😘
    laughing=😆 link=🔗 lock=🔒 loudspeaker=📢 mag=🔍 mask=😷 mega=📣 memo=📝 moneybag=💰 muscle=💪 musical_note=🎵
    neutral_face=😐 no_entry=⛔ no_good=🙅 ocean=🌊 ok=🆗 ok_hand=👌 open_mouth=😮 package=📦 party=🥳 pencil=📝
    pencil2=✏️ pensive=😔 phone=☎️ point_down=👇 point_left=👈 point_right=👉 point_up=☝️ poop=💩 pray=🙏 pushpin=📌
    question=❓ rage=😡 rainbow=🌈 raised_hands=🙌 recycle=♻️ relaxed=☺️ relieved=😌 rofl=🤣 rose=🌹 satisfied=😆
    scream=😱 shrug=🤷 ship=🚢 slightly_smiling_face=🙂 smile=😄 smiley=😃 smirk=😏 sob=😭 star=⭐ star2=🌟
    stuck_out_tongue=😛 sun_with_face=🌞 sunglasses=😎 sunny=☀️ sweat=😓 sweat_smile=😅 tada=🎉 tea=🍵 thinking=🤔
    thought_balloon=💭 thumbsdown=👎 thumbsup=👍 train=🚆 triumph=😤 unamused=😒 unlock=🔓 v=✌️ warning=⚠️ wave=👋
    white_check_mark=✅ wink=😉 worried=😟 wrench=🔧 x=❌ yum=😋 zap=⚡ zzz=💤
    """.split()
    )
}
"""Names that Unicode does not have; of all others a name is that of the character."""


def extras(md: MarkdownIt, names: Sequence[str]) -> None:
    """Add the extensions of these names."""
    for name in names:
        md.inline.ruler.before("escape", f"extra_{name}", _rule(*_EXTRAS[name]))


def _rule(pattern: re.Pattern[str], element: str) -> Callable[[StateInline, bool], bool]:
    first = pattern.pattern.lstrip("\\")[0]

    def rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
        found = pattern.match(state.src, state.pos, state.posMax) if state.src[state.pos] == first else None
        if found is None:
            return False
        if not silent:
            last, state.posMax = state.posMax, found.end("text")
            state.pos = found.start("text")
            state.push("html_inline", "", 0).content = f"<{element}>"
            state.md.inline.tokenize(state)
            state.push("html_inline", "", 0).content = f"</{element}>"
            state.posMax = last
        state.pos = found.end()
        return True

    return rule


def emoji(md: MarkdownIt) -> None:
    """Read `:name:` as the emoji of that name, where there is one."""
    md.inline.ruler.before("escape", "emoji", _emoji)


def _emoji(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    found = _NAME.match(state.src, state.pos, state.posMax) if state.src[state.pos] == ":" else None
    character = emoji_of(found["name"]) if found else ""
    if found is None or not character:
        return False
    if not silent:
        state.push("text_special", "", 0).content = character
    state.pos = found.end()
    return True


def emoji_of(name: str) -> str:
    """Return the emoji that GitHub and Hugo call by a name; empty for what is none."""
    if name in _EMOJI:
        return _EMOJI[name]
    try:
        character = lookup(name.replace("_", " "))
    except KeyError:
        return ""
    return character if "\u2600" <= character <= "\u27bf" or character >= "\U0001f300" else ""
