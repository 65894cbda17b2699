"""Real nights: 80 trials as the registry served them on 24 days, judged by their known status changes."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import html

from dags.inputs import Inputs, read_inputs
from dags.letters import Form
from dags.nightly import NightlyResult, run_nightly
from dags.rebuilding import rebuild
from dags.sample.server import SampleServer
from dags.sample.world import World
from dags.span import find_week
from dags.weekly import run_weekly
from etl.wording import show_status
from models.digest import GROUPS
from tests.conftest import Snapshot, at_night
from warehouse.reader import query_rows


class Nights(NamedTuple):
    """All recorded nights, run once."""

    inputs: Inputs
    results: list[NightlyResult]
    versions: dict[dt.date, int]
    truth: dict[str, Any]
    world: World


@pytest.fixture(scope="module")
def nights(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    truth = json.loads((shared / "recorded" / "truth.json").read_text())
    world = World.read(shared / "recorded")
    folder = tmp_path_factory.mktemp("recorded")
    with SampleServer(world) as server:
        server.empty_pages = True
        ids = ", ".join(f'"{nct_id}"' for nct_id in sorted(world.studies))
        file = folder / "watchlist.toml"
        file.write_text(
            f"""
[watch]
trials = [{ids}]
[source.clinicaltrials]
base_url = "{server.ctg_url}"
requests_per_second = 0
[source.pubmed]
base_url = "{server.eutils_url}"
requests_per_second = 0
"""
        )
        inputs = read_inputs(file, environment={})
        results, versions = [], {}
        for text in truth["days"]:
            day = dt.date.fromisoformat(text)
            world.serve(day)
            results.append(run_nightly(inputs, at_night(day)))
            versions[day] = query_rows(inputs.home.published, "SELECT count(*) FROM trial_version")[1][0][0]
        yield Nights(inputs, results, versions, truth, world)


def test_the_status_changes_are_exactly_the_known_ones_on_the_days_they_were_first_served(nights: Nights) -> None:
    query = "SELECT nct_id, old_status, new_status, CAST(CAST(observed_at AS DATE) AS VARCHAR) FROM trial_status_change"
    found = sorted(query_rows(nights.inputs.home.published, query)[1])
    assert found == sorted(tuple(row) for row in nights.truth["status_changes"])


def test_every_night_is_read_and_every_item_proved(nights: Nights) -> None:
    assert [result.exit_code for result in nights.results] == [0] * 24
    query = "SELECT DISTINCT outcome FROM source_check WHERE source = 'clinicaltrials'"
    assert query_rows(nights.inputs.home.published, query)[1] == [("proved",)]


def test_nights_on_which_only_the_release_stamp_moved_add_no_version(nights: Nights) -> None:
    served = set(map(dt.date.fromisoformat, nights.truth["days"])) - set(nights.world.days)
    days = sorted(nights.versions)
    quiet = [day for day in days if day in served]
    assert quiet
    for day in quiet:
        before = days[days.index(day) - 1]
        assert nights.versions[day] == nights.versions[before], day


def test_a_version_is_added_only_where_something_but_noise_differs(nights: Nights, shared: Path) -> None:
    query = "SELECT nct_id, count(*) FROM trial_version GROUP BY nct_id HAVING count(*) > 1"
    changed = dict(query_rows(nights.inputs.home.published, query)[1])
    with gzip.open(shared / "recorded" / "nightly.jsonl.gz", "rt") as file:
        rows = [json.loads(line)["study"] for line in file]
    lines = Counter(row["protocolSection"]["identificationModule"]["nctId"] for row in rows)
    assert all(count <= lines[nct_id] for nct_id, count in changed.items())
    assert changed["NCT05294952"] == 2


def test_a_watched_number_not_yet_served_is_neither_gone_nor_reopened_nor_new(nights: Nights) -> None:
    published = nights.inputs.home.published
    assert query_rows(published, "SELECT count(*) FROM watch_event WHERE kind IN ('gone', 'missing', 'reopened')")[
        1
    ] == [(0,)]
    assert query_rows(published, "SELECT DISTINCT registry_state FROM trial")[1] == [("listed",)]
    late = query_rows(published, "SELECT count(*) FROM trial WHERE first_seen_at > TIMESTAMP '2026-02-04'")[1][0][0]
    assert late >= 60  # most records were first served on 4 February
    fresh = query_rows(published, "SELECT nct_id, first_post_date FROM new_trial")[1]
    assert all(posted >= dt.date(2026, 1, 19) for _, posted in fresh)


def test_what_the_registry_set_itself_carries_no_dates_of_the_sponsor(nights: Nights) -> None:
    query = """
        SELECT transition, source_submit_date, source_post_date, source_day
        FROM trial_status_change WHERE new_status = 'UNKNOWN'
    """
    assert query_rows(nights.inputs.home.published, query)[1] == [("registry", None, None, dt.date(2026, 3, 2))]


def test_the_status_history_tiles_time(nights: Nights) -> None:
    query = """
        SELECT h.nct_id FROM trial_status_history AS h
        JOIN trial USING (nct_id)
        GROUP BY h.nct_id, overall_status
        HAVING count(*) FILTER (valid_to IS NULL) <> 1
            OR max(status) FILTER (valid_to IS NULL) <> overall_status
            OR bool_or(valid_to <= valid_from)
    """
    assert query_rows(nights.inputs.home.published, query)[1] == []


def test_running_the_last_night_again_changes_only_the_ledger(nights: Nights, snapshot: Snapshot) -> None:
    before = snapshot(nights.inputs.home.published)
    again = run_nightly(nights.inputs, at_night(dt.date(2026, 3, 13)))
    assert again.exit_code == 0
    assert snapshot(nights.inputs.home.published) == before
    query = f"SELECT DISTINCT outcome FROM source_check WHERE source = 'clinicaltrials' AND run_id = {again.run_id}"
    assert query_rows(nights.inputs.home.published, query)[1] == [("same_day",)]


# Letters -------------------------------------------------------------------------------------------------------------

MONDAY = dt.datetime.combine(dt.date(2026, 3, 16), dt.time(7))
WEEKS = [f"2026-W{number:02d}" for number in range(6, 12)]


@pytest.fixture(scope="module")
def letters(nights: Nights) -> dict[str, dict[str, str]]:
    """The letters of the six weeks, by form and week."""
    return {
        form.value: {
            week: run_weekly(nights.inputs, find_week(week), MONDAY, form=form).read_text("utf-8") for week in WEEKS
        }
        for form in (Form.markdown, Form.text, Form.html, Form.json, Form.atom)
    }


def list_items(letter: str) -> list[dict[str, Any]]:
    sections = json.loads(letter)["sections"]
    return [item for section in sections for group in GROUPS for item in section[group]]


@pytest.mark.slow
def test_the_letters_of_six_weeks_hold_each_known_change_once_in_its_week(
    nights: Nights, letters: dict[str, dict[str, str]]
) -> None:
    told = [
        (item["nct_id"], move["old_status"], move["new_status"], week)
        for week, letter in letters["json"].items()
        for item in list_items(letter)
        for move in item["moves"]
    ]
    known = [(*change, dt.date.fromisoformat(day).isocalendar()) for *change, day in nights.truth["status_changes"]]
    assert sorted(told) == sorted((*change, f"{day.year}-W{day.week:02d}") for *change, day in known)


@pytest.mark.parametrize(("form", "arrow"), [("markdown", "→"), ("text", "->"), ("atom", "→")])
def test_each_known_change_is_read_once_in_every_form(
    nights: Nights, letters: dict[str, dict[str, str]], form: str, arrow: str
) -> None:
    whole = "\n".join(letters[form].values())
    for nct_id, old, new, _ in nights.truth["status_changes"]:
        moved = f"{show_status(old)} {arrow} {show_status(new)}"
        found = [part for part in re.split(r"\n(?=[-*] |&lt;li)", whole) if moved in part and nct_id in part]
        assert len(found) == 1, (nct_id, moved)


def test_each_known_change_is_a_row_of_chips_in_the_mail(nights: Nights, letters: dict[str, dict[str, str]]) -> None:
    chips: list[tuple[str, list[str]]] = []
    for letter in letters["html"].values():
        for entry in html.document_fromstring(letter).xpath("//div[@class='entry']"):
            statuses = [chip.text_content().partition("\xa0")[2] for chip in entry.xpath(".//span[@class]/.")]
            chips.append((entry.xpath(".//p[@class='meta']")[0].text_content(), statuses))
    for nct_id, old, new, _ in nights.truth["status_changes"]:
        rows = [row for meta, row in chips if meta.startswith(nct_id) and row]
        assert [[one for one in row if one] for row in rows] == [[show_status(old), show_status(new)]]


def test_every_change_of_weight_is_told_in_one_letter_and_none_in_two(
    nights: Nights, letters: dict[str, dict[str, str]]
) -> None:
    query = """
        SELECT DISTINCT nct_id, kind, CAST(observed_at AS DATE) FROM trial_change
        WHERE origin <> 'backfill' AND weight IN ('top', 'high', 'medium')
            AND NOT (kind = 'reference' AND json_extract_string(detail, '$.type') = 'BACKGROUND')
    """
    expected = {
        (nct_id, kind, f"{day.isocalendar().year}-W{day.isocalendar().week:02d}")
        for nct_id, kind, day in query_rows(nights.inputs.home.published, query)[1]
    }
    told = Counter(
        (item["nct_id"], kind, week)
        for week, letter in letters["json"].items()
        for item in list_items(letter)
        for kind in [*(["status"] if item["moves"] else []), *(line["kind"] for line in item["lines"])]
    )
    assert expected <= set(told)
    assert set(told.values()) == {1}


@pytest.mark.slow
def test_the_letters_written_again_are_the_same_bytes(nights: Nights, letters: dict[str, dict[str, str]]) -> None:
    week = WEEKS[2]
    for form in Form:
        again = run_weekly(nights.inputs, find_week(week), MONDAY + dt.timedelta(days=30), form=form)
        assert again.read_text("utf-8") == letters[form.value][week]


@pytest.mark.slow
def test_the_recorded_nights_made_again_from_the_landing_are_equal(nights: Nights) -> None:
    assert rebuild(nights.inputs, is_compared=True).differences == []
