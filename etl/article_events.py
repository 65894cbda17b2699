"""What happened to a paper since it was last seen, by its own record and by the notices that name it. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from etl.articles import build_article_row
from models.article import Article

Row = dict[str, Any]


class _Tie(NamedTuple):
    """What a tie says of the paper that carries it; `detail` is NLM's word where the kind alone says too little."""

    kind: str
    detail: str | None = None


# NLM's word for a tie → the event it is for the paper that carries it
# (https://www.nlm.nih.gov/bsd/mms/medlineelements.html#cin, as of 2026).
_TIES = {
    "RetractionIn": _Tie("retracted"),
    "RetractedandRepublishedIn": _Tie("retracted", "RetractedandRepublishedIn"),
    "ExpressionOfConcernIn": _Tie("concern"),
    "ErratumIn": _Tie("corrected"),
    "CorrectedandRepublishedIn": _Tie("corrected", "CorrectedandRepublishedIn"),
    "RepublishedIn": _Tie("revised", "RepublishedIn"),
    "UpdateIn": _Tie("revised", "UpdateIn"),
}
# A notice names the paper it is about, sometimes before that paper's own record says so.
_SAID_OF_OTHER = {
    "RetractionOf": "RetractionIn",
    "RetractedandRepublishedFrom": "RetractedandRepublishedIn",
    "ExpressionOfConcernFor": "ExpressionOfConcernIn",
    "ErratumFor": "ErratumIn",
    "CorrectedandRepublishedFrom": "CorrectedandRepublishedIn",
    "RepublishedFrom": "RepublishedIn",
    "UpdateOf": "UpdateIn",
}
# What was so when a paper was first seen is told of it then; a correction of long ago is not.
_TOLD_OF_NEW = ("retracted", "concern")
# What a reader would call a revision of the paper; the rest is indexing.
_TOLD_FIELDS = (
    "title",
    "abstract",
    "authors",
    "journal",
    "pub_date_text",
    "publication_types",
    "doi",
    "databank_nct_ids",
)
# Before them where it moved: a version beyond the first is another text under the same number.
_VERSION = "version"
_RETRACTED = "Retracted Publication"


class Finding(msgspec.Struct, frozen=True):
    """One thing that happened to a paper: the event's kind, what of it, and the other paper it names."""

    kind: str
    detail: str | None = None
    related_pmid: str | None = None


# Neither the paper nor a notice says any more that it is retracted; should they again, that is told again.
WITHDRAWN = Finding("retraction_withdrawn")


def find_findings(article: Article, held: Row | None, held_ties: Sequence[Row]) -> Iterator[Finding]:
    """Yield what is new about a paper against the row held of it (None: never seen before) and its ties held."""
    if held is None:
        yield Finding("new")
    else:
        yield from _compare(article, held)
    known = {(tie["ref_type"], tie["related_pmid"]) for tie in held_ties}
    was_retracted = any(ref_type in _TIES and _TIES[ref_type].kind == "retracted" for ref_type, _ in known)
    is_told = held is not None and (held["is_retracted"] or was_retracted)
    for tie in article.corrections:
        finding = _read_tie(tie.ref_type, tie.pmid)
        if finding is None or (tie.ref_type, tie.pmid) in known or (held is None and not is_told_of_new(finding)):
            continue
        # A paper is retracted once, however many notices say so.
        if finding.kind == "retracted" and is_told:
            continue
        is_told = is_told or finding.kind == "retracted"
        yield finding
    if article.is_retracted and not is_told:
        yield Finding("retracted")


def find_notices(article: Article, held_ties: Sequence[Row] = ()) -> Iterator[tuple[str, Finding]]:
    """Yield, for a notice, each paper it is about, and has not named before, and what that means for it."""
    known = {(tie["ref_type"], tie["related_pmid"]) for tie in held_ties}
    for tie in article.corrections:
        finding = read_notice(tie.ref_type, article.pmid)
        # A record that names itself is no notice of itself.
        is_of_other = tie.pmid not in ("", article.pmid)
        if finding is not None and is_of_other and (tie.ref_type, tie.pmid) not in known:
            yield tie.pmid, finding


def read_notice(ref_type: str, notice_pmid: str) -> Finding | None:
    """Return what a notice's tie means for the paper it names; None for a tie that says nothing of it."""
    return _read_tie(_SAID_OF_OTHER.get(ref_type, ""), notice_pmid)


def _read_tie(ref_type: str, other_pmid: str) -> Finding | None:
    tie = _TIES.get(ref_type)
    return None if tie is None else Finding(tie.kind, tie.detail, other_pmid or None)


def find_late_notice(kind: str, notice_pmid: str) -> Finding:
    """Return that the notice of a retraction or a concern told before became known: a revision in NLM's word."""
    word = next(ref_type for ref_type, tie in _TIES.items() if tie == _Tie(kind))
    return Finding("revised", word, notice_pmid)


def is_told_of_new(finding: Finding) -> bool:
    """Whether a tie is told of a paper that is itself new."""
    return finding.kind in _TOLD_OF_NEW


def drop_told(findings: Iterable[Finding], events: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """Yield the findings that no event says already, each once; `events` are a paper's own, as rows.

    The tie on the paper and its counterpart on the notice are one fact, whichever came first. One that names no
    number, and one that does, are taken for the same. A retraction that was taken back is none.
    """
    told = [Finding(row["kind"], row["detail"], row["related_pmid"]) for row in events]
    kinds = Counter(one.kind for one in told)
    if kinds["retracted"] <= kinds[WITHDRAWN.kind]:
        told = [one for one in told if one.kind != "retracted"]
    for finding in findings:
        if not any(_is_same(finding, one) for one in told):
            told.append(finding)
            yield finding


def _is_same(finding: Finding, told: Finding) -> bool:
    if finding.kind == told.kind == "retracted":
        return True
    is_tie = finding.kind in ("concern", "corrected") or (finding.kind, finding.detail) in _TIES.values()
    if not is_tie or finding.kind != told.kind:
        return False
    if finding.kind == "revised" and finding.detail != told.detail:
        return False
    return finding.related_pmid == told.related_pmid or None in (finding.related_pmid, told.related_pmid)


def find_departure(pmid: str, doi: str | None, twins: Iterable[Mapping[str, Any]]) -> Finding:
    """Return how a paper left PubMed: merged where another that is still there carries its DOI, else deleted.

    NLM names no successor when it takes out a citation that was entered twice; the DOI shows which one was kept.
    `twins` are rows of papers held (`pmid`, `doi`) that PubMed still has.
    """
    own = (doi or "").casefold()
    kept = [row["pmid"] for row in twins if own and row["pmid"] != pmid and (row["doi"] or "").casefold() == own]
    return Finding("merged", related_pmid=min(kept, key=int)) if kept else Finding("deleted")


def _compare(article: Article, held: Row) -> Iterator[Finding]:
    row = build_article_row(article, held["run_id"])
    if row["abstract"] and not held["abstract"]:
        yield Finding("abstract_added")
    changed = [name for name in (_VERSION, *_TOLD_FIELDS) if _read_told(row, name) != _read_told(held, name)]
    if changed and changed != ["abstract"]:
        yield Finding("revised", detail=", ".join(changed))
    elif changed and held["abstract"]:
        yield Finding("revised", detail="abstract")


def _read_told(row: Row, name: str) -> Any:
    """Return what a field says; that a paper is retracted is an event of its own."""
    return [one for one in row[name] if one != _RETRACTED] if name == "publication_types" else row[name]


def build_event_row(
    pmid: str, finding: Finding, source_date: dt.date | None, observed_at: dt.datetime, *, origin: str, run_id: int
) -> Row:
    """Return one finding as an `article_event` row."""
    return {
        "pmid": pmid,
        "kind": finding.kind,
        "detail": finding.detail,
        "related_pmid": finding.related_pmid,
        "source_date": source_date,
        "observed_at": observed_at,
        "origin": origin,
        "run_id": run_id,
    }
