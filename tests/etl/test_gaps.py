"""What trials give that matches no agent: counted by trials, quiet about what can be none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from etl.gaps import Gap, find_gaps
from etl.tagging import build_tagger
from models.vocabulary import parse_vocabulary

VOCABULARY = b"""
[[agent]]
name = "zelbarimab"
role = "lead"
synonyms = ["ZLB-201"]
never_alone = ["zelba"]
source = "invented"
[[target]]
name = "LAG-3"
symbol = "LAG3"
source = "invented"
"""
Row = dict[str, Any]


@pytest.fixture(scope="module")
def find() -> Callable[..., list[Gap]]:
    tag = build_tagger(parse_vocabulary({"x.toml": VOCABULARY})).tag
    return lambda rows, **parts: find_gaps(rows, tag, **parts)


def give(number: int, name: str, *other_names: str, kind: str = "DRUG") -> Row:
    return {
        "nct_id": f"NCT990001{number:02}",
        "intervention_type": kind,
        "name": name,
        "other_names": list(other_names),
    }


def test_what_matches_no_agent_is_listed_by_how_many_trials(find: Callable[..., list[Gap]]) -> None:
    rows = [
        give(1, "Docetaxel"),
        give(1, "QX 12"),
        give(2, "docetaxel"),
        give(2, "Zelbarimab 3 mg"),
        give(3, "DOCETAXEL"),
    ]
    assert find(rows) == [Gap("DOCETAXEL", "DRUG", 3, "NCT99000103"), Gap("QX 12", "DRUG", 1, "NCT99000101")]


def test_another_name_of_it_is_enough(find: Callable[..., list[Gap]]) -> None:
    assert find([give(1, "The study drug", "ZLB201")]) == []


def test_a_short_name_counts_in_a_list_of_drugs(find: Callable[..., list[Gap]]) -> None:
    assert find([give(1, "zelba")]) == []


def test_a_target_is_no_agent(find: Callable[..., list[Gap]]) -> None:
    assert [gap.intervention for gap in find([give(1, "anti-LAG-3 antibody")])] == ["anti-LAG-3 antibody"]


@pytest.mark.parametrize(
    "row",
    [
        give(1, "Placebo for QX-12"),
        give(1, "Standard of care"),
        give(1, "Biopsy", kind="PROCEDURE"),
        give(1, "Diary", kind="BEHAVIORAL"),
        give(1, "SBRT", kind="RADIATION"),
        give(1, "Vehicle"),
    ],
)
def test_what_can_be_no_agent_is_told_only_when_all_is_asked_for(find: Callable[..., list[Gap]], row: Row) -> None:
    assert find([row]) == []
    assert [gap.intervention for gap in find([row], is_all=True)] == [row["name"]]


def test_an_intervention_without_a_name_is_none(find: Callable[..., list[Gap]]) -> None:
    assert find([give(1, "")], is_all=True) == []
