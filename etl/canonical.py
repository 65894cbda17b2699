"""The canonical content of a study: what is left when everything that moves without an edit is taken away.

Two payloads with equal canonical content are one version. Left out are the paths below; folded are list order,
whitespace and markup: Markdown escapes (API v2) and HTML with entities (history versions) become one plain text.
Measured on 4,827 consecutive nightly pairs of the registry's records: 98.6 % differed in nothing but the release stamp.
"""

from __future__ import annotations

import functools
import hashlib
import re
from typing import Any

import msgspec

from etl.criteria import list_criteria
from etl.markup import Markup, fold_block, fold_text

# Moves without a sponsor's edit, and moves back. A path leaves out everything below it.
NOISE = frozenset(
    {
        "derivedSection",  # but for the two paths of KEPT
        "protocolSection.statusModule.statusVerifiedDate",
        "protocolSection.contactsLocationsModule.centralContacts",
        "protocolSection.contactsLocationsModule.locations.contacts",
        "protocolSection.contactsLocationsModule.locations.geoPoint",
        # Re-spelt by the registry's own place names; facility, country and the rest tell a moved site.
        "protocolSection.contactsLocationsModule.locations.city",
        "resultsSection.moreInfoModule.pointOfContact",
    }
)
# What a sponsor or the registry's staff did, though it stands in the derived section.
KEPT = (
    ("derivedSection", "miscInfoModule", "submissionTracking"),
    ("derivedSection", "miscInfoModule", "removedCountries"),
)
CRITERIA = "protocolSection.eligibilityModule.eligibilityCriteria"

# Fields of paragraphs and lists, by the end of their names; the others hold one line.
_BLOCK_FIELD = re.compile(r"(?:description|summary|criteria|comment|details|population)\Z", re.IGNORECASE)
_EMPTY: tuple[Any, ...] = (None, [], {}, "")


def build_canonical(study: dict[str, Any], *, markup: Markup = "markdown") -> dict[str, Any]:
    """Return the canonical content of a decoded study: noise gone, texts folded, lists in an order of their own.

    `markup` says how its texts are written: "markdown" by API v2 and its downloads, "html" by the registry's history.
    Eligibility criteria become a list of `{"side", "text"}`, one a criterion line.
    """
    content: dict[str, Any] = _fold(study, "", markup)
    for path in KEPT:
        kept = _fold(_find(study, path), ".".join(path[1:]), markup)
        if kept not in _EMPTY:
            content.setdefault(path[0], {}).setdefault(path[1], {})[path[2]] = kept
    return content


def hash_content(canonical: dict[str, Any]) -> str:
    """Return the content hash of a canonical study (blake2b, 16 bytes, hex)."""
    return hashlib.blake2b(_encode(canonical), digest_size=16).hexdigest()


def _fold(value: Any, path: str, markup: Markup) -> Any:
    if isinstance(value, str):
        return _fold_string(value, path, markup)
    if isinstance(value, dict):
        below = ((key, f"{path}.{key}" if path else key) for key in value)
        folded = {key: _fold(value[key], place, markup) for key, place in below if place not in NOISE}
        return {key: item for key, item in folded.items() if item not in _EMPTY}
    if isinstance(value, list):
        return _sort([_fold(item, path, markup) for item in value])
    return value


def _fold_string(text: str, path: str, markup: Markup) -> Any:
    if path == CRITERIA:
        return _sort(list_criteria(text, markup))
    if _is_block(path):
        return fold_block(text, markup)
    return fold_text(text, markup)


@functools.lru_cache(maxsize=4096)
def _is_block(path: str) -> bool:
    return _BLOCK_FIELD.search(path) is not None


def _sort(items: list[Any]) -> list[Any]:
    return sorted(items, key=_encode) if len(items) > 1 else items


def _find(study: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = study
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _encode(value: Any) -> bytes:
    return msgspec.json.encode(value, order="deterministic")
