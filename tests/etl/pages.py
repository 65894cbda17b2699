"""What stands in a letter of HTML: its elements, attributes, addresses, and the colours a reader sees."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator

from lxml import html

HOSTS = {"clinicaltrials.gov", "pubmed.ncbi.nlm.nih.gov", "doi.org"}
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td", "p", "h1", "h2", "h3", "a",
    "strong", "em", "span",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "dir", "charset", "name", "content", "class", "style", "role", "width", "align", "aria-hidden", "href",
    "data-css-inline",
}  # fmt: skip
_COLOUR = re.compile(r"(?:^|;)\s*(color|background)\s*:\s*(#[0-9A-Fa-f]{6})\s*(?=;|$)")


def read_page(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


def assert_clean(text: str, elements: set[str] = ELEMENTS, attributes: set[str] = ATTRIBUTES) -> None:
    """Assert that a document holds our elements and addresses alone, and asks for nothing remote."""
    page = html.document_fromstring(f"<div>{text}</div>" if "<html" not in text else text)
    for element in page.iter():
        if not isinstance(element.tag, str):  # a comment: those of ours are for Outlook
            assert element.text in (
                '[if mso]><table role="presentation" width="600"><tr><td><![endif]',
                "[if mso]></td></tr></table><![endif]",
            ), element.text
            continue
        assert element.tag in elements | {"html", "body", "div"}, element.tag
        assert set(element.attrib) <= attributes, (element.tag, element.attrib)
        assert "url(" not in element.get("style", "")
    for link in find_links(page):
        address = urllib.parse.urlsplit(link)
        assert address.scheme == "https"
        assert address.netloc in HOSTS, link
    assert "@import" not in text
    assert not re.search(r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)


def find_links(page: html.HtmlElement) -> list[str]:
    return [str(link) for link in page.xpath("//a/@href")]


def outline(text: str) -> list[str]:
    """Return what a document is made of, without its words."""
    return [
        f"{element.tag} {element.get('class', '')}"
        for element in read_page(text).iter()
        if isinstance(element.tag, str)
    ]


def list_contrasts(text: str) -> Iterator[tuple[str, float]]:
    """Yield each text that a reader sees with the contrast of its colour to what lies behind it, by inline styles."""
    for element in read_page(text).xpath("//body//*[normalize-space(text())]"):
        if element.get("class") == "preheader":
            continue
        front = _find_colour(element, "color")
        yield element.text_content(), measure_contrast(front, _find_colour(element, "background"))


def _find_colour(element: html.HtmlElement, name: str) -> str:
    for one in (element, *element.iterancestors()):
        found = dict(_COLOUR.findall(one.get("style", "")))
        if name in found:
            return str(found[name])
    raise AssertionError(f"no {name} for {element.text_content()}")


def measure_contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2.2: 1 to 21."""
    lighter, darker = sorted((_measure_light(one), _measure_light(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _measure_light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
