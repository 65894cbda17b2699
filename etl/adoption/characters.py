"""Text that knows where each of its signs stood in the text it came from. It decides nothing about words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

_HYPHENS = "\u2010\u2011\ufe63\uff0d"
_NOTHING = "\u200b\u200c\u200d\u2060\ufeff"
# Compatibility forms that are the same letters and digits: ligatures, full width, raised, lowered, mathematical.
_SAME = (("\ufb00", "\ufb4f"), ("\uff01", "\uffef"), ("\u2070", "\u209f"), ("\U0001d400", "\U0001d7ff"))
_RAISED = "\u00b2\u00b3\u00b9"
SOFT_HYPHEN = "\u00ad"


class Chars:
    """A text and, sign by sign, the offset it had in the original."""

    __slots__ = ("origins", "text")

    def __init__(self, text: str, origins: Sequence[int]) -> None:
        self.text = text
        self.origins = origins

    def __len__(self) -> int:
        return len(self.text)

    def cut(self, start: int, end: int | None = None) -> Chars:
        """Return a part of it."""
        return Chars(self.text[start:end], self.origins[start:end])

    def strip(self) -> Chars:
        """Return it without the white space at both ends."""
        start = len(self.text) - len(self.text.lstrip())
        return self.cut(start, start + len(self.text.strip()))

    def split_lines(self) -> list[Chars]:
        """Return its lines, without their ends; a form feed ends one too and stands alone as a line of its own."""
        lines, start = [], 0
        for place, sign in enumerate(self.text):
            if sign in "\n\f":
                lines.append(self.cut(start, place))
                if sign == "\f":
                    lines.append(self.cut(place, place + 1))
                start = place + 1
        return [*lines, self.cut(start)]


def join(parts: Iterable[Chars]) -> Chars:
    """Return parts one behind the other."""
    texts: list[str] = []
    origins: list[int] = []
    for part in parts:
        texts.append(part.text)
        origins.extend(part.origins)
    return Chars("".join(texts), origins)


def fold_characters(text: str, start: int = 0) -> Chars:
    """Return a text with plain letters, digits, hyphens and spaces; `start` is the offset of its first sign.

    A raised digit behind a digit is a mark that points to a note (NCT99000101² is no number of nine digits).
    """
    if text.isascii() and "\r" not in text:
        return Chars(text, range(start, start + len(text)))
    signs: list[str] = []
    origins: list[int] = []
    for place, sign in enumerate(text.replace("\r\n", " \n").replace("\r", "\n"), start):
        folded = _fold(sign)
        if folded.isdigit() and sign != folded and _is_raised(sign) and signs and signs[-1].isdigit():
            folded = f" {folded}"
        signs.extend(folded)
        origins.extend([place] * len(folded))
    return Chars("".join(signs), origins)


def _fold(sign: str) -> str:
    if sign < "\x80":
        return sign
    if sign in _NOTHING:
        return ""
    if sign in _HYPHENS:
        return "-"
    if sign in _RAISED or any(first <= sign <= last for first, last in _SAME):
        return unicodedata.normalize("NFKC", sign)
    return " " if unicodedata.category(sign) == "Zs" else sign


def _is_raised(sign: str) -> bool:
    return sign in _RAISED or "\u2070" <= sign <= "\u207f"
