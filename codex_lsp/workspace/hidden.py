"""Characters that nobody sees: found, shown, and put back. Pure.

Hidden is, by Unicode's properties, what is Default_Ignorable_Code_Point (zero-width characters, joiners,
bidirectional controls, tags, variation selectors, Hangul's fillers), a control (Cc, but for tab, line feed,
form feed and carriage return), a line or paragraph separator (Zl, Zp: some languages end a comment there that
editors do not), a noncharacter, or a format character that is no mark of its own (Cf: annotations, how
hieroglyphs are joined); and the few others that are blank: Braille's, Khitan's, the musical and the object's.
A space is seen as one (Zs), whatever its width. Where a script or an emoji needs such a character it is not
hidden: a joiner between emoji or within the scripts that join, one selector behind an emoji or an ideograph,
a blank within Braille, the flags of England, Scotland and Wales, a byte order mark at the beginning.

Shown, one is `<U+200B>`. What only looks so has its `<` shown in the same way, so that `Escapes.restore`
gives back exactly what was there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from codex_lsp.records import record

_PLAIN = bytes([*range(0x20, 0x7F), *b"\t\n\f\r"])
_CLASS = (
    "\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc"
    "\ufffe\uffff\U00013430-\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
) + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(1, 17))
_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Arabic to Myanmar, and what else is written with joiners: Khmer, Mongolian, Balinese, Meetei Mayek.
_JOINING = (
    "\u0620-\u06ff\u0710-\u07ff\u0840-\u086a\u0870-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17b3\u17b6-\u17dd"
    "\u1820-\u18aa\u1900-\u194f\u1a20-\u1aad\u1b00-\u1c4f\ua800-\ua82c\ua840-\ua8ff\ua930-\ua9df\uaa00-\uaaff"
    "\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00011000-\U000114df"
)
_VIRAMA = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
_TAGS = "|".join(
    "".join(chr(0xE0000 + ord(char)) for char in flag) + "\U000e007f" for flag in ("gbeng", "gbsct", "gbwls")
)
# What is needed where it stands is matched first and has no group.
_NEEDED = (
    rf"(?<=[{_EMOJI}])[\ufe0e\ufe0f](?:\u20e3)?(?![\ufe00-\ufe0f])|(?<=[0-9#*])\ufe0f\u20e3"
    rf"|(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])"
    rf"|(?<=[{_IDEOGRAPH}])[\ufe00-\ufe02\U000e0100-\U000e01ef](?![\ufe00-\ufe0f\U000e0100-\U000e01ef])"
    rf"|(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])|(?<=[{_VIRAMA}])[\u200c\u200d](?![{_CLASS}])"
    r"|(?<=[\u1820-\u18aa])[\u180b-\u180d\u180f](?![\u180b-\u180f])"
    rf"|(?<=\U0001f3f4)(?:{_TAGS})|\A\ufeff"
    r"|\u2800+(?=[\u2801-\u28ff])|(?<=[\u2801-\u28ff])\u2800+"
    r"|(?<=[\U00013000-\U00013455])[\U00013430-\U00013442]|(?<=[\U00018b00-\U00018cff])\U00016fe4"
)
_LOOKS = r"<(?=U\+[0-9A-F]{4,6}>)"
_SHOWN = re.compile(r"<U\+([0-9A-F]{4,6})>")


@record(frozen=True, slots=True)
class Hidden:
    """A hidden character at `offset`, in code points."""

    offset: int
    char: str

    def __str__(self) -> str:
        """As people write it: `U+202E RIGHT-TO-LEFT OVERRIDE`."""
        return described(self.char)


def described(char: str) -> str:
    """A character by its number and its name, if it has one."""
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()


def find(text: str) -> list[Hidden]:
    """All hidden characters of a text, in order."""
    if _is_plain(text):
        return []
    return [Hidden(match.start(), match[1]) for match in _pattern().finditer(text) if match[1]]


def added(before: str, after: str) -> list[Hidden]:
    """Those of `after` that `before` has none of, once each; `before` is empty for a new file.

    What a file has already may be moved and repeated in it.
    """
    if after == before:
        return []
    first = {each.char: each for each in reversed(find(after))}
    return [each for each in first.values() if each.char not in before] if first else []


def shown(text: str) -> str:
    """A text for people, in which nothing is hidden; not to be put back."""
    if _is_plain(text):
        return text
    return _pattern().sub(lambda match: escape(match[1]) if match[1] else match[0], text)


def escape(char: str) -> str:
    """`<U+200B>` for such a character."""
    return f"<U+{ord(char):04X}>"


class Escapes:
    """Shows the hidden characters of the texts of one run, and puts back those that were shown."""

    def __init__(self) -> None:
        self._shown: set[str] = set()

    def escape(self, text: str) -> str:
        """`text` with nothing hidden."""
        if _is_plain(text) and "<U+" not in text:
            return text
        return _pattern().sub(self._put, text)

    def restore(self, text: str, written: Callable[[str], str] = str) -> str:
        """`text` with the characters that were shown, `written` so, in their places; what was none stays."""
        if not self._shown or "<U+" not in text:
            return text
        return _SHOWN.sub(lambda match: written(self._back(match)), text)

    def _put(self, match: re.Match[str]) -> str:
        char = match[1] or match[2]
        if not char:
            return match[0]
        self._shown.add(char)
        return escape(char)

    def _back(self, match: re.Match[str]) -> str:
        number = int(match[1], 16)
        char = chr(number) if number < 0x110000 else ""
        # Only the form in which it was shown.
        return char if char in self._shown and escape(char) == match[0] else match[0]


def _is_plain(text: str) -> bool:
    """Whether nothing in a text can be hidden; a few millionths of a second."""
    rest = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN)
    return not rest or _one().isdisjoint(rest.decode("utf-8", "surrogatepass"))


@cache
def _one() -> frozenset[str]:
    ranges = re.findall("(.)(?:-(.))?", _CLASS, re.DOTALL)
    return frozenset(chr(each) for low, high in ranges for each in range(ord(low), ord(high or low) + 1))


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(f"(?=[{_CLASS}<])(?:{_NEEDED}|([{_CLASS}])|({_LOOKS}))")
