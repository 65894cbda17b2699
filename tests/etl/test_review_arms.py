"""What a record gives: names of interventions and arms, descriptions only where names are silent."""

from __future__ import annotations

from typing import Any

import pytest

from dags.inputs import read_package_vocabulary
from etl.review.arms import find_given
from etl.review.dossier import find_combinations, resolve_claim
from models.review import Claim, parse_reviews

PAIR = {"nivolumab/relatlimab": ("nivolumab", "relatlimab")}


def say(field: str, agent: str | None, drugs: int = 1, target: str | None = None) -> dict[str, Any]:
    """Return a row of the statement review_arms."""
    place = field.startswith(("interventions", "armGroups"))
    return {"field": field, "agent": agent, "target": target, "is_arm": place, "drugs": drugs}


@pytest.mark.parametrize(
    ("rows", "given"),
    [
        ([say("interventions[0].name", "cobolimab")], {"cobolimab"}),
        ([say("interventions[0].otherNames[1]", "cobolimab")], {"cobolimab"}),
        ([say("armGroups[0].label", "cobolimab")], {"cobolimab"}),
        ([say("briefTitle", "relatlimab"), say("eligibility.inclusion", "relatlimab")], set()),
        # Given after another, or unlike it.
        ([say("interventions[0].name", "cobolimab"), say("interventions[0].description", "relatlimab")], {"cobolimab"}),
        ([say("interventions[0].name", "cobolimab"), say("armGroups[0].description", "relatlimab")], {"cobolimab"}),
        # "Study treatment": only the description says what that is.
        ([say("interventions[0].description", "relatlimab")], {"relatlimab"}),
        ([say("armGroups[0].description", "relatlimab")], {"relatlimab"}),
        (
            [say("interventions[0].name", "cobolimab", 2), say("armGroups[0].description", "relatlimab", 2)],
            {"cobolimab", "relatlimab"},
        ),
        (
            [say("interventions[0].name", "cobolimab", 2), say("interventions[1].description", "relatlimab", 2)],
            {"cobolimab", "relatlimab"},
        ),
        # Nothing that may be an agent lacks a name.
        ([say("armGroups[0].description", "relatlimab", 0)], set()),
        ([say("interventions[0].name", "nivolumab/relatlimab")], {"nivolumab/relatlimab", "nivolumab", "relatlimab"}),
        (
            [say("interventions[0].name", "nivolumab", 2), say("interventions[1].name", "relatlimab", 2)],
            {"nivolumab/relatlimab", "nivolumab", "relatlimab"},
        ),
        ([say("interventions[0].name", "relatlimab")], {"relatlimab"}),
    ],
)
def test_a_record_gives_what_its_names_say(rows: list[dict[str, Any]], given: set[str]) -> None:
    assert {row["agent"] for row in find_given(rows, PAIR)} == given


def test_a_fixed_combination_of_the_vocabulary_has_its_parts_and_is_a_name_of_each() -> None:
    vocabulary = read_package_vocabulary()
    combinations = find_combinations(vocabulary)
    assert combinations["nivolumab/relatlimab"] == ("nivolumab", "relatlimab")
    assert not {"TY/23", "Nectin4/FAP CAR-T cells"} & combinations.keys()
    (review,) = parse_reviews({"a.toml": b'[review]\nid = "a"\ntitle = "A"\nprinted = 2025-06-30\n'})
    claim = Claim(id="one", section="S", statement="So.", state="ongoing", agents=("relatlimab",))
    assert {"BMS-986016", "BMS-986213"} <= {
        *resolve_claim(review, claim, vocabulary, find_combinations(vocabulary)).names["relatlimab"]
    }
