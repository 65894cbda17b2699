"""The claims of reviews whose verdict moved, as a part of a letter. It renders nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from etl.review.words import VERDICT_WORDS
from etl.view.pieces import Entry, Group, Line, Part, Run, link_record, say
from etl.wording import shorten
from models.digest import ClaimMove

_LONGEST_STATEMENT, _LONGEST_REASON, _LONGEST_NAME = 300, 500, 120


def build_claim_parts(claims: Sequence[ClaimMove]) -> Iterator[Part]:
    """Yield a part a review; none where no verdict moved."""
    for review, moved in groupby(claims, key=lambda one: one.review):
        entries = tuple(map(_build_entry, moved))
        heading = f"The review: {shorten(review, _LONGEST_NAME)}"
        yield Part(heading=heading, groups=(Group(heading="Verdicts that moved", entries=entries),))


def _build_entry(claim: ClaimMove) -> Entry:
    move = f"{VERDICT_WORDS[claim.old_verdict]} → {VERDICT_WORDS[claim.new_verdict]}"
    return Entry(
        head=(Run(f"{move[:1].upper()}{move[1:]}", "strong"),),
        name=_name(claim),
        title=say(f"“{shorten(claim.statement, _LONGEST_STATEMENT)}”"),
        about=(shorten(claim.section, _LONGEST_NAME), f"said: {claim.said}"),
        lines=tuple(filter(None, (say(shorten(claim.reason, _LONGEST_REASON)), _link(claim)))),
    )


def _name(claim: ClaimMove) -> Run:
    if claim.nct_ids:
        return link_record(claim.nct_ids[0])
    return link_record(claim.pmids[0], "PMID") if claim.pmids else Run(shorten(claim.claim, _LONGEST_NAME))


def _link(claim: ClaimMove) -> Line:
    """Return the other records of the evidence, linked."""
    records = [*((number, "") for number in claim.nct_ids), *((number, "PMID") for number in claim.pmids)][1:]
    runs = [run for number, label in records for run in (Run(", "), link_record(number, label))][1:]
    return (Run("Evidence: "), *runs) if runs else ()
