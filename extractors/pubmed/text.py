"""Text out of PubMed's XML as a reader sees it. It folds space and undoes escapes, and drops no word."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any, TypeAlias

from lxml import etree

Parts: TypeAlias = "dict[str, list[etree._Element]]"  # noqa: SLF001  the class has no other name


_SHORT = 100  # code points, as most texts have: names, places, headings


def group_children(element: etree._Element | None) -> Parts:
    """Return the children of `element` by tag, in order, so that each is visited once; {} for None."""
    parts: Parts = {}
    if element is not None:
        for child in element:
            tag: Any = child.tag
            if tag in parts:
                parts[tag].append(child)
            else:
                parts[tag] = [child]
    return parts


def find_first(parts: Parts, tag: str) -> etree._Element | None:
    """Return the first child of a tag, None where there is none."""
    found = parts.get(tag)
    return found[0] if found else None


def read_text(element: etree._Element | None) -> str:
    """Return all text under `element`, "" for None.

    Inline markup and MathML leave their text and no space of their own (`CD8<sup>+</sup>` → `CD8+`), every run of
    white space, thin and no-break ones too, becomes one space.
    """
    if element is None:
        return ""
    text = "".join(element.itertext()) if len(element) else element.text
    if not text or text.isalnum():
        return text or ""
    if len(text) < _SHORT and text.isprintable() and "  " not in text and "&" not in text:
        # No white space but the plain blank is printable.
        return text if text[0] != " " != text[-1] else text.strip()
    return fold_text(text)


def fold_text(text: str) -> str:
    """Undo one level of left-over escapes (NLM ships `&amp;lt;` for `<`) and fold white space."""
    if "&" in text:
        text = html.unescape(text)
    # Most texts are folded already, which is cheaper to see than to do again. No white space but the plain blank is
    # printable; of that within ASCII, XML knows three.
    is_plain = "\n" not in text and "\t" not in text and "\r" not in text if text.isascii() else text.isprintable()
    if is_plain and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text
    return " ".join(text.split())


def read_texts(elements: Iterable[etree._Element]) -> tuple[str, ...]:
    """Return the texts of some elements, empty ones left out."""
    return tuple([text for element in elements if (text := read_text(element))])


def find_texts(element: etree._Element, path: str) -> tuple[str, ...]:
    """Return the texts of the elements at `path`, empty ones left out."""
    return read_texts(element.findall(path))


def read_attribute(element: etree._Element, name: str) -> str:
    """Return an attribute's text, "" where it is absent."""
    text = element.get(name)
    return fold_text(text) if text else ""
