"""Living reviews as JSON, for programs: all that the page holds, in the fields of models/review_page.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from etl.wording import flatten
from models.review_page import ReviewPage

FORM, FORM_VERSION = "trialwatch review", 1


def render_json(pages: Sequence[ReviewPage]) -> str:
    """Return living reviews as JSON text; the same pages give the same bytes. A new version says so in its number."""
    content = {"form": FORM, "form_version": FORM_VERSION, "reviews": _clean(msgspec.to_builtins(pages))}
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"


def _clean(value: Any) -> Any:
    """Return a value with each text on one line."""
    if isinstance(value, str):
        return flatten(value)
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    assert value is None or isinstance(value, int | float | dt.date)  # noqa: S101  what to_builtins leaves
    return value
