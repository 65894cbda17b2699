"""Which of a trial's sites came and which went, as multisets a country; a respelt or newly named site did neither.

A site is its facility, postal code (or state) and country. The registry keeps re-spelling cities, so no city is read.
Sponsors hide facilities behind words of their own ("Research Site 12", "Local Institution - 0123"): there the postal
code tells, and where none is stated, the number of such sites.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio, token_set_ratio

from etl.diff.countries import fold_country
from etl.diff.likeness import find_words, fold_key
from etl.diff.matching import assign

# What stands for a facility without naming it: the words, then at most a number or a short code.
_UNNAMED = re.compile(
    r"(?:(?:\S+ ){0,4}investigat(?:ional|ive|or)s? (?:site|cent(?:er|re)|facility)s?"
    r"|(?:(?:clinical|medical|study|trial|research) )*(?:site|facility)"
    r"|(?:clinical |medical )?(?:research|trial|study) cent(?:er|re))"
    r"(?: (?:number|no|id))?(?:[\W_]*[a-z]{0,3}[\W_]*\d[\w\W]{0,12}|[\W_]*)"
    r"|local institution\b.*|for additional information\b.*|(?:site )?[a-z]{2,4}\d{3,}[\W\d]*",
    re.IGNORECASE | re.DOTALL,
)
_SITE_NUMBER = re.compile(r"\(\s*(?:investigational )?site\s*(?:id|no\.?|number|#)?[\s:#-]*[\w-]+\s*\)", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
# Of one hundred: two spellings of a facility at one postal code, and of one whose postal code was corrected.
_ALIKE_AT_CODE, _ALIKE_ANYWHERE = 60.0, 90.0
# Signs of a postal code that can be misspelt, and that can stand for a longer one.
_LONG_CODE, _SHORT_CODE = 5, 3
# Comparing every facility of a country with every other costs too much beyond this; then only equal names are one.
_MOST_COMPARED = 20_000


class Site(NamedTuple):
    """A site as far as it tells places apart; an unnamed facility's `name` is "", its `number` the figures."""

    country: str
    code: str
    state: str
    name: str
    number: str


Places = list[Site]
Key = Callable[[Site], Hashable | None]


def find_moved(old: Iterable[dict[str, Any]], new: Iterable[dict[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    """Return how many sites went and how many came, by the folded name of their country."""
    before, after = Counter(map(read_site, old)), Counter(map(read_site, new))
    gone, come = list((before - after).elements()), list((after - before).elements())
    for old_key, new_key in _STAGES:
        if not gone or not come:
            break
        _cancel(gone, come, old_key, new_key)
    _cancel_alike(gone, come, lambda site: (site.country, site.code) if site.code and site.name else None, _is_respelt)
    _cancel(gone, come, _of_name, _of_name)
    _cancel_alike(gone, come, lambda site: site.country if site.name else None, _is_same_name)
    _cancel_alike(gone, come, _of_hidden_state_coded, _is_same_code)
    for key in (_of_number, _of_hidden_state, _of_hidden_country):
        _cancel_hidden(gone, come, key)
    for place in (_of_state, _of_country):
        _cancel_unveiled(gone, come, place)
    return Counter(site.country for site in gone), Counter(site.country for site in come)


def read_site(location: dict[str, Any]) -> Site:
    """Return what tells a location's place: folded country, postal code, state, facility."""
    facility = str(location.get("facility") or "")
    name, number = _read_facility(facility)
    return Site(
        country=fold_country(str(location.get("country") or "")),
        code=fold_key(str(location.get("zip") or "")).lstrip("0"),
        state=fold_key(str(location.get("state") or "")),
        name=name,
        number=number,
    )


@lru_cache(maxsize=20_000)
def _read_facility(facility: str) -> tuple[str, str]:
    plain = " ".join(_SITE_NUMBER.sub(" ", facility).split())
    if not plain or _UNNAMED.fullmatch(plain):
        return "", "".join(_DIGITS.findall(facility))
    return " ".join(sorted(find_words(plain))), ""


def _of_code(site: Site, *, is_named: bool) -> Hashable | None:
    return (site.country, site.code) if site.code and bool(site.name) == is_named else None


def _of_named_code(site: Site) -> Hashable | None:
    return _of_code(site, is_named=True)


def _of_hidden_code(site: Site) -> Hashable | None:
    return _of_code(site, is_named=False)


def _of_name_and_code(site: Site) -> Hashable | None:
    return (site.country, site.code, site.name) if site.name and site.code else None


def _of_name(site: Site) -> Hashable | None:
    return (site.country, site.name) if site.name else None


def _of_state(site: Site) -> Hashable | None:
    return (site.country, site.state) if site.state else None


def _of_country(site: Site) -> Hashable | None:
    return site.country


def _of_number(site: Site) -> Hashable | None:
    return (site.country, site.number) if site.number and not site.name else None


def _of_hidden_state(site: Site) -> Hashable | None:
    return None if site.name else (site.country, site.state)


def _of_hidden_state_coded(site: Site) -> Hashable | None:
    return None if site.name or not site.code else (site.country, site.state)


def _of_hidden_country(site: Site) -> Hashable | None:
    return None if site.name else site.country


# A postal code with one hidden facility on either side is one place; before that, what is named alike.
_STAGES: tuple[tuple[Key, Key], ...] = (
    (_of_name_and_code, _of_name_and_code),
    (_of_hidden_code, _of_hidden_code),
    (_of_hidden_code, _of_named_code),
    (_of_named_code, _of_hidden_code),
)


def _cancel(gone: Places, come: Places, old_key: Key, new_key: Key) -> None:
    """Take from both lists, one for one, the sites whose keys are equal."""
    wanted: dict[Hashable, Places] = defaultdict(list)
    for site in come:
        key = new_key(site)
        if key is not None:
            wanted[key].append(site)
    for site in list(gone):
        key = old_key(site)
        if key is not None and wanted.get(key):
            gone.remove(site)
            come.remove(wanted[key].pop())


def _cancel_hidden(gone: Places, come: Places, key: Key) -> None:
    """Take from both lists the unnamed sites of one key, where a postal code is missing: two codes are two places."""

    def with_code(site: Site) -> Hashable | None:
        return key(site) if site.code else None

    def without_code(site: Site) -> Hashable | None:
        return None if site.code else key(site)

    _cancel(gone, come, without_code, without_code)
    _cancel(gone, come, without_code, with_code)
    _cancel(gone, come, with_code, without_code)


def _cancel_unveiled(gone: Places, come: Places, key: Key) -> None:
    """Take from both lists, in pairs of one key, sites that got a name or lost it, where no postal code is stated."""

    def named(site: Site) -> Hashable | None:
        return key(site) if site.name and not site.code else None

    def unnamed(site: Site) -> Hashable | None:
        return key(site) if not site.name and not site.code else None

    _cancel(gone, come, unnamed, named)
    _cancel(gone, come, named, unnamed)


def _cancel_alike(gone: Places, come: Places, group: Key, score: Callable[[Site, Site], float]) -> None:
    """Take from both lists the sites of one group that are alike, so that the most likeness is kept."""
    groups: dict[Hashable, tuple[Places, Places]] = defaultdict(lambda: ([], []))
    for side, sites in enumerate((gone, come)):
        for site in sites:
            key = group(site)
            if key is not None:
                groups[key][side].append(site)
    for before, after in groups.values():
        if 0 < len(before) * len(after) <= _MOST_COMPARED:
            places = product(range(len(before)), range(len(after)))
            gains = {(i, j): gain for i, j in places if (gain := score(before[i], after[j]))}
            for i, j in assign(gains):
                gone.remove(before[i])
                come.remove(after[j])


def _is_respelt(one: Site, other: Site) -> float:
    return token_set_ratio(one.name, other.name, score_cutoff=_ALIKE_AT_CODE)


def _is_same_name(one: Site, other: Site) -> float:
    return ratio(one.name, other.name, score_cutoff=_ALIKE_ANYWHERE)


def _is_same_code(one: Site, other: Site) -> float:
    """Return whether a postal code was corrected: one sign is another, or one code is the other told more exactly."""
    shorter, longer = sorted((one.code, other.code), key=len)
    if len(shorter) >= _LONG_CODE and Levenshtein.distance(shorter, longer, score_cutoff=1) <= 1:
        return 1.0
    return 0.5 if len(shorter) >= _SHORT_CODE and longer.startswith(shorter) else 0.0
