"""The rows of the papers a record cites. Pure: a study in, rows out."""

from __future__ import annotations

import re

from etl.children.keys import Row, key_rows
from etl.children.payload import Json, read_items, read_nct_id, read_part, read_text

_STRENGTH = {"RESULT": 0, "DERIVED": 1, "BACKGROUND": 2}
_PMID = re.compile(r"(?:PMID\W*)?0*(\d{1,8})", re.IGNORECASE)


def build_reference_rows(study: Json) -> list[Row]:
    """Return the `trial_reference` rows of a study: one a paper, known by its PMID, or by its citation without one.

    A paper cited twice is one row with the strongest word for it (RESULT, DERIVED, BACKGROUND) and every retraction.
    """
    nct_id = read_nct_id(study)
    papers: dict[str, list[Row]] = {}
    for reference in read_items(read_part(study, "protocolSection", "referencesModule"), "references"):
        row = {"nct_id": nct_id, **_read_reference(reference)}
        papers.setdefault(row["pmid"] or row["citation"] or "", []).append(row)
    papers.pop("", None)
    merged = [_merge(rows) for rows in papers.values()]
    numbered = key_rows((row for row in merged if row["pmid"]), "reference_key", ("pmid",))
    return numbered + key_rows((row for row in merged if not row["pmid"]), "reference_key", ("citation",))


def _read_reference(reference: Json) -> Row:
    notices = read_items(reference, "retractions")
    return {
        "pmid": _read_pmid(reference),
        "reference_type": read_text(reference, "type"),
        "citation": read_text(reference, "citation"),
        "retractions": [{"pmid": _read_pmid(one), "source": read_text(one, "source")} for one in notices],
    }


def _merge(rows: list[Row]) -> Row:
    ordered = sorted(rows, key=_rank)
    notices = {(one["pmid"] or "", one["source"] or ""): one for row in rows for one in row["retractions"]}
    return {
        **ordered[0],
        "citation": next((row["citation"] for row in ordered if row["citation"]), None),
        "retractions": [notices[named] for named in sorted(notices) if any(named)],
    }


def _rank(row: Row) -> tuple[int, str, str]:
    kind = row["reference_type"] or ""
    return _STRENGTH.get(kind, len(_STRENGTH)), kind, row["citation"] or ""


def _read_pmid(value: Json) -> str | None:
    text = read_text(value, "pmid")
    found = _PMID.fullmatch(text or "")
    return found[1] if found else text
