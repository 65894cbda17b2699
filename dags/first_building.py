"""A page of studies never held before, to the frames of the tables: pure work, done in whichever process has time.

It gives what the loader of other pages gives, but for the content hash, which nothing is there to be compared with.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import polars as pl

from etl.child_schemas import CHILD_SCHEMAS
from etl.children import CHILDREN, LISTED
from etl.children.payload import Json
from etl.documented import read_documented
from etl.schemas import TRIAL_RECORD, build_column_frame, build_frame
from etl.sentinel import Drift, find_drift, list_fields
from etl.trials import Row, build_trial_row, read_post_date, read_release_day
from extractors.clinicaltrials.envelope import find_spans
from extractors.clinicaltrials.parse import parse_study
from models.errors import ContractError
from models.page import RecordSpan
from warehouse.wholes import PackedPage, pack_page


class BuiltPage(msgspec.Struct):
    """What a page holds: `records` (`trial_record` without a version) and `children` by table, in order of numbers.

    `days` are the source days that records state, None where one states none. `fields` are those that records hold,
    where they were asked for; `unread` the numbers of records that cannot be read. `packed`: what is landed of it.
    """

    records: pl.DataFrame
    children: dict[str, pl.DataFrame]
    days: dict[str, dt.date | None]
    drifts: dict[str, list[Drift]]
    fields: set[str]
    unread: list[str]
    packed: PackedPage | None = None


def prepare_process() -> None:
    """Make a process ready to build pages: millions of short-lived objects, none in a circle, need no collector."""
    gc.set_threshold(2_000_000, 50, 1_000)  # more than a page holds at once


def join_records(records: Sequence[bytes]) -> tuple[bytes, tuple[RecordSpan, ...]]:
    """Return records as one page, and where in it they lie."""
    page = b'{"studies":[%s]}' % b",".join(records)
    return page, find_spans(page, records)


def build_landed_page(bodies: Mapping[str, bytes], *, wants_fields: bool) -> BuiltPage:
    """Build a page that is yet to be landed, and make it ready for that: number → record, in the page's order."""
    page = build_page(bodies, wants_fields=wants_fields)
    page.packed = pack_page(*join_records(list(bodies.values())))
    return page


def build_page(bodies: Mapping[str, bytes], *, wants_fields: bool) -> BuiltPage:
    """Build the frames of some studies: number → record."""
    page = BuiltPage(pl.DataFrame(), {}, {}, {}, set(), [])
    records: list[Row] = []
    contents: list[Json] = []
    for nct_id, body in sorted(bodies.items()):
        documented = read_documented(body)
        try:
            study = parse_study(body, nct_id, is_documented=documented is not None)
        except ContractError:
            page.unread.append(nct_id)
            continue
        is_walked = wants_fields or documented is None
        whole: dict[str, Any] = msgspec.json.decode(body) if is_walked else {}
        content: Json = whole if documented is None else documented
        records.append(build_trial_row(study) | {"version_id": None})
        contents.append(content)
        page.days[nct_id] = read_release_day(content) or read_post_date(study)
        if documented is None and (drifts := find_drift(whole)):
            page.drifts[nct_id] = drifts
        if wants_fields:
            page.fields |= list_fields(whole)
    page.records = build_frame(records, TRIAL_RECORD)
    page.children = {table: _build_children(table, contents) for table in CHILDREN}
    return page


def _build_children(table: str, studies: Sequence[Json]) -> pl.DataFrame:
    if listed := LISTED.get(table):
        return build_column_frame(listed.build_columns(studies), CHILD_SCHEMAS[table])
    build = CHILDREN[table]
    return build_frame((row for study in studies for row in build(study)), CHILD_SCHEMAS[table])
