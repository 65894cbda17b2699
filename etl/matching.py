"""By which of an item's search terms a record was found, and in which field. Plain text search, no tagging."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from models.mention import TextField

Found = tuple[str | None, str | None]  # the field and the name by which a record was found
_SEPARATORS = re.compile(r"[\s\u00ad\u2010-\u2015\u2212\ufe63\uff0d-]+")


def find_synonym(fields: Sequence[TextField], terms: Sequence[str]) -> Found:
    """Return the first field that holds one of `terms`, and that term; (None, None) where no field does.

    Hyphens, dashes and spaces are alike, as they are to the registry's search; terms are tried in their order.
    """
    return FoldedFields(fields).find_synonym(terms)


class FoldedFields:
    """Some fields in the form in which names are compared, for more than one question."""

    def __init__(self, fields: Sequence[TextField]) -> None:
        self._fields = [(field.path, fold_name(field.text)) for field in fields]
        self._whole = "\n".join(text for _, text in self._fields)  # no name holds a line end

    def find_synonym(self, terms: Sequence[str]) -> Found:
        """Return the first field that holds one of `terms`, and that term, as above."""
        for term in terms:
            name, pattern = _read_name(term)
            if name not in self._whole:
                continue
            for path, text in self._fields:
                if name in text and pattern.search(text):
                    return path, term
        return None, None


@functools.lru_cache(maxsize=1 << 14)
def _read_name(term: str) -> tuple[str, re.Pattern[str]]:
    name = fold_name(term)
    return name, re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def fold_separators(text: str) -> str:
    """Return a text in which hyphens, dashes and spaces are one space each."""
    return _SEPARATORS.sub(" ", text)


def fold_name(text: str) -> str:
    """Return a text in the form in which names are compared."""
    return fold_separators(text).casefold()
