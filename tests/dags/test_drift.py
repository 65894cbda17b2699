"""What the registry serves without describing it is told once, counted by record, and told when it ends."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dags.drift import DriftWatch
from dags.inputs import Inputs, read_inputs
from dags.run_ledger import close_run, open_run
from models.errors import WarehouseError
from tests.etl.studies import STUDY, Json, change
from tests.warehouse.rows import query
from warehouse.store import Store

FIRST_NIGHT = dt.datetime(2026, 2, 10, 14)  # noqa: DTZ001  instants are UTC without saying so
STATUS = "protocolSection.statusModule"
SITES = "protocolSection.contactsLocationsModule.locations"
Told = list[tuple[str, str, str | None, int]]


class Warehouse:
    """A real store, and nights in which studies come anew; it keeps what each was before, as the loader does."""

    def __init__(self, inputs: Inputs, store: Store) -> None:
        self.inputs = inputs
        self.store = store
        self.held: dict[str, Json] = {}
        self.nights = 0
        self.blamed: set[str] = set()

    def night(self, studies: Mapping[str, Json], *, fails: bool = False) -> list[str]:
        """Serve studies on the next night; return the warnings it made."""
        clock = FIRST_NIGHT + dt.timedelta(days=self.nights)
        self.nights += 1
        with open_run(self.inputs, self.store, "nightly", clock.date().isoformat(), clock) as run:
            with run.step("clinicaltrials") as result:
                watch = DriftWatch(run)
                for nct_id, study in studies.items():
                    watch.look(nct_id, study, self.held.get(nct_id))
                    self._write_version(nct_id, study, clock)
                watch.write()
                self.blamed = watch.find_vanished_or_returned()
                if fails:
                    raise WarehouseError("the disk is full")
            assert bool(result.error) == fails
            close_run(run, exit_code=int(fails), seconds=0.0, message="")
        if not fails:
            self.held |= studies
        warnings = f"SELECT message FROM issue WHERE run_id = {run.run_id} AND severity = 'warning'"
        return [message for (message,) in query(self.store, warnings)]

    def _write_version(self, nct_id: str, study: Json, clock: dt.datetime) -> None:
        number, payload = self.nights, json.dumps(study).replace("'", "''")
        query(
            self.store,
            f"""
INSERT INTO trial_version_log BY NAME SELECT
    '{nct_id}-{number}' AS version_id, '{nct_id}' AS nct_id, '{number}' AS content_hash, 'live' AS origin,
    DATE '{clock.date()}' AS source_day, {number} AS learnt_no, TIMESTAMP '{clock}' AS first_seen_at, 1 AS run_id,
    'RECRUITING' AS overall_status, '{payload}' AS payload
""",
        )
        if nct_id not in self.held:
            query(
                self.store,
                f"""
INSERT INTO trial_record BY NAME SELECT
    '{nct_id}' AS nct_id, 'RECRUITING' AS overall_status, false AS has_results, 0 AS site_count,
    [] AS phases, [] AS collaborators, [] AS conditions, [] AS interventions, [] AS countries
""",
            )
            self.sight(nct_id, "listed")

    def sight(self, nct_id: str, state: str) -> None:
        query(self.store, f"DELETE FROM trial_sighting WHERE nct_id = '{nct_id}'")
        query(
            self.store,
            f"""
INSERT INTO trial_sighting BY NAME SELECT
    '{nct_id}' AS nct_id, '{state}' AS registry_state, 'h' AS raw_hash, DATE '2026-02-10' AS source_day,
    [] AS missing_days, TIMESTAMP '{FIRST_NIGHT}' AS first_seen_at, TIMESTAMP '{FIRST_NIGHT}' AS last_checked_at
""",
        )

    def told(self) -> Told:
        return query(
            self.store, "SELECT kind, path, value, count FROM schema_drift ORDER BY first_seen_at, kind, path, value"
        )

    def rows(self, columns: str) -> list[tuple[Any, ...]]:
        return query(self.store, f"SELECT {columns} FROM schema_drift ORDER BY first_seen_at, kind, path")


@pytest.fixture
def warehouse(tmp_path: Path, write_watchlist: Callable[..., Path]) -> Iterator[Warehouse]:
    (tmp_path / "watchlist.toml").write_text('[watch]\ntrials = ["NCT99000101"]\n', "utf-8")
    inputs = read_inputs(tmp_path / "watchlist.toml", environment={})
    with inputs.home.lock("run"), Store.open(inputs.home.working, FIRST_NIGHT) as store:
        yield Warehouse(inputs, store)


def trials(count: int, study: Json = STUDY) -> dict[str, Json]:
    return {f"NCT990001{place:02}": study for place in range(1, count + 1)}


def without(path: str, study: Json = STUDY) -> Json:
    return change(path, None, study)


def with_unknown(name: str = "newField") -> Json:
    return change(f"{STATUS}.{name}", "x")


def at(night: int) -> dt.datetime:
    return FIRST_NIGHT + dt.timedelta(days=night)


def test_documented_studies_leave_no_row_and_no_warning(warehouse: Warehouse) -> None:
    assert warehouse.night(trials(5)) == []
    assert warehouse.told() == []
    assert warehouse.blamed == set()


def test_what_is_unknown_is_told_once_and_counted_by_record(warehouse: Warehouse) -> None:
    study = change(f"{STATUS}.overallStatus", "PAUSED") | {"newSection": {"a": 1}}
    study = change(f"{SITES}.1.contacts", [{"fax": "1"}], study)
    assert sorted(warehouse.night(trials(3, study))) == [
        f'{STATUS}.overallStatus holds what the registry does not document: "PAUSED"; kept as it came',
        f"the registry does not document the field {SITES}.contacts.fax; kept in the payload",
        "the registry does not document the section newSection; kept in the payload",
    ]
    assert warehouse.told() == [
        ("field", f"{SITES}.contacts.fax", None, 3),
        ("section", "newSection", None, 3),
        ("value", f"{STATUS}.overallStatus", "PAUSED", 3),
    ]
    assert warehouse.rows("example_record, example_path")[0] == ("NCT99000101", f"{SITES}[1].contacts[0].fax")
    issues = query(warehouse.store, "SELECT DISTINCT source, record FROM issue")
    assert issues == [("clinicaltrials", "NCT99000101")]


def test_what_is_known_already_is_not_told_again_and_no_record_counts_twice(warehouse: Warehouse) -> None:
    warehouse.night(trials(2, with_unknown()))
    edited = change(f"{STATUS}.whyStopped", "slow", with_unknown())
    assert warehouse.night(trials(3, edited)) == []
    assert warehouse.told() == [("field", f"{STATUS}.newField", None, 3)]
    assert warehouse.rows("first_seen_at, last_seen_at, run_id") == [(at(0), at(1), 1)]
    assert warehouse.night(trials(2, STUDY)) == []
    assert warehouse.night(trials(2, edited)) == []
    assert warehouse.told()[0] == ("field", f"{STATUS}.newField", None, 3)


def test_a_night_in_which_nothing_came_anew_changes_nothing(warehouse: Warehouse) -> None:
    warehouse.night(trials(3, with_unknown()))
    before = warehouse.rows("*")
    assert warehouse.night({}) == []
    assert warehouse.rows("*") == before
    assert warehouse.blamed == set()


def test_a_night_that_fails_leaves_no_row_and_the_next_one_tells(warehouse: Warehouse) -> None:
    warehouse.night(trials(3, with_unknown()), fails=True)
    assert warehouse.told() == []
    assert len(warehouse.night(trials(3, with_unknown()))) == 1
    assert warehouse.told() == [("field", f"{STATUS}.newField", None, 3)]


def test_a_field_that_every_record_loses_has_vanished(warehouse: Warehouse) -> None:
    warehouse.night(trials(4))
    warnings = warehouse.night(trials(4, without(f"{STATUS}.startDateStruct.type")))
    assert warnings == [f"no record holds {STATUS}.startDateStruct.type any more: 4 lost it at once"]
    assert warehouse.told() == [("vanished", f"{STATUS}.startDateStruct.type", None, 4)]
    assert warehouse.blamed == {f"{STATUS}.startDateStruct.type"}
    assert warehouse.rows("example_record, example_path, ended_at") == [
        ("NCT99000101", f"{STATUS}.startDateStruct.type", None)
    ]


def test_of_a_module_that_vanishes_the_highest_path_is_told(warehouse: Warehouse) -> None:
    warehouse.night(trials(3))
    assert len(warehouse.night(trials(3, without("protocolSection.contactsLocationsModule")))) == 1
    assert warehouse.told() == [("vanished", "protocolSection.contactsLocationsModule", None, 3)]


def test_a_field_of_list_items_vanishes_with_the_last_of_them(warehouse: Warehouse) -> None:
    warehouse.night(trials(3))
    one_left = without(f"{SITES}.0.facility")
    warehouse.night(trials(3, one_left))
    assert warehouse.told() == []
    warehouse.night(trials(3, without(f"{SITES}.1.facility", one_left)))
    assert warehouse.told() == [("vanished", f"{SITES}.facility", None, 3)]
    assert warehouse.rows("example_path") == [(f"{SITES}[1].facility",)]


def test_what_fewer_than_three_records_lose_has_not_vanished(warehouse: Warehouse) -> None:
    warehouse.night(trials(2))
    assert warehouse.night(trials(2, without(f"{STATUS}.startDateStruct"))) == []
    assert warehouse.told() == []
    assert warehouse.blamed == set()


def test_what_a_record_of_tonight_still_holds_has_not_vanished(warehouse: Warehouse) -> None:
    warehouse.night(trials(5))
    lost = trials(4, without(f"{STATUS}.startDateStruct"))
    kept = {"NCT99000105": change(f"{STATUS}.whyStopped", "slow")}
    assert warehouse.night(lost | kept) == []


@pytest.mark.parametrize("path", [f"{STATUS}.startDateStruct", f"{SITES}.0.geoPoint", "hasResults"])
def test_what_a_record_that_did_not_come_anew_holds_has_not_vanished(warehouse: Warehouse, path: str) -> None:
    warehouse.night(trials(5))
    assert warehouse.night(trials(4, without(path))) == []
    assert warehouse.told() == []


def test_what_only_an_older_version_holds_has_vanished(warehouse: Warehouse) -> None:
    bare = without(f"{STATUS}.startDateStruct")
    warehouse.night(trials(4))
    warehouse.night({"NCT99000104": bare})
    assert warehouse.told() == []
    assert len(warehouse.night(trials(3, bare))) == 1
    assert warehouse.told() == [("vanished", f"{STATUS}.startDateStruct", None, 3)]


def test_an_empty_place_of_another_record_is_no_field(warehouse: Warehouse) -> None:
    empty = change(f"{STATUS}.startDateStruct", {"date": None, "type": None}, change(SITES, []))
    warehouse.night(trials(3) | {"NCT99000109": empty})
    warehouse.night(trials(3, change(SITES, [], without(f"{STATUS}.startDateStruct"))))
    assert [path for _, path, *_ in warehouse.told()] == [
        SITES,
        f"{STATUS}.startDateStruct.date",
        f"{STATUS}.startDateStruct.type",
    ]


@pytest.mark.parametrize("why", ["gone", "unwatched"])
def test_a_record_that_is_no_longer_read_keeps_no_field_alive(warehouse: Warehouse, why: str) -> None:
    warehouse.night(trials(4))
    if why == "gone":
        warehouse.sight("NCT99000104", "gone")
    else:
        query(
            warehouse.store,
            "INSERT INTO watch_match BY NAME SELECT 'clinicaltrials' AS source, 'trial:NCT99000104' AS item,"
            " 'NCT99000104' AS record, now()::TIMESTAMP AS first_matched_at, DATE '2026-02-10' AS last_matched_day",
        )
    assert len(warehouse.night(trials(3, without(f"{STATUS}.startDateStruct")))) == 1


def test_a_vanished_field_that_stays_away_is_not_told_again(warehouse: Warehouse) -> None:
    bare = without(f"{STATUS}.startDateStruct")
    warehouse.night(trials(3))
    warehouse.night(trials(3, bare))
    assert warehouse.night(trials(3, change(f"{STATUS}.whyStopped", "slow", bare))) == []
    assert warehouse.told() == [("vanished", f"{STATUS}.startDateStruct", None, 3)]
    assert warehouse.blamed == set()


def test_a_vanished_field_that_returns_is_ended_and_told_anew_when_it_goes_again(warehouse: Warehouse) -> None:
    bare = without(f"{STATUS}.startDateStruct")
    warehouse.night(trials(3))
    warehouse.night(trials(3, bare))
    assert warehouse.night({"NCT99000102": STUDY}) == []
    assert warehouse.blamed == {f"{STATUS}.startDateStruct"}
    assert warehouse.rows("first_seen_at, ended_at") == [(at(1), at(2))]
    warehouse.night(trials(3))
    assert warehouse.blamed == set()
    assert len(warehouse.night(trials(3, bare))) == 1
    assert warehouse.rows("first_seen_at, ended_at") == [(at(1), at(2)), (at(4), None)]


def test_a_straggler_that_loses_a_vanished_field_is_blamed_on_it_too(warehouse: Warehouse) -> None:
    bare = without(f"{STATUS}.startDateStruct")
    warehouse.night(trials(4))
    warehouse.sight("NCT99000104", "gone")
    warehouse.night(trials(3, bare))
    assert warehouse.night({"NCT99000104": bare}) == []
    assert warehouse.blamed == {f"{STATUS}.startDateStruct"}


def test_an_unknown_field_may_vanish_too(warehouse: Warehouse) -> None:
    warehouse.night(trials(3, with_unknown()))
    warehouse.night(trials(3))
    assert warehouse.told() == [
        ("field", f"{STATUS}.newField", None, 3),
        ("vanished", f"{STATUS}.newField", None, 3),
    ]


def test_a_closed_list_that_is_closed_no_more_is_told_a_few_times_not_endlessly(warehouse: Warehouse) -> None:
    studies = {
        nct_id: change(f"{STATUS}.overallStatus", f"WORD {nct_id}") for nct_id in (f"NCT9900{n:04}" for n in range(60))
    }
    first = dict(list(studies.items())[:30])
    assert len(warehouse.night(first)) == 21
    assert warehouse.night(dict(list(studies.items())[30:])) == []
    assert len(warehouse.told()) == 21
    assert ("value", f"{STATUS}.overallStatus", "*", 40) in warehouse.told()


def test_names_made_up_for_each_record_are_told_a_few_times_not_endlessly(warehouse: Warehouse) -> None:
    studies = {f"NCT9900{n:04}": with_unknown(f"field{n}") | {f"section{n}": 1} for n in range(50)}
    assert len(warehouse.night(studies)) == 42
    assert ("field", f"{STATUS}.*", None, 30) in warehouse.told()
    assert ("section", "*", None, 30) in warehouse.told()


@pytest.mark.parametrize("name", ["", "a.b", 'q"uote', "back\\slash", "\x1b[31m", "größe", "*", "$", "[0]", "'", "\n"])
def test_a_name_of_any_letters_is_harmless(warehouse: Warehouse, name: str) -> None:
    strange = copy.deepcopy(STUDY)
    strange["protocolSection"]["statusModule"][name] = [{name: "x"}]
    assert len(warehouse.night(trials(4, strange))) == 1
    warehouse.night(trials(3))
    assert [kind for kind, *_ in warehouse.told()] == ["field"]


def test_a_record_met_twice_in_one_night_counts_once(warehouse: Warehouse) -> None:
    clock = at(0)
    with (
        open_run(warehouse.inputs, warehouse.store, "nightly", "2026-02-10", clock) as run,
        run.step("clinicaltrials"),
    ):
        watch = DriftWatch(run)
        for _ in range(2):
            watch.look("NCT99000101", with_unknown(), None)
        watch.write()
    assert warehouse.told() == [("field", f"{STATUS}.newField", None, 1)]
