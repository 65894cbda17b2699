"""Why each trial and paper of a letter is in it: the watched items it belongs to, by which words, in which field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from etl.letter.fields import split_name
from etl.wording import join
from models.digest import GROUPS, Digest, Section

Row = Mapping[str, Any]
_MOST_REASONS = 4
# Of a paper that stands in the watchlist by its number.
CITED = "cited by your review"
_PLACE = re.compile(r"([A-Za-z]+)\[(\d+)\]")
_FIELDS = {
    "eligibility.inclusion": "the inclusion criteria",
    "eligibility.exclusion": "the exclusion criteria",
    "armGroups": "arm",
    "interventions": "intervention",
    "primaryOutcomes": "primary outcome",
    "secondaryOutcomes": "secondary outcome",
    "otherOutcomes": "other outcome",
}


def list_records(digest: Digest) -> tuple[list[str], list[str]]:
    """Return the numbers of the trials and of the papers that a letter tells of one by one."""
    trials = {item.nct_id for part in digest.sections for group in GROUPS for item in getattr(part, group)}
    papers = {paper.pmid for part in digest.sections for paper in (*part.papers, *part.notices)}
    return sorted(trials), sorted(papers)


def explain_digest(digest: Digest, rows: Sequence[Row]) -> Digest:
    """Return a letter that says of each trial and paper why it is here; `rows` are as their statement returns them."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        reasons.setdefault((row["source"], row["record"]), []).append(describe_reason(row))
    sections = tuple(_explain_section(part, reasons) for part in digest.sections)
    return msgspec.structs.replace(digest, sections=sections)


def describe_reason(row: Row) -> str:
    """Return one reason: `“zelbarimab” (blocks LAG-3) in arm 1, label, target LAG-3 is watched`."""
    if row["kind"] == "trial":
        is_own = row["name"] == row["record"]
        return "watched by its number" if is_own else f"it names {row['name']}, which is watched by its number"
    if row["kind"] == "article":
        return CITED
    watched = f"{row['kind']} {row['name']} is watched"
    if not row["synonym"]:
        return f"{watched}, and the registry's own search found it"
    acts = f" ({join(list(row['acts']))})" if row["acts"] else ""
    return f"“{row['synonym']}”{acts.replace('_', ' ')} in {_show_place(row['field'] or '')}, {watched}"


def _show_place(path: str) -> str:
    """Return a field as people call it: `intervention 1, description`, `brief title`."""
    if path in _FIELDS:
        return _FIELDS[path]
    found = _PLACE.match(path)
    lead = [f"{_FIELDS.get(found[1], split_name(found[1]))} {int(found[2]) + 1}"] if found else []
    rest = path[found.end() :].strip(".") if found else path
    return ", ".join([*lead, *([split_name(rest.rpartition(".")[2])] if rest else [])]) or "its record"


def _explain_section(part: Section, reasons: Mapping[tuple[str, str], Sequence[str]]) -> Section:
    def choose(source: str, record: str) -> tuple[str, ...]:
        # A record that left its query, or came by a link alone, has none.
        return tuple(reasons.get((source, record), ("no item finds it any more",))[:_MOST_REASONS])

    groups = {
        group: tuple(
            msgspec.structs.replace(item, reasons=choose("clinicaltrials", item.nct_id))
            for item in getattr(part, group)
        )
        for group in GROUPS
    }
    papers = {
        name: tuple(
            msgspec.structs.replace(paper, reasons=choose("pubmed", paper.pmid) + _add_rank(paper.reason))
            for paper in getattr(part, name)
        )
        for name in ("papers", "notices")
    }
    return msgspec.structs.replace(part, **groups, **papers)


def _add_rank(reason: str) -> tuple[str, ...]:
    return (reason,) if reason else ()
