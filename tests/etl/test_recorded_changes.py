"""Every difference between consecutive versions of real records is a typed change or administration; none is false.

The golden file was compared with the printed texts by a person (`python -m tests.etl.recorded_pairs`); where the rules
change, print them again, read, and only then write it anew (`--golden`).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from models.registry_fields import find_kind
from tests.etl.applying import apply_all, project_all
from tests.etl.explaining import list_unexplained
from tests.etl.recorded_pairs import GOLDEN, Pair, list_golden, list_pairs


@pytest.fixture(scope="module")
def pairs(shared: Path) -> list[Pair]:
    return list(list_pairs(shared))


def test_there_are_pairs_of_every_recorded_file(pairs: list[Pair]) -> None:
    assert {source: sum(pair.source == source for pair in pairs) for source in ("nightly", "trials", "histories")} == {
        "nightly": 25,
        "trials": 10,
        "histories": 206,
    }


def test_no_difference_of_real_versions_is_left_unexplained(pairs: list[Pair]) -> None:
    left = {(pair.nct_id, pair.day): list_unexplained(pair.old, pair.new, pair.find_changes()) for pair in pairs}
    assert {where: paths for where, paths in left.items() if paths} == {}


def test_the_changes_of_real_versions_applied_give_the_next_one(pairs: list[Pair]) -> None:
    for pair in pairs:
        assert apply_all(pair.old, pair.find_changes()) == project_all(pair.new), (pair.nct_id, pair.day)


def test_the_changes_are_those_a_person_has_read(pairs: list[Pair]) -> None:
    assert list_golden(iter(pairs)) == GOLDEN.read_text("utf-8").splitlines()


def test_every_field_told_is_of_its_kind(pairs: list[Pair]) -> None:
    for pair in pairs:
        for change in pair.find_changes():
            assert find_kind(change.field) in (change.kind, None), (change.kind, change.field)
