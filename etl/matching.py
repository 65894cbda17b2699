"""By which of an item's search terms a record was found, and in which field. Plain text search, no tagging."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.mention import TextField

_SEPARATORS = re.compile(r"[\s\u00ad\u2010-\u2015\u2212\ufe63\uff0d-]+")


def find_synonym(fields: Sequence[TextField], terms: Sequence[str]) -> tuple[str | None, str | None]:
    """Return the first field that holds one of `terms`, and that term; (None, None) where no field does.

    Hyphens, dashes and spaces are alike, as they are to the registry's search; terms are tried in their order.
    """
    folded = [(field.path, fold_name(field.text)) for field in fields]
    for term in terms:
        wanted = re.compile(rf"(?<!\w){re.escape(fold_name(term))}(?!\w)")
        for path, text in folded:
            if wanted.search(text):
                return path, term
    return None, None


def fold_separators(text: str) -> str:
    """Return a text in which hyphens, dashes and spaces are one space each."""
    return _SEPARATORS.sub(" ", text)


def fold_name(text: str) -> str:
    """Return a text in the form in which names are compared."""
    return fold_separators(text).casefold()
