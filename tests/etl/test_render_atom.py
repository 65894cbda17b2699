"""The feed of the last letters: valid Atom 1.0, the same ids and dates each time, harmless whatever stands in it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from lxml import etree

from etl.render_atom import NAMESPACE, render_atom
from models.digest import Digest
from tests.etl.facts import CATCH_UP, DEAD_SOURCE, QUIET, RICH, write
from tests.etl.golden import open_golden
from tests.etl.hostile import ANY_TEXT, HOSTILE, WORST, poison
from tests.etl.pages import assert_clean, outline

WEEK = dt.timedelta(days=7)
LETTERS_OF_WEEKS: dict[str, Digest] = {
    "rich": write(RICH),
    "quiet": write(QUIET),
    "dead_source": write(DEAD_SOURCE),
    "catch_up": CATCH_UP,
}
# RFC 4287, 4.1.1 and 4.1.2, in as much as we write: each element once, and no other.
FEED = {"link", "id", "title", "subtitle", "updated", "author"}
ENTRY = {"id", "title", "updated", "summary", "content"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ELEMENTS, ATTRIBUTES = {"p", "h2", "h3", "ul", "li", "br", "a", "strong", "em"}, {"href"}


def render(*digests: Digest) -> str:
    return render_atom(digests, "medium", feed_name="invented", file_name="feed.atom")


def name(element: etree._Element) -> str:
    return etree.QName(element).localname


def read(text: str) -> etree._Element:
    """Return a feed that was checked against RFC 4287."""
    feed = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    assert {etree.QName(element).namespace for element in feed.iter()} == {NAMESPACE}
    entries = [element for element in feed if name(element) == "entry"]
    heads = [name(element) for element in feed if name(element) != "entry"]
    assert (len(heads), set(heads)) == (len(FEED), FEED)
    for entry in entries:
        assert sorted(map(name, entry)) == sorted(ENTRY)
        assert find(entry, "content").get("type") == "html"
    ids = [find(element, "id").text or "" for element in (feed, *entries)]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("urn:uuid:") for one in ids)
    assert all(INSTANT.fullmatch(find(element, "updated").text or "") for element in (feed, *entries))
    assert find(feed, "author")[0].text
    assert dict(find(feed, "link").attrib) == {"rel": "self", "type": "application/atom+xml", "href": "feed.atom"}
    return feed


def find(element: etree._Element, child: str) -> etree._Element:
    found = element.find(f"{{{NAMESPACE}}}{child}")
    assert found is not None
    return found


def find_contents(feed: etree._Element) -> list[str]:
    return [str(element.text) for element in feed.iter(f"{{{NAMESPACE}}}content")]


@pytest.mark.parametrize("letter", LETTERS_OF_WEEKS)
def test_a_feed_reads_as_its_golden_file(request: pytest.FixtureRequest, letter: str) -> None:
    text = render(LETTERS_OF_WEEKS[letter])
    read(text)
    assert text == open_golden(request, "atom")


def test_the_letters_come_newest_first_and_the_feed_is_as_new_as_the_newest() -> None:
    older = write(QUIET, label="2026-W06", since=CATCH_UP.until - 2 * WEEK, until=CATCH_UP.until - WEEK)
    feed = read(render(older, write(RICH)))
    assert [find(entry, "updated").text for entry in feed.iter(f"{{{NAMESPACE}}}entry")] == [
        "2026-02-16T00:00:00Z", "2026-02-09T00:00:00Z",
    ]  # fmt: skip
    assert find(feed, "updated").text == "2026-02-16T00:00:00Z"


def test_a_letter_keeps_its_id_in_a_feed_that_grows_and_has_another_in_another_feed() -> None:
    older = write(QUIET, label="2026-W06", since=CATCH_UP.until - 2 * WEEK, until=CATCH_UP.until - WEEK)
    alone, grown = read(render(older)), read(render(write(RICH), older))
    other = read(render_atom([older], "medium", feed_name="another", file_name="feed.atom"))
    ids = [[find(entry, "id").text for entry in feed.iter(f"{{{NAMESPACE}}}entry")] for feed in (alone, grown, other)]
    assert ids[0][0] == ids[1][1]
    assert ids[2][0] != ids[0][0]
    assert find(alone, "id").text == find(grown, "id").text != find(other, "id").text


def test_the_same_letters_are_the_same_bytes() -> None:
    assert render(write(RICH), CATCH_UP) == render(write(RICH), CATCH_UP)


def test_the_content_holds_what_the_letter_tells() -> None:
    (content,) = find_contents(read(render(write(RICH))))
    assert_clean(content, ELEMENTS, ATTRIBUTES)
    assert "<strong>Recruiting → Terminated</strong>" in content
    assert content.count("<li>") == 8 + 4 + 2 + 1 + 3 + 1


@WORST
def test_no_text_of_a_record_becomes_markup(hostile: str) -> None:
    for content in find_contents(read(render(poison(hostile)))):
        assert_clean(content, ELEMENTS, ATTRIBUTES)


@pytest.mark.parametrize("text", [text for key, text in HOSTILE.items() if key not in ("empty", "blank", "invisible")])
def test_a_hostile_letter_is_built_like_a_harmless_one(text: str) -> None:
    harmless = "harmless words " * (1000 if len(text) > 1000 else 1)
    contents = [find_contents(read(render(poison(one))))[0] for one in (text, harmless)]
    assert outline(contents[0]) == outline(contents[1])


@settings(max_examples=60)
@given(text=ANY_TEXT)
def test_any_text_harms_nothing(text: str) -> None:
    for content in find_contents(read(render(poison(text)))):
        assert_clean(content, ELEMENTS, ATTRIBUTES)
