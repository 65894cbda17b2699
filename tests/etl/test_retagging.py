"""Which texts another vocabulary may read otherwise: never one too few, and of real texts hardly one too many."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dags.inputs import read_package_vocabulary
from etl.retagging import Spotter, find_changed
from etl.tagging import build_tagger
from etl.tagging.fields import build_trial_fields
from models.mention import TextField
from models.vocabulary import Action, Agent, Target, Vocabulary

Change = Callable[[Vocabulary], Vocabulary]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return read_package_vocabulary()


@pytest.fixture(scope="module")
def studies(shared: Path) -> list[dict[str, Any]]:
    with gzip.open(shared / "recorded" / "trials.jsonl.gz", "rt", encoding="utf-8") as lines:
        newest = {study["protocolSection"]["identificationModule"]["nctId"]: study for study in map(_read, lines)}
    return list(newest.values())[::2]


def _read(line: str) -> dict[str, Any]:
    study: dict[str, Any] = json.loads(line)["study"]
    return study


def edit(name: str, **parts: Any) -> Change:
    def change(old: Vocabulary) -> Vocabulary:
        def each(things: Any) -> Any:
            return tuple(msgspec.structs.replace(one, **parts) if one.name == name else one for one in things)

        return msgspec.structs.replace(old, targets=each(old.targets), agents=each(old.agents))

    return change


def drop(name: str) -> Change:
    return lambda old: msgspec.structs.replace(
        old,
        targets=tuple(one for one in old.targets if one.name != name),
        agents=tuple(one for one in old.agents if one.name != name),
    )


def add(thing: Target | Agent) -> Change:
    key = "targets" if isinstance(thing, Target) else "agents"
    return lambda old: msgspec.structs.replace(old, **{key: (*getattr(old, key), thing)})


PD_1 = Target(name="PD-1", symbol="PDCD1", synonyms=("PDCD1", "CD279"), source="invented")


def names(old: Vocabulary, new: Vocabulary) -> set[str]:
    return {thing.name for thing in find_changed(old, new)}


def test_nothing_has_changed_where_nothing_has(vocabulary: Vocabulary) -> None:
    assert find_changed(vocabulary, msgspec.structs.replace(vocabulary, version="another")) == []


@pytest.mark.parametrize("parts", [{"source": "another"}, {"hgnc_id": "HGNC:0"}, {"uniprot": "X"}])
def test_what_changes_no_reading_is_no_change(vocabulary: Vocabulary, parts: dict[str, Any]) -> None:
    assert names(vocabulary, edit("TIGIT", **parts)(vocabulary)) == set()


@pytest.mark.parametrize(
    "parts", [{"synonyms": ()}, {"cues": ("x",)}, {"blockers": ("x",)}, {"never_alone": ("x",)}, {"pathway": ""}]
)
def test_every_word_of_a_thing_counts(vocabulary: Vocabulary, parts: dict[str, Any]) -> None:
    assert "TIM-3" in names(vocabulary, edit("TIM-3", **parts)(vocabulary))


def test_a_target_takes_the_agents_of_its_gene_along(vocabulary: Vocabulary) -> None:
    with_target = add(PD_1)(vocabulary)
    for old, new in ((vocabulary, with_target), (with_target, vocabulary)):
        assert {"PD-1", "nivolumab", "pembrolizumab"} <= names(old, new)
        assert "relatlimab" not in names(old, new)


def test_a_thing_that_came_or_went_has_changed(vocabulary: Vocabulary) -> None:
    assert names(vocabulary, drop("relatlimab")(vocabulary)) == {"relatlimab"}
    agent = Agent(name="qwertymab", role="lead", source="invented", actions=(Action("LAG3", "blocks"),))
    assert names(vocabulary, add(agent)(vocabulary)) == {"qwertymab"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TIM-3", "TIM-1 and -3"),
        ("TIM-3", "TIM\u20113"),
        ("TIM-3", "TIM\uff0d3"),
        ("TIM-3", "\uff34\uff29\uff2d-3"),
        ("TIM-3", "T\u00adIM-3"),
        ("TIM-3", "T\u200bIM-3"),
        ("TIM-3", "TIM-\n3"),
        ("TIM-3", "PD-1xTIM-3"),
        ("FAP", "FAP\u03b1"),
        ("FAP", "FAPalpha"),
        ("RIG-I", "RIG-1"),
        ("CD73", "CD73high"),
        ("CD73", "ecto-5\u2032-nucleotidase"),
        ("eftilagimod alpha", "LAG-3Ig"),
        ("eftilagimod alpha", "eftilagimod \u03b1"),
        ("relatlimab", "bms\u2212986016"),
        ("CCR4", "the CCR4-NOT complex"),
    ],
)
def test_a_spelling_is_spotted_however_it_is_written(vocabulary: Vocabulary, name: str, text: str) -> None:
    everything: list[Target | Agent] = [*vocabulary.targets, *vocabulary.agents]
    things = [one for one in everything if one.name == name]
    spotter = Spotter(things)
    payload = json.dumps({"text": f"We saw {text}, and more."})
    assert spotter.holds(["Nothing.", f"We saw {text}, and more."])
    assert spotter.may_hold(payload)
    assert spotter.may_hold(msgspec.json.encode({"text": f"We saw {text}."}).decode())


def test_every_name_of_the_vocabulary_is_spotted(vocabulary: Vocabulary) -> None:
    things: list[Target | Agent] = [*vocabulary.targets, *vocabulary.agents]
    for thing in things:
        spotter = Spotter([thing])
        missed = [text for text, _ in thing.graded() if not spotter.holds([f"({text})"])]
        assert not missed, thing.name


def test_another_text_is_not_spotted(vocabulary: Vocabulary) -> None:
    spotter = Spotter([one for one in vocabulary.targets if one.name == "TIM-3"])
    assert not spotter.holds(["TIM-4 in 30 patients", "TIMELESS 3", "3 of them"])
    assert not spotter.may_hold('{"text": "PD-1 ≥ 3"}')


def test_without_a_change_nothing_is_looked_for() -> None:
    assert not Spotter([]).is_looking


CHANGES = {
    "a backbone goes": drop("nivolumab"),
    "a target with its agents comes": add(PD_1),
    "a target is blocked": edit("TIGIT", blockers=("PD-L1", "nivolumab")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_is_not_spotted_is_read_as_before(
    vocabulary: Vocabulary, studies: list[dict[str, Any]], change: Change
) -> None:
    new = change(vocabulary)
    spotter = Spotter(find_changed(vocabulary, new))
    before, after = build_tagger(vocabulary), build_tagger(new)
    spotted = differing = 0
    for study in studies:
        fields: list[TextField] = build_trial_fields(study)
        is_spotted = spotter.may_hold(json.dumps(study)) and spotter.holds(field.text for field in fields)
        is_other = before.tag(fields) != after.tag(fields)
        assert is_spotted or not is_other
        spotted, differing = spotted + is_spotted, differing + is_other
    assert 0 < differing <= spotted < len(studies)
