"""Replies in the forms the two sources use: JSON, XML, plain text, and the HTML of an edge server."""

from __future__ import annotations

from typing import Any

import msgspec

from dags.sample.faults import HTML, Reply


def build_json(content: Any) -> Reply:
    """Return a JSON answer."""
    return Reply(200, "application/json; charset=UTF-8", msgspec.json.encode(content))


def build_xml(status: int, text: str) -> Reply:
    """Return an XML answer."""
    return Reply(status, "text/xml; charset=UTF-8", text.encode())


def build_html(status: int) -> Reply:
    """Return the page of an edge server, which says nothing of a record."""
    return Reply(status, "text/html; charset=utf-8", HTML)


def build_plain(status: int, message: str) -> Reply:
    """Return a line of text."""
    return Reply(status, "text/plain", message.encode())
