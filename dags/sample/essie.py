"""The few query forms the servers of the sample understand, evaluated over a world; it knows no HTTP and no pages.

Essie is the registry's search engine; PubMed's terms are the same phrases with a tag behind them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Literal

import msgspec

from dags.sample.world import Article, Study, World, fold
from models.expression import Expression, ExpressionError, Term, find_terms, matches, parse_expression

_NCT_ID = re.compile(r"[Nn][Cc][Tt]0*([1-9]\d{0,7})")
_LAST_UPDATE = re.compile(
    r"AREA\[LastUpdatePostDate\]RANGE\[\s*(MIN|\d{4}-\d\d-\d\d)\s*,\s*(MAX|\d{4}-\d\d-\d\d)\s*\]",
)
_SORT_KEYS: Mapping[str, Callable[[Study], str]] = {
    "LastUpdatePostDate": lambda study: study.last_update_post_date,
    "StudyFirstPostDate": lambda study: study.first_post_date,
}
_MOST_SORT_KEYS = 2

QUERY_AREAS: Mapping[str, Callable[[Study], str]] = {
    "query.intr": lambda study: study.intervention_text,
    "query.cond": lambda study: study.condition_text,
    "query.term": lambda study: study.whole_text,
}


class QueryError(ValueError):
    """A query its source would refuse, or one outside the forms understood here; the message says why."""


class Window(msgspec.Struct, frozen=True):
    """PubMed's date limits, both days included."""

    datetype: Literal["edat", "crdt", "mdat"]
    first: dt.date
    last: dt.date


def has_phrase(folded: str, phrase: str) -> bool:
    """Say whether `phrase` stands in a folded text with no letter or digit touching either end."""
    wanted, bounded = _bound(phrase)
    return wanted in folded and bounded.search(folded) is not None


def find_studies(world: World, params: Mapping[str, str]) -> list[Study]:
    """Return the served studies that `query.*` and `filter.*` ask for, by NCT number.

    A `query.*` of NCT numbers alone names the studies, and then the filters are ignored, as the registry does.

    Raises:
        QueryError: an expression or a filter that is not understood, or one malformed id among many.
    """
    queries = {area: params[area] for area in QUERY_AREAS if params.get(area, "").strip()}
    named = [ids for query in queries.values() if (ids := _find_only_ids(query))]
    found = _find_by_ids(world, named[0]) if named else _filter_studies(world, params)
    for area, query in queries.items():
        if _find_only_ids(query):
            continue
        expression = _parse(query, and_binds_first=True)
        if any(term.tag for term in find_terms(expression)):
            raise QueryError(f"{area} holds square brackets: {query}")
        found = [study for study in found if _matches_study(expression, QUERY_AREAS[area](study))]
    return sorted(found, key=lambda study: study.nct_id)


def sort_studies(studies: Sequence[Study], sort: str) -> list[Study]:
    """Return the studies by `Field:asc|desc` keys, those without a value last, equal ones by NCT number.

    Raises:
        QueryError: more than two keys, or a field the registry does not sort by.
    """
    keys = re.split(r"[,|]", sort)
    if len(keys) > _MOST_SORT_KEYS:
        raise QueryError(f"sort has {len(keys)} keys, at most {_MOST_SORT_KEYS} are allowed")
    ordered = sorted(studies, key=lambda study: study.nct_id)
    for key in reversed(keys):
        name, _, direction = key.partition(":")
        if name not in _SORT_KEYS or direction not in {"", "asc", "desc"}:
            raise QueryError(f"cannot sort by {key}")
        read = _SORT_KEYS[name]
        ordered.sort(key=read, reverse=direction != "asc")
        ordered.sort(key=lambda study: not read(study))
    return ordered


def parse_nct_number(text: str) -> str:
    r"""Return an id of the registry's own pattern as NCT and eight digits.

    Raises:
        QueryError: it does not fit `^[Nn][Cc][Tt]0*[1-9]\d{0,7}$`.
    """
    match = _NCT_ID.fullmatch(text)
    if match is None:
        raise QueryError(f"{text!r} is not an NCT number")
    return f"NCT{match[1].zfill(8)}"


def find_articles(world: World, term: str, window: Window | None) -> tuple[list[Article], list[Term]]:
    """Return the served articles that match, newest PMID first, and the terms that no served article holds.

    Raises:
        QueryError: an expression that is not understood, or a tag other than [tiab] and [si].
    """
    expression = _parse(term, and_binds_first=False)
    terms = list(dict.fromkeys(find_terms(expression)))
    for part in terms:
        if part.tag.casefold() not in {"tiab", "si"}:
            raise QueryError(f"only [tiab] and [si] are understood here, not [{part.tag}]: {part.text}")
    articles = list(world.articles.values())
    found = [article for article in articles if matches(expression, partial(_holds, article))]
    dated = [article for article in found if window is None or _lies_in(article, window)]
    missing = [part for part in terms if not any(_holds(article, part) for article in articles)]
    return sorted(dated, key=lambda article: -int(article.pmid)), missing


def _parse(text: str, *, and_binds_first: bool) -> Expression:
    """Essie joins AND before OR; PubMed reads from left to right."""
    try:
        return parse_expression(text, and_binds_first=and_binds_first)
    except ExpressionError as error:
        raise QueryError(str(error)) from error


@cache
def _bound(phrase: str) -> tuple[str, re.Pattern[str]]:
    folded = fold(phrase)
    return folded, re.compile(rf"(?<!\w){re.escape(folded)}(?!\w)")


def _matches_study(expression: Expression, text: str) -> bool:
    return matches(expression, lambda term: has_phrase(text, term.text))


def _find_only_ids(query: str) -> list[str]:
    words = [word for word in re.split(r"[\s,]+", query) if word]
    numbers = [_NCT_ID.fullmatch(word) for word in words]
    return [parse_nct_number(number[0]) for number in numbers if number] if all(numbers) else []


def _find_by_ids(world: World, ids: Sequence[str]) -> list[Study]:
    found = (world.find_study(nct_id) for nct_id in ids)
    return list(dict.fromkeys(study for study in found if study is not None))


def _filter_studies(world: World, params: Mapping[str, str]) -> list[Study]:
    studies = list(world.studies.values())
    if "filter.ids" in params:
        studies = _find_by_ids(world, [parse_nct_number(part) for part in re.split(r"[,|]", params["filter.ids"])])
    if "filter.advanced" in params:
        match = _LAST_UPDATE.fullmatch(params["filter.advanced"].strip())
        if match is None:
            raise QueryError(f"filter.advanced is not understood: {params['filter.advanced']}")
        first, last = match[1].replace("MIN", ""), match[2].replace("MAX", "~")
        studies = [study for study in studies if first <= study.last_update_post_date <= last]
    return studies


def _holds(article: Article, term: Term) -> bool:
    if term.tag.casefold() == "si":
        return fold(term.text) in article.revision.accessions
    return has_phrase(article.revision.title_and_abstract, term.text)


def _lies_in(article: Article, window: Window) -> bool:
    day = article.revised if window.datetype == "mdat" else article.entered
    return window.first <= day <= window.last
