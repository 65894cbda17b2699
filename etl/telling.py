"""Which facts a letter tells, by keys that stay, and which of them its reader was told before. It keeps nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from etl.digest import Facts
from etl.letter.papers import is_told_paper
from etl.letter.trials import split_by_weight
from models.change import Weight
from models.digest import Told

Row = Mapping[str, Any]
_CITED, _MARKED = ("reference", "added"), ("retraction", "added")


class Fact(msgspec.Struct, frozen=True):
    """One thing told: a key that is the same in every letter, and the number of the record it is about."""

    key: str
    record: str


def list_facts(facts: Facts, minimum_weight: Weight) -> list[Fact]:
    """Return every fact that a letter of this weight tells, in order; what it only counts is none."""
    told, _ = split_by_weight(facts.changes, minimum_weight)
    return list(
        dict.fromkeys(
            [
                *(Fact(name_change(row), row["nct_id"]) for row in told),
                *(Fact(name_trial(row["nct_id"]), row["nct_id"]) for row in facts.new_trials),
                *_list_papers(facts, minimum_weight),
                *(Fact(name_older(row), row["nct_id"]) for row in facts.older),
                *(Fact(name_verdict(row), row["claim"]) for row in facts.verdicts),
            ]
        )
    )


def _list_papers(facts: Facts, minimum_weight: Weight) -> Iterator[Fact]:
    for row in facts.papers:
        if is_told_paper(row, minimum_weight):
            yield Fact(name_paper(row), row["pmid"])


def name_change(row: Row) -> str:
    """Return the key of a change of a trial."""
    return f"change:{row['change_id']}"


def name_trial(nct_id: str) -> str:
    """Return the key of a new trial."""
    return f"trial:{nct_id}"


def name_paper(row: Row) -> str:
    """Return the key of what happened to a paper; of what happened to it once more, another."""
    again = row["nth"] if row.get("nth", 1) > 1 else None
    parts = (row["pmid"], row["kind"], row["related_pmid"], row["detail"], again)
    return "paper:" + ":".join(str(part) for part in parts if part)


def name_older(row: Row) -> str:
    """Return the key of a trial's history as it was learnt in a span."""
    return f"older:{row['nct_id']}:{row['first_year']}-{row['last_year']}:{row['moves']}+{row['others']}"


def name_verdict(row: Row) -> str:
    """Return the key of a verdict that moved."""
    return f"verdict:{row['verdict_id']}"


def tell_retractions_once(facts: Facts, told: Collection[str] | None = None) -> Facts:
    """Return the facts without the retractions that trials' records repeat after PubMed.

    The paper's own entry tells it, with the notice and every trial that the paper is tied to. `told` are the keys of
    what the reader was told before; None: the reader of files, who reads each. A trial that begins to cite what was
    retracted long ago is news.
    """
    told_now = {row["pmid"] for row in facts.papers if row["kind"] == "retracted"}
    keys = (key.split(":") for key in told or () if key.startswith("paper:"))
    told_before = {pmid for _, pmid, kind, *_ in keys if kind == "retracted"}
    cited = {(row["nct_id"], row["item"]) for row in facts.changes if (row["kind"], row["action"]) == _CITED}

    def is_repeated(row: Row) -> bool:
        if (row["kind"], row["action"]) != _MARKED:
            return False
        is_known = row["item"] in told_before or (told is None and row.get("is_paper_told", False))
        return row["item"] in told_now or (is_known and (row["nct_id"], row["item"]) not in cited)

    changes = [row for row in facts.changes if not is_repeated(row)]
    return msgspec.structs.replace(facts, changes=changes)


def mark_told(facts: Facts, told: Mapping[str, Told]) -> Facts:
    """Return the facts with what their reader was told before: `told` holds when, by key.

    A verdict, a paper and history told before are left out, papers counted; of a trial, what was told is not told
    again, but for the statuses it went through: half a chain would be false.
    """
    papers = [row for row in facts.papers if name_paper(row) not in told]
    older = [row for row in facts.older if name_older(row) not in told]
    verdicts = [row for row in facts.verdicts if name_verdict(row) not in told]
    marks = {key: one for key, one in told.items() if key.startswith(("change:", "trial:"))}
    repeated = {row["pmid"] for row in facts.papers} - {row["pmid"] for row in papers}
    return msgspec.structs.replace(
        facts,
        papers=papers,
        older=older,
        verdicts=verdicts,
        told=marks,
        outside={**facts.outside, "repeated": len(repeated)},
    )
