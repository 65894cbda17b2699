"""A review's claim whose verdict moved, as a letter tells it. It judges nothing and renders nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from etl.review.words import SAID, show_long, tell_reason
from models.digest import ClaimMove

_MOST_RECORDS = 5


def build_claim_move(row: Mapping[str, Any]) -> ClaimMove:
    """Return the move of a row of the statement digest_verdicts."""
    evidence = msgspec.json.decode(row["evidence"])
    cited = row["trials"] or row["meant_trials"]
    nct_ids = [*(one.get("nct_id") for one in evidence), *(one.get("successor") for one in evidence), *cited]
    return ClaimMove(
        review=row["review_title"],
        claim=row["claim"],
        section=row["section"],
        statement=row["statement"],
        said=SAID[row["state"]],
        old_verdict=row["previous_verdict"],
        new_verdict=row["verdict"],
        rule=row["rule"],
        reason=tell_reason(row["rule"], evidence, show_long, row["reason"]),
        nct_ids=_keep(nct_ids),
        pmids=_keep(one.get("pmid") for one in evidence),
    )


def _keep(numbers: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in numbers if number))[:_MOST_RECORDS]
