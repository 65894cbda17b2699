"""Keeps what workers found in texts until the link step takes it; it tags nothing."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import polars as pl

from dags.run import Run

_SCHEMA = pl.Schema({"doc_id": pl.String, "content_hash": pl.String, "mentions": pl.String})


class Prepared(msgspec.Struct, frozen=True):
    """The mentions in one document, as JSON, and the hash of the content that they were found in."""

    doc_id: str
    content_hash: str
    mentions: str


def write_prepared(run: Run, tags: Sequence[Prepared]) -> None:
    """Keep what was found, in the open transaction."""
    run.store.run("prepare_tags")
    rows = [msgspec.structs.astuple(one) for one in tags]
    run.store.append("prepared_tag", pl.DataFrame(rows, schema=_SCHEMA, orient="row"))
