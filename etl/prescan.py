"""A quick look that tells where none of some names can stand. Where one may, `etl.matching` decides whether it does.

Of each name only the runs of ASCII letters and digits are looked for. Whatever stands between them in the name, in JSON
some sign or escape stands there too; and at both ends of a name stands no letter or digit.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from etl.matching import fold_name

_RUN = re.compile(r"[a-z0-9]+")
_BEFORE = r"(?:\\u[0-9a-f]{4}|\\.|[^a-z0-9\\])"
_GAP = r"(?:\\u[0-9a-f]{4}|\\.|[^a-z0-9\\])+"
# A folded letter may come of another sign, or of an escape that nobody needs to write; where one is, nothing is sure.
FOLDING_SIGNS = "ßİŉſǰẖẗẘẙẚẞ\N{KELVIN SIGN}ﬀﬁﬂﬃﬄﬅﬆ"
_UNSURE = rf"(?-i:[{FOLDING_SIGNS}])|\\u(?:00(?:3[0-9]|[46][1-9a-f]|[57][0-9a])|%s)" % "|".join(
    f"{ord(sign):04x}" for sign in FOLDING_SIGNS
)
# Above this, the automaton of one pattern outgrows its cache and becomes ten times as slow.
_NAMES_PER_PATTERN = 100


def find_runs(text: str) -> set[str]:
    """Return the runs of ASCII letters and digits of a text, folded."""
    return set(_RUN.findall(text.casefold()))  # what folds further is no letter


@functools.cache
def find_name_runs(name: str) -> frozenset[str]:
    """Return those of a name. Where one of them is not in a text, the name is not either."""
    return frozenset(find_runs(name))


@functools.cache
def _stand_alone(run: str) -> re.Pattern[str]:
    """Find a run in JSON text that no other letter or digit stands beside, but for those of an escape before it."""
    return re.compile(rf"{run}(?![a-z0-9])(?:(?<![a-z0-9]{run})|(?<=\\.{run})|(?<=\\u[0-9a-f]{{4}}{run}))")


class RecordScan:
    """Tells records of JSON text in which one of some names may stand from those in which none does."""

    def __init__(self, names: Iterable[str]) -> None:
        runs = [_RUN.findall(fold_name(name)) for name in names]
        self._is_blind = not all(runs)  # a name without a run can be anywhere
        patterns = sorted({_GAP.join(one) for one in runs if one})
        self._patterns = [
            f"(?i){_UNSURE}|{_BEFORE}(?:{'|'.join(patterns[start : start + _NAMES_PER_PATTERN])})[^a-z0-9]"
            for start in range(0, len(patterns), _NAMES_PER_PATTERN)
        ]

    def find_suspects(self, records: Sequence[bytes]) -> list[bool]:
        """Return for each record whether one of the names may stand in it."""
        if self._is_blind or not self._patterns:
            return [self._is_blind] * len(records)
        texts = pl.Series([record.decode("utf-8", "replace") for record in records], dtype=pl.String)
        found = pl.repeat(value=False, n=len(records), eager=True)
        for pattern in self._patterns:
            found |= texts.str.contains(pattern)
        return found.to_list()


def find_unsure(records: Sequence[bytes]) -> list[bool]:
    """Return for each record whether a letter in it may come of another sign or of an escape."""
    texts = pl.Series([record.decode("utf-8", "replace") for record in records], dtype=pl.String)
    return texts.str.contains(f"(?i){_UNSURE}").to_list()


class NameIndex:
    """Tells by the runs of a text which owners of names may be named in it."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self._by_longest: dict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
        self._anywhere: set[str] = set()
        for owner, own in names.items():
            for name in own:
                runs = find_name_runs(name)
                if runs:
                    self._by_longest[max(sorted(runs), key=len)].append((runs, owner))
                else:
                    self._anywhere.add(owner)

    def find_suspects_in(self, texts: Sequence[str]) -> list[set[str]]:
        """Return likewise for each of some records of JSON text.

        Not for one in which a letter may come of another sign: see `find_unsure`.
        """
        wanted = list(self._by_longest)
        if not (wanted and texts):
            return [set(self._anywhere) for _ in texts]
        found = pl.Series(texts, dtype=pl.String).str.extract_many(
            wanted, ascii_case_insensitive=True, overlapping=True
        )
        return [self._find_owners(text, hits) for text, hits in zip(texts, found.to_list(), strict=True)]

    def _find_owners(self, text: str, hits: Sequence[str]) -> set[str]:
        parts = {hit.lower() for hit in set(hits)}
        lower = text.lower() if parts else ""
        longest = [one for one in parts if _stand_alone(one).search(lower)]
        return self._anywhere | {
            owner
            for one in longest
            for own, owner in self._by_longest[one]
            if all(_stand_alone(run).search(lower) for run in own)
        }

    def find_suspects(self, runs: set[str]) -> set[str]:
        """Return the owners of whose names all runs are there."""
        longest = self._by_longest.keys() & runs
        return self._anywhere | {owner for one in longest for own, owner in self._by_longest[one] if own <= runs}
