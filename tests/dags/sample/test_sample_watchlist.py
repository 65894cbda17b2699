from __future__ import annotations

from pathlib import Path

import pytest

import models.vocabulary
from dags.sample.essie import find_articles, find_studies
from dags.sample.world import SAMPLE_FOLDER, World
from models.settings import parse_settings
from models.vocabulary import parse_vocabulary
from models.watchlist import WatchItem, build_watch_items


@pytest.fixture
def items() -> tuple[WatchItem, ...]:
    folders = [Path(models.vocabulary.__file__).parent, SAMPLE_FOLDER / "vocabulary"]
    vocabulary = parse_vocabulary(
        {path.name: path.read_bytes() for folder in folders for path in folder.glob("*.toml")}
    )
    settings = parse_settings((SAMPLE_FOLDER / "watchlist.toml").read_bytes(), "watchlist.toml")
    return build_watch_items(settings.watch, vocabulary, "watchlist.toml")


def find_trials(world: World, item: WatchItem, area: str) -> set[str]:
    if item.kind == "trial":
        params = {"filter.ids": item.name}
    else:
        params = {area: " OR ".join(f'"{term}"' for term in item.terms)}
        params |= {"query.cond": f'"{item.condition}"'} if item.condition else {}
    return {study.nct_id for study in find_studies(world, params)}


def find_papers(world: World, item: WatchItem) -> set[str]:
    term = " OR ".join(f'"{term}"[tiab]' for term in item.terms) + (f" OR {item.name}[si]" * (item.kind == "trial"))
    narrowed = f'({term}) AND "{item.condition}"[tiab]' if item.condition else term
    return {article.pmid for article in find_articles(world, narrowed, None)[0]}


@pytest.mark.parametrize("area", ["query.intr", "query.term"])
def test_the_watchlist_of_the_sample_finds_every_trial(items: tuple[WatchItem, ...], area: str) -> None:
    world = World.read(SAMPLE_FOLDER)
    found = set.union(*(find_trials(world, item, area) for item in items))
    assert found == world.studies.keys()


def test_the_watchlist_of_the_sample_finds_every_paper(items: tuple[WatchItem, ...]) -> None:
    world = World.read(SAMPLE_FOLDER)
    found = set.union(*(find_papers(world, item) for item in items))
    assert found == world.articles.keys()


def test_familial_polyposis_is_read_by_number_and_not_by_the_target(items: tuple[WatchItem, ...]) -> None:
    world = World.read(SAMPLE_FOLDER)
    by_item = {item.item_id: find_trials(world, item, "query.term") for item in items}
    assert by_item["target:FAP"] == {"NCT99000108", "NCT99000109"}
    assert by_item["trial:NCT99000112"] == {"NCT99000112"}
