"""Every fault on every page: nothing is concluded while it lasts, and nothing is left of it a night later."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.faults import Fault, Reply
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from extractors.clinicaltrials import query
from tests.conftest import at_night
from warehouse.reader import query_rows

DAYS = [dt.date(2026, 2, 10), dt.date(2026, 2, 11), dt.date(2026, 2, 12)]
PAGE_SIZE = 5  # three pages of the sample's trials
PLACES = {"first": 0, "middle": 1, "last": 2}
FAULTS: dict[str, Callable[[int], Fault]] = {
    "429": lambda page: Fault(kind="status", status=429, retry_after="0", path="/studies", after=page, times=None),
    "500": lambda page: Fault(kind="status", status=500, path="/studies", after=page, times=None),
    "502": lambda page: Fault(kind="status", status=502, path="/studies", after=page, times=None),
    "503": lambda page: Fault(kind="status", status=503, path="/studies", after=page, times=None),
    "403": lambda page: Fault(kind="status", status=403, path="/studies", after=page, times=None),
    "reset": lambda page: Fault(kind="reset", path="/studies", after=page, times=None),
    "cut": lambda page: Fault(kind="cut", path="/studies", after=page, times=None),
    "html": lambda page: Fault(kind="html", path="/studies", after=page, times=None),
    "empty": lambda page: Fault(kind="empty", path="/studies", after=page, times=None),
    "broken": lambda page: Fault(kind="broken", path="/studies", after=page, times=None),
}
# What a page says that is no fault of the wire: each takes the page's decoded body and gives another.
Bend = Callable[[dict[str, Any]], dict[str, Any]]


def repeat_first(page: dict[str, Any]) -> dict[str, Any]:
    return page | {"studies": [*page["studies"], *page["studies"][:1]]}


def drop_one(page: dict[str, Any]) -> dict[str, Any]:
    return page | {"studies": page["studies"][1:]}


def drop_all(page: dict[str, Any]) -> dict[str, Any]:
    return page | {"studies": []}


def end_here(page: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in page.items() if key != "nextPageToken"} | {"studies": page["studies"][:2]}


def forget_count(page: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in page.items() if key != "totalCount"}


def null_status(page: dict[str, Any]) -> dict[str, Any]:
    page["studies"][0]["protocolSection"]["statusModule"]["overallStatus"] = None
    return page


BENDS: dict[str, Bend] = {
    "a study repeated": repeat_first,
    "a study missing": drop_one,
    "a page without its studies": drop_all,
    "a chain that ends early": end_here,
    "a vanished count": forget_count,
    "a null where a string belongs": null_status,
}
CASES = [(name, place) for name in (*FAULTS, *BENDS) for place in PLACES]
# One place a fault on every run; the whole matrix among the slow tests.
PARAMETERS = [
    pytest.param(name, place, marks=[] if place == list(PLACES)[number % 3] else pytest.mark.slow, id=f"{name}-{place}")
    for number, name in enumerate((*FAULTS, *BENDS))
    for place in PLACES
]


class Stage(NamedTuple):
    """A world on loopback, a home after its first night, and how the third looks when nothing went wrong."""

    world: World
    server: SampleServer
    base: Path
    undisturbed: dict[str, list[tuple[Any, ...]]]


def read_final(inputs: Inputs) -> dict[str, list[tuple[Any, ...]]]:
    """Return what must be equal after recovery: all but ledger rows and first-seen times."""
    queries = {
        "trial": "SELECT * EXCLUDE (first_seen_at, last_checked_at) FROM trial ORDER BY nct_id",
        "version": "SELECT nct_id, version_no, content_hash, origin FROM trial_version ORDER BY ALL",
        "change": "SELECT nct_id, kind, action, old_value, new_value, detail, weight, source_submit_date, origin "
        "FROM trial_change ORDER BY ALL",
        "event": "SELECT item, record, kind FROM watch_event ORDER BY ALL",
        "match": "SELECT item, record, field, synonym FROM watch_match ORDER BY ALL",
        "target": "FROM trial_target ORDER BY ALL",
        "mention": "FROM mention ORDER BY ALL",
    }
    return {name: query_rows(inputs.home.published, text)[1] for name, text in queries.items()}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    world = World.read(SAMPLE_FOLDER)
    folder = tmp_path_factory.mktemp("matrix")
    patch = pytest.MonkeyPatch()
    patch.setattr(query, "_PAGING", (*query._PAGING[:1], ("pageSize", str(PAGE_SIZE)), *query._PAGING[2:]))  # noqa: SLF001
    with SampleServer(world) as server:
        world.serve(DAYS[-1])
        base = folder / "base"
        base.mkdir()
        (base / "watchlist.toml").write_text(
            f"[watch]\ntrials = {json.dumps(sorted(world.studies))}\n"
            f'[source.clinicaltrials]\nbase_url = "{server.ctg_url}"\nrequests_per_second = 0\n'
            f'[source.pubmed]\nbase_url = "{server.eutils_url}"\nrequests_per_second = 0\n'
        )
        run_night(base, world, DAYS[0])
        calm = shutil.copytree(base, folder / "calm")
        for day in DAYS[1:]:
            assert run_night(calm, world, day)[1] == 0
        yield Stage(world, server, base, read_final(run_night(calm, world, DAYS[2])[0]))
    patch.undo()


def run_night(folder: Path, world: World, day: dt.date) -> tuple[Inputs, int]:
    world.serve(day)
    inputs = read_inputs(folder / "watchlist.toml", environment={})
    return inputs, run_nightly(inputs, at_night(day)).exit_code


def bend_page(server: SampleServer, bend: Bend, page: int) -> Callable[..., Reply]:
    """Return an answerer that bends one page of the studies, as long as it is asked for."""
    answer = server.answer
    seen = iter(range(1_000))

    def answer_bent(method: str, target: str, form: str, user_agent: str) -> Reply:
        reply = answer(method, target, form, user_agent)
        if "/studies?" not in target or next(seen) != page:
            return reply
        body = bend(json.loads(reply.body))
        return msgspec.structs.replace(reply, body=json.dumps(body, separators=(",", ":")).encode())

    return answer_bent


@pytest.mark.parametrize(("name", "place"), PARAMETERS)
def test_a_fault_concludes_nothing_and_leaves_nothing_after_recovery(
    name: str, place: str, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shutil.copytree(stage.base, tmp_path / "home")
    page = PLACES[place]
    if name in FAULTS:
        stage.server.faults[:] = [FAULTS[name](page)]
    else:
        monkeypatch.setattr(stage.server, "answer", bend_page(stage.server, BENDS[name], page))
    inputs, exit_code = run_night(home, stage.world, DAYS[1])
    stage.server.faults.clear()
    monkeypatch.undo()

    assert exit_code == (1 if name in FAULTS else 0)
    states = query_rows(inputs.home.published, "SELECT registry_state, count(*) FROM trial GROUP BY ALL")[1]
    assert states == [("listed", 14)], "nothing is gone or missing, nothing is lost"
    outcomes = dict(
        query_rows(
            inputs.home.published,
            "SELECT outcome, count(*) FROM source_check WHERE run_id = 2 AND source = 'clinicaltrials' GROUP BY 1",
        )[1]
    )
    if name in FAULTS:
        assert set(outcomes) == {"failed"}
        failed = query_rows(inputs.home.published, "SELECT step FROM run_step WHERE status = 'failed'")[1]
        assert failed == [("clinicaltrials",)]

    inputs, exit_code = run_night(home, stage.world, DAYS[2])
    assert exit_code == 0
    assert read_final(inputs) == stage.undisturbed
