"""A built page of studies as one frame, a row a study with its children as lists, and back; it builds none.

So pages can be built before it is known how studies will stand together: rows of several frames make one page.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import polars as pl

from dags.first_building import BuiltPage
from etl.child_schemas import CHILD_SCHEMAS
from etl.children import CHILDREN
from etl.schemas import TRIAL_RECORD
from etl.sentinel import Drift

_RECORD = pl.Struct({name: kind for name, kind in TRIAL_RECORD.items() if name != "nct_id"})
_CHILDREN = {
    table: pl.List(pl.Struct({name: kind for name, kind in CHILD_SCHEMAS[table].items() if name != "nct_id"}))
    for table in CHILDREN
}
PAGE_ROW = pl.Schema(
    {
        "nct_id": pl.String(),
        "is_unread": pl.Boolean(),
        "record": _RECORD,
        **_CHILDREN,
        "day": pl.Date(),
        "drifts": pl.Binary(),
        "fields": pl.List(pl.String()),
    }
)


class PageRow(msgspec.Struct, frozen=True):
    """One study of a page: its place in a frame of PAGE_ROW."""

    frame: pl.DataFrame
    place: int


def spread_page(page: BuiltPage) -> pl.DataFrame:
    """Return a page's rows, in order of numbers. The fields that its records hold stand with the first of them."""
    ids = page.records.get_column("nct_id")
    rows = page.records.select(
        "nct_id",
        pl.lit(value=False).alias("is_unread"),
        pl.struct(pl.exclude("nct_id")).alias("record"),
        pl.Series("day", list(page.days.values()), pl.Date),
        pl.Series("drifts", [_write_drifts(page.drifts.get(nct_id)) for nct_id in ids], pl.Binary),
        pl.Series("fields", [sorted(page.fields)] * bool(len(ids)) + [None] * (len(ids) - 1), pl.List(pl.String)),
    )
    for table, frame in page.children.items():
        children = frame.group_by("nct_id", maintain_order=True).agg(pl.struct(pl.all()).alias(table))
        rows = rows.join(children, on="nct_id", how="left", maintain_order="left")
    unread = pl.DataFrame({"nct_id": page.unread, "is_unread": True}, schema_overrides={"nct_id": pl.String})
    whole = pl.concat([rows, unread], how="diagonal_relaxed").match_to_schema(PAGE_ROW, missing_columns="insert")
    return whole.sort("nct_id")


def gather_page(rows: Sequence[PageRow]) -> BuiltPage:
    """Return the page of some studies, each of another number, whatever their order."""
    places: dict[int, list[int]] = {}
    frames = {id(row.frame): row.frame for row in rows}
    for row in rows:
        places.setdefault(id(row.frame), []).append(row.place)
    whole = pl.concat([frames[name][own] for name, own in places.items()]).sort("nct_id")
    read = whole.filter(~pl.col("is_unread"))
    drifts = read.filter(pl.col("drifts").is_not_null()).select("nct_id", "drifts").iter_rows()
    return BuiltPage(
        records=read.select("nct_id", "record").unnest("record").select(TRIAL_RECORD.names()),
        children={table: _gather_children(read, table) for table in CHILDREN},
        days=dict(read.select("nct_id", "day").iter_rows()),
        drifts={nct_id: msgspec.msgpack.decode(told, type=list[Drift]) for nct_id, told in drifts},
        fields=set(read.get_column("fields").explode().drop_nulls()),
        unread=whole.filter("is_unread").get_column("nct_id").to_list(),
    )


def _gather_children(read: pl.DataFrame, table: str) -> pl.DataFrame:
    holders = read.select("nct_id", table).filter(pl.col(table).list.len() > 0)
    return holders.explode(table).unnest(table).select(CHILD_SCHEMAS[table].names())


def _write_drifts(drifts: Sequence[Drift] | None) -> bytes | None:
    return msgspec.msgpack.encode(drifts) if drifts else None
