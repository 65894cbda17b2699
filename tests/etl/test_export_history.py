"""A trial's life for machines and documents: every text whole, no formula, no markup, no control character."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

from etl.export_history import CSV_COLUMNS, render_csv, render_json, render_markdown_history
from models.trial_life import LifeChange, TrialLife
from tests.etl.lives import ADDED_OUTCOME, LONG, REGISTRY, RICH, change, live

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class TextFile(SingleFileSnapshotExtension):
    """One golden file a form."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """The golden files of this module (the shared fixture `snapshot` is another thing)."""
    return SnapshotAssertion(
        update_snapshots=request.config.option.update_snapshots,
        update_new_snapshots_only=request.config.option.update_new_snapshots_only,
        extension_class=TextFile,
        test_location=PyTestLocation(request.node),
        session=request.session.config._syrupy,  # type: ignore[attr-defined]  # noqa: SLF001  as syrupy's own fixture
    )


def read_csv(life: TrialLife) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_csv(life))))


@pytest.mark.parametrize("render", [render_json, render_csv, render_markdown_history], ids=["json", "csv", "md"])
def test_each_form_is_as_its_golden_file(render: Any, golden: SnapshotAssertion) -> None:
    assert render(RICH) == golden


def test_json_is_one_object_with_every_change_whole_and_both_dates() -> None:
    found = json.loads(render_json(RICH))
    assert list(found) == list(TrialLife.__struct_fields__)
    first = found["changes"][0]
    assert list(first) == list(LifeChange.__struct_fields__)
    assert (first["source_submit_date"], first["source_post_date"], first["observed_at"], first["lag_days"]) == (
        "2026-02-02", "2026-02-11", "2026-02-11T14:00:00", 9,
    )  # fmt: skip
    assert first["detail"] == {"transition": "stop", "why_stopped": "Slow accrual."}
    assert f"{LONG}of 1.0 x 10^9/L or more" in [one["old_value"] for one in found["changes"]]
    assert found["statuses"][-1]["valid_to"] is None


def test_a_date_the_sponsor_did_not_give_is_null_in_json_and_empty_in_csv() -> None:
    assert json.loads(render_json(REGISTRY))["changes"][1]["source_submit_date"] is None
    row = read_csv(REGISTRY)[1]
    assert (row["source_submit_date"], row["source_post_date"], row["lag_days"]) == ("", "", "")
    assert row["observed_at"] == "2026-02-12T14:00:00"


def test_csv_is_one_row_a_change() -> None:
    rows = read_csv(RICH)
    assert len(rows) == len(RICH.changes)
    assert tuple(rows[0]) == CSV_COLUMNS
    assert {row["nct_id"] for row in rows} == {"NCT99000101"}
    assert rows[0]["old_value"] == "RECRUITING"
    assert json.loads(rows[0]["detail"])["why_stopped"] == "Slow accrual."
    assert ADDED_OUTCOME in [row["new_value"] for row in rows]


def test_csv_of_a_trial_without_changes_is_its_head() -> None:
    assert render_csv(live([])) == ",".join(CSV_COLUMNS)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1"])
def test_a_text_that_a_spreadsheet_would_run_is_defused(text: str) -> None:
    (row,) = read_csv(live([change(2, "arm", text, text, action="renamed", item=text)]))
    assert {row["old_value"][0], row["new_value"][0], row["item"][0]} == {"'"}


@pytest.mark.parametrize("text", ["Arm A", "1.0 x 10^9", "a = b", "β-blocker", "'quoted'"])
def test_a_harmless_text_stands_in_csv_as_it_is(text: str) -> None:
    (row,) = read_csv(live([change(2, "arm", text, text, action="renamed", item=text)]))
    assert (row["old_value"], row["item"]) == (text, text)


hostile = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)


@settings(max_examples=80)
@given(hostile, hostile)
def test_no_form_holds_a_control_character_and_json_and_csv_lose_no_row(one: str, other: str) -> None:
    life = live(
        [change(2, "arm", one, other, action="renamed", item=other, says=one), change(3, "status", one, other)],
        brief_title=other, lead_sponsor=one,
    )  # fmt: skip
    for render in (render_json, render_csv, render_markdown_history):
        # A zero-width mark of our own keeps Markdown from making links.
        assert not CONTROL.search(render(life).replace("\u200c", ""))
    assert json.loads(render_json(life))["brief_title"] == other
    assert json.loads(render_json(life))["changes"][0]["new_value"] == other
    assert len(read_csv(life)) == 2


@settings(max_examples=80)
@given(st.text(alphabet="|`*_<>[]()#\\&@!~- \nahttp:/.w", max_size=40))
def test_a_table_keeps_its_columns_and_holds_no_markup_whatever_a_record_says(text: str) -> None:
    life = live([change(2, "arm", text, text, action="renamed", item=text)], brief_title=text, lead_sponsor=text)
    tokens = READER.parse(render_markdown_history(life))
    assert sum(token.type == "td_open" for token in tokens) == 3 + 9
    assert sum(token.type == "list_item_open" for token in tokens) == 3
    inner = [child for token in tokens for child in token.children or []]
    assert {child.type for child in inner} <= {"text", "link_open", "link_close", "text_special", "softbreak"}
    links = [child.attrs["href"] for child in inner if child.type == "link_open"]
    assert links == ["https://clinicaltrials.gov/study/NCT99000101"]


def test_markdown_tells_back_fill_apart_and_gives_both_dates() -> None:
    text = render_markdown_history(RICH)
    moved = "| live | top | status | Recruiting | Terminated | reason: “Slow accrual.” |"
    assert f"| 2026-02-02 | 2026-02-11 | 2026-02-11 {moved}" in text
    assert "| 2025-09-18 | 2025-09-30 | 2026-02-16 | back-fill | medium | primary completion |" in text
