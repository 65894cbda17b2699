"""Pages of an import are read and built ahead of their turn; what comes of them is what would come of them in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dags.import_pages
from dags import importing
from dags.import_pages import TakenPage, cut_pages, take_part
from dags.inputs import Inputs
from dags.sample.world import World
from dags.taking import Taken
from extractors.clinicaltrials.envelope import RecordId
from extractors.clinicaltrials.files import FileStudy
from models.errors import SourceError
from tests.dags.test_importing import FIRST, Ask, edit, load, offline, render, watch, write_page
from warehouse.store import Store

__all__ = ["offline"]


def take(*places: int) -> Iterator[Taken]:
    for place in places:
        record = RecordId(f"NCT9900{place:04d}")
        yield Taken(FileStudy(str(place), record, b"{}"), {})


def show(pages: Iterator[TakenPage]) -> list[tuple[list[int], bool]]:
    return [([int(nct_id[-4:]) for nct_id in page.studies], page.is_last) for page in pages]


def test_studies_are_cut_into_pages_and_these_into_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dags.import_pages, "_PAGE_RECORDS", 3)
    assert show(cut_pages(take(1, 2, 3, 4, 5, 6, 7), 5)) == [([1, 2, 3], False), ([4, 5], True), ([6, 7], False)]
    assert show(cut_pages(take(1, 2, 1, 1, 3))) == [([1, 2], False), ([1], False), ([1, 3], False)]
    assert show(cut_pages(take(1, 2), 1)) == [([1], True), ([2], True)]
    pages = cut_pages(take(1, 2, 3, 4, 5), 2)
    assert [show(take_part(pages)) for _ in range(4)] == [[([1, 2], True)], [([3, 4], True)], [([5], False)], []]


def test_a_trial_that_comes_new_beside_one_held_and_again_behind_it_has_both_its_states(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    inputs = watch(offline, "everything = true")
    studies = render(sample_world, FIRST)
    load(inputs, write_page(tmp_path / "a.json", studies[:1]))
    again = edit(studies[1], overallStatus="SUSPENDED", lastUpdateSubmitDate="2026-02-09")
    result = load(inputs, write_page(tmp_path / "b.json", [*studies[:2], again]), hour=16)
    assert (result.exit_code, result.new, [tally.older for tally in result.tallies]) == (0, 1, [0])
    states = ask(inputs, "SELECT overall_status FROM trial_version WHERE nct_id = 'NCT99000102' ORDER BY version_no")
    assert len(states) == 2
    assert states[1] == ("SUSPENDED",)
    assert ask(inputs, "SELECT overall_status FROM trial WHERE nct_id = 'NCT99000102'") == [("SUSPENDED",)]
    assert ask(inputs, "SELECT new_status FROM trial_status_change") == [("SUSPENDED",)]


def test_a_trial_taken_by_its_name_is_taken_when_it_comes_again_without(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask
) -> None:
    inputs = watch(offline, 'agents = ["zelbarimab"]')
    studies = render(sample_world, FIRST)
    silent = re.sub(rb"(?i)zelbarimab|zlb-?201", b"Water", edit(studies[0], lastUpdateSubmitDate="2026-02-09"))
    load(inputs, write_page(tmp_path / "a.json", [*studies, silent]))
    assert ask(inputs, "SELECT count(*) FROM trial_version WHERE nct_id = 'NCT99000101'") == [(2,)]


def test_what_ends_the_reading_ends_the_part_it_stands_in_not_those_before(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = watch(offline, "everything = true")
    monkeypatch.setattr(importing, "PART_RECORDS", 2)

    def break_off(taken: Iterator[Taken], part_records: int) -> Iterator[TakenPage]:
        for place, page in enumerate(cut_pages(taken, part_records)):
            if place == 2:
                raise SourceError("clinicaltrials", "the disk was taken out", "put it in")
            yield page

    monkeypatch.setattr(importing, "cut_pages", break_off)
    result = load(inputs, write_page(tmp_path / "a.json", render(sample_world, FIRST)))
    assert (result.exit_code, result.taken, result.new) == (1, 4, 4)
    assert [bool(step.error) for step in result.steps] == [False, False, True, False]
    assert ask(inputs, "SELECT count(*) FROM trial") == [(4,)]


def test_a_part_that_fails_leaves_nothing_taken(
    offline: Inputs, sample_world: World, tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = watch(offline, 'agents = ["zelbarimab"]')
    studies = render(sample_world, FIRST)
    silent = re.sub(rb"(?i)zelbarimab|zlb-?201", b"Water", studies[0])
    plain = Store.append
    tables: list[str] = []

    def fail_once(store: Store, table: str, *args: Any, **named: Any) -> None:
        tables.append(table)
        if tables.count("trial_version_log") == 1 and table == "trial_version_log":
            raise SourceError("clinicaltrials", "no", "again")
        plain(store, table, *args, **named)

    monkeypatch.setattr(Store, "append", fail_once)
    files = [write_page(tmp_path / "a.json", studies), write_page(tmp_path / "b.json", [silent])]
    result = load(inputs, *files)
    assert (result.exit_code, result.taken) == (1, 0)
    assert ask(inputs, "SELECT count(*) FROM trial") == [(0,)]
