"""What two texts number as the part of a trial they are about: "Cohort 1", "Arm B"; reads nothing else of them."""

from __future__ import annotations

import re
from functools import lru_cache

# The nouns that tell most first: "Cohort 1" and "Cohort 5" are two cohorts, however alike the rest of the texts.
_NOUNS = (
    "arm", "cohort", "group", "substudy", "stratum", "regimen", "level", "schedule", "module", "panel", "part", "stage",
    "period", "step", "phase",
)  # fmt: skip
_NUMBERED = re.compile(
    r"\b(arm|cohort|group|sub-?study|stratum|regimen|level|schedule|module|panel|part|stage|period|step|phase)s?"
    r"[ #:.-]{0,2}(\d{1,3}[a-z]?|[a-z]\d{0,2}|[ivx]{1,4})\b",
    re.IGNORECASE,
)


def names_other_part(old: str, new: str) -> bool:
    """Return whether two texts number what they are about, and number it differently: "Cohort 1", "Cohort 5".

    The noun that tells most of those they share decides. A letter and a figure are two ways of numbering, and "1b" may
    be "1" told more exactly: both say nothing.
    """
    one, other = _find_shared(old, new)
    if not one or one[0].isdigit() != other[0].isdigit():
        return False
    return not one.startswith(other) and not other.startswith(one)


def names_same_part(old: str, new: str) -> bool:
    """Return whether two texts number what they are about alike: "Arm A: placebo", "Arm A (placebo weekly)"."""
    one, other = _find_shared(old, new)
    return bool(one) and one == other


def _find_shared(old: str, new: str) -> tuple[str, str]:
    before, after = _find_numbers(old), _find_numbers(new)
    noun = next((noun for noun in _NOUNS if noun in before and noun in after), "")
    return before.get(noun, ""), after.get(noun, "")


@lru_cache(maxsize=20_000)
def _find_numbers(text: str) -> dict[str, str]:
    return {noun.lower().replace("-", ""): sign.lower() for noun, sign in _NUMBERED.findall(text)}
