"""The canonical content of a study: what is left when everything that moves without an edit is taken away.

Two payloads with equal canonical content are one version. Left out are the paths below; folded are list order,
whitespace, Markdown escapes (API v2) and HTML entities (history versions). Measured on 4,827 consecutive nightly
pairs of the registry's records: 98.6 % differed in nothing but the release stamp.
"""

from __future__ import annotations

import hashlib
import html
import re
from typing import Any

import msgspec

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
    }
)
# What a sponsor or the registry's staff did, though it stands in the derived section.
KEPT = (
    ("derivedSection", "miscInfoModule", "submissionTracking"),
    ("derivedSection", "miscInfoModule", "removedCountries"),
)

_EMPTY: tuple[Any, ...] = (None, [], {}, "")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>=~|^&$])")


def build_canonical(study: dict[str, Any]) -> dict[str, Any]:
    """Return the canonical content of a decoded study: noise gone, texts folded, lists in an order of their own."""
    content = _fold(study, "")
    for path in KEPT:
        kept = _fold(_find(study, path), ".".join(path[1:]))
        if kept not in _EMPTY:
            content[".".join(path)] = kept
    return dict(content)


def hash_content(canonical: dict[str, Any]) -> str:
    """Return the content hash of a canonical study (blake2b, 16 bytes, hex)."""
    return hashlib.blake2b(_encode(canonical), digest_size=16).hexdigest()


def fold_text(text: str) -> str:
    """Return a text without Markdown escapes, HTML entities and extra whitespace."""
    return " ".join(html.unescape(_ESCAPE.sub(r"\1", text)).split())


def _fold(value: Any, path: str) -> Any:
    if isinstance(value, dict):
        below = ((key, f"{path}.{key}" if path else key) for key in value)
        folded = {key: _fold(value[key], place) for key, place in below if place not in NOISE}
        return {key: item for key, item in folded.items() if item not in _EMPTY}
    if isinstance(value, list):
        return sorted((_fold(item, path) for item in value), key=_encode)
    return fold_text(value) if isinstance(value, str) else value


def _find(study: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = study
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _encode(value: Any) -> bytes:
    return msgspec.json.encode(value, order="deterministic")
