"""A digest as JSON, for programs: the same facts as the letter, in the fields that docs/letters.md lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from etl.subject import build_subject
from etl.view.pieces import find_address
from etl.wording import flatten
from models.digest import Digest

FORM, FORM_VERSION = "trialwatch digest", 1


def render_json(digest: Digest) -> str:
    """Return the letter as JSON text; the same digest gives the same bytes. A new version says so in its number."""
    head = {"form": FORM, "form_version": FORM_VERSION, "subject": build_subject(digest)}
    content = {**head, "is_quiet": digest.is_quiet, **_clean(msgspec.to_builtins(digest, builtin_types=(dt.date,)))}
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"


def _clean(value: Any) -> Any:
    """Return a value with each text on one line, and addresses of records of the two sources alone."""
    if isinstance(value, str):
        return flatten(value)
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    if not isinstance(value, dict):
        return value
    cleaned = {name: _clean(one) for name, one in value.items()}
    if "url" in cleaned:
        cleaned["url"] = find_address(cleaned.get("nct_id") or cleaned.get("pmid") or "")
    if "source_submit_date" in cleaned:
        days = cleaned["source_submit_date"], cleaned["source_post_date"]
        cleaned["lag_days"] = (days[1] - days[0]).days if all(days) else None
    return cleaned
