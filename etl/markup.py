"""From the registry's two markups to one plain text: Markdown of API v2, HTML of old versions; knows no field.

The same content reads alike in both. What only sets it out is gone: escapes, entities (also escaped twice), emphasis,
wrapped lines, the kind of list. What it says stays: a literal `<`, a literal `*`, a raised figure (`10^9`).

Source: recorded answers of API 2.0.5, and CommonMark 0.28, which its documentation names. It joins lines that only
a single line end parts, and lets a number other than 1 begin a list only after an empty line or inside one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from bs4 import BeautifulSoup

Markup = Literal["markdown", "html"]

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# Escaped characters wait here, in a plane no text uses, while unescaped ones are read as markup.
_SHELTER = 0xF0000
_SHELTERED = re.compile(r"[\U000f0021-\U000f007e]")
_LINE_END = re.compile(r"[ \t\r]+\n")
# An escaped mark begins no item: inside a paragraph its line is that of a wrapped text.
_WRAPPED_MARK = re.compile(
    r"(?<=[^\n])\n[ \t]*(?=(?:[\U000f002a\U000f002b\U000f002d]|\d{1,3}[\U000f0029\U000f002e])(?:[ \t]|$))"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TIMES_ESCAPED = 3

_EMPHASIS = re.compile(
    r"\*\*\*(?=\S)(?P<g>[^*\n]+?)(?<=\S)\*\*\*|\*\*(?=\S)(?P<a>[^*\n]+?)(?<=\S)\*\*"
    r"|(?<![\w*])\*(?=[^\s*])(?P<b>[^*\n]+?)(?<=[^\s*])\*(?![\w*])"
    r"|(?<![\w_])__(?=[^\s_])(?P<c>[^\n]+?)(?<=[^\s_])__(?![\w_])"
    r"|(?<![\w_])_(?=[^\s_])(?P<d>[^_\n]+?)(?<=[^\s_])_(?![\w_])"
    r"|(?<!!)\[(?P<e>[^\[\]\n]+)\]\((?:https?:|mailto:)[^()\s]*\)"
    r"|<(?P<f>https?://[^<>\s]+)>"
)
# Where none of these stands there is no emphasis; in a list with asterisks none does.
_MAY_EMPHASISE = re.compile(r"\*\S|_\S|\]\(|<http")
_HARD_BREAK = re.compile(r"\\(?=\r?\n)")
# What Markdown has no sign for stands in it as these tags; any other `<` is text.
_RAISED = re.compile(r"<sup>(\s*[-+\u2212\u2013]?\d+(?:[.,]\d+)?\s*)</sup>", re.IGNORECASE)
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(r"</?(?:su[pb]|u|b|i|em|strong)>", re.IGNORECASE)

_TAG = re.compile(
    r"</?(?P<name>p|br|li|[uo]l|sup|sub|[biusa]|em|strong|span|div|font|small|big|strike|code|pre|center|blockquote|"
    r"h[1-6r]|table|tbody|thead|tfoot|caption|t[rdh]|d[ltd])"
    r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))*\s*/?>",
    re.IGNORECASE,
)
_BLOCKS = ["p", "div", "li", "ul", "ol", "pre", "blockquote", "table", "tr", "caption", "dl", "dt", "dd", "center"]
_BLOCKS += [f"h{level}" for level in range(1, 7)]
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(_BLOCKS)}|br)\b", re.IGNORECASE)
_FIGURE = re.compile(r"\s*[-+\u2212\u2013]?\d+(?:[.,]\d+)?\s*")

_BULLETS = "\u2022\u25cf\u25aa\u25e6\u2023\u2043\u25cb\u25a0\u25a1\uf0b7\u00b7"
_MARK = re.compile(rf"(?P<indent>[ \t]*)(?:(?P<bullet>[*+\-{_BULLETS}])|(?P<number>\d{{1,3}})[.)])(?:[ \t]+|$)")
_HEADING_MARK = re.compile(r"(?:\A|(?<=\n\n))[ \t]{0,3}#{1,6}[ \t]+(?=\S)")
_NESTED = 2  # columns by which a list inside a list is set in
_SKIP = 5  # numbers a list may leave out
_STOPS = (".", ";", ")")


class Line(NamedTuple):
    """One paragraph or list item, its wrapped lines joined, its list mark off."""

    text: str
    is_item: bool


def fold_text(text: str, markup: Markup = "markdown") -> str:
    """Return a one-line field as plain text: escapes, entities, tags and superfluous whitespace gone."""
    if markup == "html":
        text = _read_html(text)
    else:
        if "\\" in text:
            text = _ESCAPE.sub(r"\1", text)
        if "&" in text:
            text = _unescape_entities(text)
    return " ".join(text.split())


def fold_block(text: str, markup: Markup = "markdown") -> str:
    """Return a field of paragraphs and lists as one line of plain text, every list item behind an asterisk."""
    if markup == "markdown" and _has_no_signs(text) and (text[:1].isalpha() or not _MARK.match(text)):
        return _fold_spaces(text)
    return " ".join(f"* {line.text}" if line.is_item else line.text for line in read_lines(text, markup))


def _fold_spaces(text: str) -> str:
    """Return a text with single blanks for all space; as it stands where, as mostly, no other space is in it."""
    return text.strip(" ") if "  " not in text and text.isprintable() else " ".join(text.split())


def _has_no_signs(text: str) -> bool:
    """Return whether a text, as most are, holds none of the signs that Markdown has."""
    return not (
        "\n" in text
        or "\\" in text
        or "&" in text
        or "*" in text
        or "_" in text
        or "#" in text
        or "<" in text
        or "[" in text
    )


def read_lines(text: str, markup: Markup = "markdown") -> list[Line]:
    """Return the paragraphs and list items of a field, in their order."""
    plain = _read_html(text) if markup == "html" else _read_markdown(text)
    if "\n" not in plain and _MARK.match(plain) is None:
        folded = " ".join(plain.split())
        return [Line(folded, is_item=False)] if folded else []
    return [Line(line, is_item) for words, is_item in _join_lines(plain) if (line := " ".join(words.split()))]


def _read_markdown(text: str) -> str:
    has_escapes, has_lines = "\\" in text, "\n" in text
    if has_escapes:
        text = _HARD_BREAK.sub("", text) if has_lines else text
        text = _ESCAPE.sub(lambda found: chr(_SHELTER + ord(found[1])), text)
        text = _WRAPPED_MARK.sub(" ", _LINE_END.sub("\n", text)) if has_lines else text
    # A search through a text of some hundred letters costs as much as all else; most hold none of these.
    if ("*" in text or "_" in text or "](" in text or "<http" in text) and _MAY_EMPHASISE.search(text):
        text = _EMPHASIS.sub(_take_inside, _EMPHASIS.sub(_take_inside, text))
    if "#" in text:
        text = _HEADING_MARK.sub("", text)
    if "<" in text:
        text = _INLINE_TAG.sub("", _BREAK.sub("\n", _RAISED.sub(r"^\1", text)))
    if has_escapes:
        text = _SHELTERED.sub(lambda found: chr(ord(found[0]) - _SHELTER), text)
    return _unescape_entities(text)


def _take_inside(found: re.Match[str]) -> str:
    return next(inside for name in "abcdefg" if (inside := found[name]) is not None)


def _read_html(text: str) -> str:
    if "<" in text and _TAG.search(text):
        text = _read_tags(text)
    return _unescape_entities(text)


def _read_tags(text: str) -> str:
    """Return a text without its tags; blocks stand apart by an empty line, and list items behind an asterisk.

    Only tags that set out text count as such: in `a <b and c>` nothing is one.
    """
    if _BLOCK_TAG.search(text):
        text = " ".join(text.split())
    soup = BeautifulSoup(_escape_text(text), "html.parser")
    for tag in soup.find_all("sup"):
        if _FIGURE.fullmatch(tag.get_text()):
            tag.insert(0, "^")
    for tag in soup.find_all(["br", "hr"]):
        tag.replace_with("\n")
    for tag in soup.find_all(["td", "th"]):
        tag.insert_after(" ")
    for tag in soup.find_all(_BLOCKS):
        tag.insert_before("\n\n")
        tag.insert_after("\n\n")
        if tag.name == "li":
            tag.insert(0, "* ")
    return soup.get_text()


def _escape_text(text: str) -> str:
    """Return HTML in which every `<` that begins no tag is escaped."""
    pieces, place = [], 0
    for tag in _TAG.finditer(text):
        pieces += [text[place : tag.start()].replace("<", "&lt;"), tag[0]]
        place = tag.end()
    return "".join([*pieces, text[place:].replace("<", "&lt;")])


def _unescape_entities(text: str) -> str:
    for _ in range(_TIMES_ESCAPED):
        if "&" not in text:
            break
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return text


def _join_lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield paragraphs and items, and whether they are items: a line that begins neither goes to the one before."""
    words: list[str] = []
    is_item = is_after_gap = False
    seen: set[str] = set()
    for line in map(str.rstrip, text.split("\n")):
        if not line:
            is_after_gap = True
            continue
        mark = _MARK.match(line)
        if mark and not _begins_item(mark, seen, "" if is_after_gap or not words else words[-1]):
            mark = None
        # A mark alone on its line belongs to the paragraph after it.
        if mark or (is_after_gap and not (is_item and not any(words))):
            if words:
                yield " ".join(words), is_item
            words, is_item = [], mark is not None
        if mark:
            seen.add(mark["bullet"] or mark["number"])
            line = line[mark.end() :]  # noqa: PLW2901  the rest of the line is the item's text
        words.append(line)
        is_after_gap = False
    yield " ".join(words), is_item


def _begins_item(mark: re.Match[str], seen: set[str], before: str) -> bool:
    """Return whether a mark begins an item, and is not a dash or a figure that a wrapped line happens to begin with.

    `seen` are the marks of the items before it, `before` the line before it ("" after an empty one, and at the start).
    """
    is_free = not before or before.endswith(":")
    is_alone = mark.end() == len(mark.string)
    is_nested = len(mark["indent"].expandtabs(4)) >= _NESTED
    if bullet := mark["bullet"]:
        is_bullet = bullet in _BULLETS
        return (is_free or is_nested or is_bullet or bullet in seen) and (is_bullet or bullet == "*" or not is_alone)
    number = int(mark["number"])
    if number == 1:
        return not is_alone and (is_free or (is_nested and before.endswith(_STOPS)))
    follows = any(str(one) in seen for one in range(number - _SKIP, number))
    return (is_free or follows) and not is_alone
