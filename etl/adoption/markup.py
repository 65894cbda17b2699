"""HTML, XML and Markdown to plain text: blocks become lines, headings keep a #, links are said once. Pure."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from etl.adoption.characters import Chars, fold_characters, join

_MARKUP = re.compile(
    r"\s*(?:<\?xml|<!doctype|<html|<article|<body|<head|<div|<p\b|<section|<table|<h[1-6])", re.IGNORECASE
)
_HIDDEN = {"script", "style", "noscript", "template", "svg", "math", "head"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = _HEADINGS | {
    "p", "div", "section", "article", "br", "hr", "li", "ul", "ol", "dl", "dt", "dd", "table", "thead", "tbody", "tr",
    "caption", "figure", "figcaption", "blockquote", "pre", "header", "footer", "nav", "main", "aside", "title", "sec",
    "abstract", "list-item", "table-wrap", "label", "ref", "article-title", "mixed-citation",
}  # fmt: skip
_CELLS = {"td", "th"}
_LINKS = {"a", "ext-link"}
_VOID = {"br", "hr"}
_LINK = re.compile(r"\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?[^()\n]*\)")
# A sign that is escaped, or a line's end inside a cell of a table.
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|<br\s*/?>", re.IGNORECASE)
_NUMBER = re.compile(r"NCT\d+", re.IGNORECASE)
_PAPER = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)([1-9]\d{0,7})(?!\d)", re.IGNORECASE)
# A raised digit points to a reference; other raised or lowered signs belong to the word.
_BESIDE = 4
_MARK = re.compile(r"[\d\s,;*\u2013\u2020\u2021-]+")


def is_markup(text: str) -> bool:
    """Return whether a text begins as HTML or XML does."""
    return _MARKUP.match(text.lstrip("\ufeff")) is not None


def read_markup(text: str) -> Chars:
    """Return the text of HTML or XML."""
    reader = _Reader(text)
    reader.feed(text)
    reader.close()
    return join(reader.parts)


def read_plain(text: str) -> Chars:
    """Return plain text or Markdown: of a link its words, and its address only where that says another number."""
    parts, done = [], 0
    for link in _LINK.finditer(text):
        parts.append(_unescape(text, done, link.start()))
        parts.append(_unescape(text, *link.span(1)))
        parts += [fold_characters(f" {fresh}", link.start(2)) for fresh in _list_fresh(link[2], link[1])]
        done = link.end()
    return join([*parts, _unescape(text, done, len(text))])


def _list_fresh(address: str, said: str) -> list[str]:
    """Return the numbers of trials and papers that an address holds and the words at it do not say."""
    held = {number.upper() for number in _NUMBER.findall(said)}
    trials = [number for number in _NUMBER.findall(address) if number.upper() not in held]
    papers = [f"PMID {pmid}" for pmid in _PAPER.findall(address) if not re.search(rf"(?<!\d){pmid}(?!\d)", said)]
    return [*trials, *papers]


def _unescape(text: str, start: int, end: int) -> Chars:
    parts, done = [], start
    for escape in _ESCAPE.finditer(text, start, end):
        parts += [fold_characters(text[done : escape.start()], done), fold_characters(escape[1] or " ", escape.start())]
        done = escape.end()
    return join([*parts, fold_characters(text[done:end], done)]) if parts else fold_characters(text[start:end], start)


class _Reader(HTMLParser):
    """Gathers the text between tags, with its offsets."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[Chars] = []
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._hidden: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._raised: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, a cell, a link."""
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag in _BLOCKS:
            self._add("\n\n" + ("# " if tag in _HEADINGS or tag == "title" else ""))
        elif tag in _CELLS:
            self._add(" | ")
        elif tag in _LINKS:
            said = dict(attrs)
            self._links.append((said.get("href") or said.get("xlink:href") or "", len(self.parts)))
        elif tag == "pub-id" and dict(attrs).get("pub-id-type") == "pmid":
            self._add(" PMID ")
        elif tag in ("sup", "xref"):
            self._raised.append(len(self.parts))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See a tag that has no content."""
        del attrs
        if tag in _BLOCKS:
            self._add("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a block, a link, a raised sign."""
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        elif tag in _BLOCKS:
            self._add("\n" if tag in ("tr", *_VOID) else "\n\n")
        elif tag in _LINKS and self._links:
            self._end_link(*self._links.pop())
        elif tag in ("sup", "xref") and self._raised:
            place = self._raised.pop()
            if _MARK.fullmatch("".join(part.text for part in self.parts[place:])):
                self.parts.insert(place, fold_characters(" ", self._find_offset()))

    def handle_data(self, data: str) -> None:
        """Keep text; of white space in a row the first sign, as a space."""
        if self._hidden:
            return
        start = self._find_offset()
        for piece in re.finditer(r"\s+|\S+", data):
            text = " " if piece[0].isspace() else piece[0]
            self.parts.append(fold_characters(text, start + piece.start()))

    def handle_entityref(self, name: str) -> None:
        """Keep a sign that is written by its name."""
        self._add(html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        """Keep a sign that is written by its number."""
        self._add(html.unescape(f"&#{name};"))

    def _add(self, text: str) -> None:
        if self._hidden:
            return
        self.parts.append(fold_characters(text, self._find_offset()))

    def _end_link(self, address: str, place: int) -> None:
        # What the words beside a link say already is not said again by its address.
        beside = self.parts[min(place, max(0, len(self.parts) - _BESIDE)) :]
        said = "".join(part.text for part in beside)
        self._add("".join(f" {number}" for number in _list_fresh(address, said)))

    def _find_offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
