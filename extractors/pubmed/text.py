"""Text out of PubMed's XML as a reader sees it. It folds space and undoes escapes, and drops no word."""

from __future__ import annotations

import html

from lxml import etree


def read_text(element: etree._Element | None) -> str:
    """Return all text under `element`, "" for None.

    Inline markup and MathML leave their text and no space of their own (`CD8<sup>+</sup>` → `CD8+`), every run of
    white space, thin and no-break ones too, becomes one space.
    """
    return "" if element is None else fold_text("".join(element.itertext()))


def fold_text(text: str) -> str:
    """Undo one level of left-over escapes (NLM ships `&amp;lt;` for `<`) and fold white space."""
    return " ".join(html.unescape(text).split())


def find_texts(element: etree._Element, path: str) -> tuple[str, ...]:
    """Return the texts of the elements at `path`, empty ones left out."""
    return tuple(text for found in element.findall(path) if (text := read_text(found)))


def read_attribute(element: etree._Element, name: str) -> str:
    """Return an attribute's text, "" where it is absent."""
    return fold_text(element.get(name, ""))
