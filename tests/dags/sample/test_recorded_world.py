from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from dags.sample.server import SampleServer
from dags.sample.world import World

LAST = dt.date(2026, 3, 13)


@pytest.fixture
def world(shared: Path) -> World:
    return World.read(shared / "recorded")


def read_pages(server: SampleServer, **params: str) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = []
    with httpx.Client() as client:
        while not pages or "nextPageToken" in pages[-1]:
            token = {"pageToken": pages[-1]["nextPageToken"]} if pages else {}
            answer = client.get(f"{server.ctg_url}/studies", params=params | token)
            pages.append(answer.raise_for_status().json())
    return pages


def statuses_on(world: World, day: dt.date) -> dict[str, str]:
    world.serve(day)
    studies = (json.loads(study.render(day))["protocolSection"] for study in world.studies.values())
    return {study["identificationModule"]["nctId"]: study["statusModule"]["overallStatus"] for study in studies}


def test_all_eighty_trials_are_paged_through_with_the_total_on_the_first_page_only(world: World) -> None:
    world.serve(LAST)
    with SampleServer(world) as server:
        pages = read_pages(server, sort="LastUpdatePostDate:desc", pageSize="30", countTotal="true")
    assert [page.get("totalCount") for page in pages] == [80, None, None]
    studies = [study for page in pages for study in page["studies"]]
    assert len({study["protocolSection"]["identificationModule"]["nctId"] for study in studies}) == 80
    assert {study["derivedSection"]["miscInfoModule"]["versionHolder"] for study in studies} == {"2026-03-13"}


def test_a_served_study_is_the_recorded_one_but_for_the_stamp(shared: Path, world: World) -> None:
    other = World.read(shared / "recorded", ["trials.jsonl.gz"])
    for study in [*world.studies.values(), *other.studies.values()]:
        served = json.loads(study.render(LAST))
        assert served["derivedSection"]["miscInfoModule"].pop("versionHolder") == "2026-03-13"
        recorded = json.loads(study.raw)
        recorded["derivedSection"].get("miscInfoModule", {}).pop("versionHolder", None)
        assert served == recorded


def test_the_statuses_move_on_the_days_that_are_known(shared: Path, world: World) -> None:
    truth = json.loads((shared / "recorded" / "truth.json").read_text())
    days = [dt.date.fromisoformat(day) for day in truth["days"]]
    changes, before = [], statuses_on(world, days[0])
    for day in days[1:]:
        after = statuses_on(world, day)
        changes += [
            [nct_id, old, after[nct_id], day.isoformat()] for nct_id, old in before.items() if after[nct_id] != old
        ]
        before = after
    assert sorted(changes) == sorted(truth["status_changes"])


def test_recorded_articles_are_searched_and_fetched_as_of_the_day(world: World) -> None:
    form = {"db": "pubmed", "term": '"lung cancer"[tiab]', "retmode": "json", "retmax": "9999", "usehistory": "y"}
    found = []
    with SampleServer(world) as server, httpx.Client() as client:
        for day in (dt.date(2026, 2, 2), LAST):
            world.serve(day)
            result = client.post(f"{server.eutils_url}/esearch.fcgi", data=form).json()["esearchresult"]
            found.append(result["idlist"])
        history = {"db": "pubmed", "retmode": "xml", "WebEnv": result["webenv"], "query_key": "1"}
        articles = client.post(f"{server.eutils_url}/efetch.fcgi", data=history).content
    assert set(found[0]) < set(found[1])
    assert articles.count(b"<PubmedArticle>") == len(found[1])
    assert len(world.articles) == 180


def test_recorded_histories_are_answered_by_version(world: World, shared: Path) -> None:
    with SampleServer(world) as server, httpx.Client() as client:
        history = f"{server.history_url}/studies/NCT00324311/history"
        changes = client.get(history).json()["changes"]
        assert [change["version"] for change in changes] == list(range(6))
        last = client.get(f"{history}/5").json()
    assert last["studyVersion"] == 5
    assert last["study"]["protocolSection"]["statusModule"]["overallStatus"] == changes[5]["status"]


def test_a_world_of_recorded_histories_serves_each_version_from_its_day(shared: Path) -> None:
    world = World.read_histories(shared / "recorded" / "histories.jsonl.gz")
    truth: dict[str, list[list[str]]] = {}
    for line in gzip.decompress((shared / "recorded" / "histories.jsonl.gz").read_bytes()).splitlines():
        history = json.loads(line)
        truth[history["nct_id"]] = history["status_history"]
    assert world.studies.keys() == truth.keys()
    seen: dict[str, list[str]] = {nct_id: [] for nct_id in truth}
    for day in world.days:
        for nct_id, status in statuses_on(world, day).items():
            if seen[nct_id][-1:] != [status]:
                seen[nct_id].append(status)
    assert seen == {nct_id: [status for status, _ in spells] for nct_id, spells in truth.items()}
