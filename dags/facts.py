"""The facts of a span out of the warehouse, for letters. It chooses none of them and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from dags.span import Span
from etl.digest import Facts
from etl.letter.reasons import explain_digest, list_records
from models.digest import Digest
from warehouse.store import Store

# The columns of trials that a paper is or was tied to.
_LINKS = ("nct_ids", "background_ids", "former_ids")


def read_facts(store: Store, span: Span) -> Facts:
    """Read what the warehouse knew at the end of a span."""
    within = {"since": span.since, "until": span.until}
    changes = [_decode(row) for row in store.read_rows("digest_changes", **within)]
    new_trials = store.read_rows("digest_new_trials", **within)
    papers = store.read_rows("digest_papers", **within)
    linked = {nct_id for row in papers for name in _LINKS for nct_id in row[name] or ()}
    older = store.read_rows("digest_older", **within)
    ids = sorted({row["nct_id"] for row in (*changes, *new_trials, *older)} | linked)
    trials = store.read_rows("digest_trials", nct_ids=ids, until=span.until)
    (counts,) = store.read_rows("digest_counts", **within)
    targets = store.read_rows("target_names")
    watched = [row["target"] for row in targets if row["is_watched"]]
    # Where only trials are watched, every target of the vocabulary may head a section.
    heads = watched or [row["target"] for row in targets]
    return Facts(
        changes=changes,
        new_trials=new_trials,
        trials={row["nct_id"]: _place(row, heads) for row in trials},
        papers=[_place(row, heads) for row in papers],
        older=older,
        counts={**counts, "targets": len(watched)},
        nights=store.read_rows("digest_nights", **within),
        checks=store.read_rows("digest_checks", **within),
        targets=heads,
        verdicts=store.read_rows("digest_verdicts", **within),
    )


def explain_span(store: Store, digest: Digest, span: Span) -> Digest:
    """Return a letter that says of each trial and paper why it is here."""
    nct_ids, pmids = list_records(digest)
    rows = store.read_rows("digest_reasons", nct_ids=nct_ids, pmids=pmids, until=span.until)
    return explain_digest(digest, rows)


def _decode(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "detail": msgspec.json.decode(row["detail"])}


def _place(row: dict[str, Any], heads: Sequence[str]) -> dict[str, Any]:
    """Say which section a record stands in: its strongest target that heads one, else its pathway."""
    home = next((target for target in row["targets"] or () if target in heads), row.get("pathway"))
    return {**row, "home": home}
