"""The rows of a trial, of its versions and of their changes."""

from __future__ import annotations

import datetime as dt

from etl.canonical import build_canonical, hash_content
from etl.schemas import TRIAL_CHANGE, TRIAL_RECORD, TRIAL_VERSION, build_frame
from etl.trials import Row, build_change_row, build_trial_row, build_version_row, hash_version, read_post_date
from etl.trials import read_submit_date as read_submitted
from etl.versions import Version
from models.change import Change, Moment
from tests.etl.studies import STUDY, change, typed

NOW = dt.datetime.combine(dt.date(2026, 2, 10), dt.time(14))
MOMENT = Moment(
    source_submit_date=dt.date(2026, 2, 2),
    source_post_date=dt.date(2026, 2, 4),
    source_day=dt.date(2026, 2, 10),
    observed_at=NOW,
)


def test_a_version_row_has_exactly_the_declared_columns_and_the_state_of_the_trial() -> None:
    study = typed(STUDY)
    version = Version(
        version_id=hash_version(study.nct_id, read_submitted(study), 1, "a"),
        content_hash=hash_content(build_canonical(STUDY)),
        origin="live",
        markup="markdown",
        overall_status="RECRUITING",
        source_submit_date=read_submitted(study),
        source_post_date=read_post_date(study),
        source_day=dt.date(2026, 2, 10),
        registry_version=None,
        learnt_no=1,
        is_sighting=True,
    )
    row = build_version_row(version, study, "{}", NOW, 7)
    frame = build_frame([row], TRIAL_VERSION)
    told = build_trial_row(study)
    assert frame.row(0, named=True)["state"] == {name: told[name] for name in told if name != "nct_id"}
    assert (row["first_seen_at"], row["run_id"], row["nct_id"]) == (NOW, 7, study.nct_id)


def row_of(versions: tuple[str, str] = ("v1", "v2"), **told: str) -> Row:
    values = {"kind": "status", "action": "set", "field": "f", "old_value": "RECRUITING", "new_value": "TERMINATED"}
    fact = Change(**{**values, **told}, weight="top")  # type: ignore[arg-type]
    return build_change_row("NCT99000101", fact, MOMENT, origin="live", run_id=7, versions=versions)


def test_change_rows_have_exactly_the_declared_columns_and_ids_of_their_own() -> None:
    rows = [row_of(), row_of(new_value="COMPLETED"), row_of(item="arm A")]
    assert build_frame(rows, TRIAL_CHANGE).height == 3
    assert len({row["change_id"] for row in rows}) == 3
    assert rows[0]["recorded_at"] == rows[0]["observed_at"] == NOW


def test_the_id_of_a_change_is_the_same_on_replay_and_another_for_another_pair() -> None:
    assert row_of()["change_id"] == row_of()["change_id"]
    assert row_of()["change_id"] != row_of(("v1", "v3"))["change_id"]


def test_a_trial_row_states_dates_as_precisely_as_the_source() -> None:
    row = build_trial_row(typed(STUDY))
    assert build_frame([row | {"version_id": "v"}], TRIAL_RECORD).height == 1
    assert (row["primary_completion_date"], row["primary_completion_date_precision"]) == (dt.date(2026, 6, 1), "month")
    assert (row["completion_date"], row["completion_date_precision"]) == (dt.date(2027, 6, 30), "day")
    assert row["start_date_type"] == "ACTUAL"
    assert (row["countries"], row["site_count"]) == (["Belgium", "Netherlands"], 2)
    assert row["collaborators"] == ["Sample Hospital", "Invented Fund"]


def test_a_bare_record_is_a_row_too_and_the_sentinel_is_no_count() -> None:
    study = change("protocolSection.designModule.enrollmentInfo", {"count": 99_999_999})
    assert build_trial_row(typed(study))["enrollment"] is None
    bare = {"protocolSection": {
        "identificationModule": {"nctId": "NCT99000101"}, "statusModule": {"overallStatus": "WITHHELD"},
    }}  # fmt: skip
    row = build_trial_row(typed(bare))
    assert build_frame([row | {"version_id": "v"}], TRIAL_RECORD).height == 1
    assert (row["phases"], row["countries"], row["start_date"], row["has_results"]) == ([], [], None, False)
