"""The last letters as an Atom 1.0 feed (RFC 4287): ids and dates that stay what they are when it is written again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

import jinja2
from lxml import etree

from etl.html_templates import build_environment
from etl.subject import build_subject
from etl.view import View, build_view
from models.change import Weight
from models.digest import Digest

NAMESPACE = "http://www.w3.org/2005/Atom"
# Below it, each feed has a name of its own, and each letter one below that of its feed.
_FEEDS = uuid.UUID("4f6f2a52-27c9-5b0e-9d1c-7b1f6f1c5e0a")


def render_atom(digests: Sequence[Digest], minimum_weight: Weight, *, feed_name: str, file_name: str) -> str:
    """Return a feed of at least one letter, the newest first; the same letters give the same bytes.

    `feed_name` tells this feed from all others, for ever: feed readers know it and its letters by ids made of it.
    `file_name` is what it is served as, wherever that is. A letter is dated by the end of its span.
    """
    template = build_environment().get_template("feed_entry.html.j2")
    newest_first = sorted(digests, key=lambda digest: (digest.until, digest.since), reverse=True)
    feed_id = uuid.uuid5(_FEEDS, feed_name)
    feed = etree.Element(_name("feed"), nsmap={None: NAMESPACE})
    _add(feed, "id", feed_id.urn)
    _add(feed, "title", "Trial watch")
    _add(feed, "subtitle", "What moved in the watched trials, from ClinicalTrials.gov and PubMed.")
    etree.SubElement(feed, _name("link"), rel="self", type="application/atom+xml", href=file_name)
    _add(feed, "updated", _show_instant(newest_first[0].until))
    _add(etree.SubElement(feed, _name("author")), "name", "trialwatch")
    for digest in newest_first:
        _add_entry(feed, digest, build_view(digest, minimum_weight), feed_id, template)
    etree.indent(feed)
    return etree.tostring(feed, xml_declaration=True, encoding="UTF-8").decode() + "\n"


def _add_entry(
    feed: etree._Element, digest: Digest, letter: View, feed_id: uuid.UUID, template: jinja2.Template
) -> None:
    entry = etree.SubElement(feed, _name("entry"))
    _add(entry, "id", uuid.uuid5(feed_id, f"{digest.since.isoformat()} {digest.until.isoformat()}").urn)
    _add(entry, "title", build_subject(digest))
    _add(entry, "updated", _show_instant(digest.until))
    _add(entry, "summary", " ".join(letter.summary))
    content = _add(entry, "content", template.render(letter=letter))
    content.set("type", "html")


def _add(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, _name(name))
    element.text = text
    return element


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _show_instant(instant: dt.datetime) -> str:
    return f"{instant.isoformat(timespec='seconds')}Z"
