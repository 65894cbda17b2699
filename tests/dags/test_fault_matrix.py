"""Every fault on every page: nothing is concluded while it lasts, it is said, and nothing is left a night later."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from dags.inputs import Inputs, read_inputs
from dags.nightly import run_nightly
from dags.sample.faults import Fault, Reply
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from dags.span import find_span
from dags.status import describe_items, describe_sources, read_status
from dags.weekly import run_weekly
from extractors.clinicaltrials import query
from tests.conftest import at_night
from warehouse.reader import query_rows

DAYS = [dt.date(2026, 2, 10), dt.date(2026, 2, 11), dt.date(2026, 2, 12)]
PAGE_SIZE = 5  # three pages of the sample's trials
PLACES = {"first": 0, "middle": 1, "last": 2}
READINGS = ("by number", "by search")
Answer = Callable[[str, str, str, str], Reply]
# What is sent instead of one page, asked of the sound server: its answerer, the page asked for, the page before.
Spoil = Callable[[Answer, str, Reply | None], Reply]


def answer_raw(body: bytes, *, status: int = 200, **headers: str) -> Spoil:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda *_: Reply(status, "application/json", body, named)


def wrap(spoil: Callable[[Reply], Reply]) -> Spoil:
    return lambda answer, target, _: spoil(answer("GET", target, "", "tests"))


def bend(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Spoil:
    """Change what a page says, and nothing of the wire."""

    def spoil(reply: Reply) -> Reply:
        body = change(json.loads(reply.body))
        return msgspec.structs.replace(reply, body=json.dumps(body, separators=(",", ":")).encode())

    return wrap(spoil)


def put(path: str, value: Any) -> Spoil:
    """Put a value into the page's first study."""

    def change(page: dict[str, Any]) -> dict[str, Any]:
        *parents, last = path.split(".")
        place = page["studies"][0]["protocolSection"]
        for name in parents:
            place = place[name]
        place[last] = value
        return page

    return bend(change)


def repeat_page(answer: Answer, target: str, before: Reply | None) -> Reply:
    """Send the page before again, or, where there is none, say that this one comes next."""
    return before or answer("GET", target, "", "tests")


def repeat_studies(answer: Answer, target: str, before: Reply | None) -> Reply:
    """Send the studies of the page before, with the right token."""
    page = json.loads(answer("GET", target, "", "tests").body)
    studies = json.loads((before or Reply(200, "", b'{"studies":[]}')).body)["studies"]
    return Reply(200, "application/json", json.dumps(page | {"studies": studies}).encode())


def skip_page(answer: Answer, target: str, _: Reply | None) -> Reply:
    """Send the page after this one; after the last there is none, and it is the end that is never told."""
    page = json.loads(answer("GET", target, "", "tests").body)
    if "nextPageToken" in page:
        base = target.partition("&pageToken=")[0]
        return answer("GET", f"{base}&pageToken={page['nextPageToken']}", "", "tests")
    return Reply(200, "application/json", b'{"studies":[]}')


def repeat_token(answer: Answer, target: str, _: Reply | None) -> Reply:
    """Send the page with the token by which it was asked for."""
    page = json.loads(answer("GET", target, "", "tests").body)
    token = target.partition("pageToken=")[2] or "nobody-knows-it"
    return Reply(200, "application/json", json.dumps(page | {"nextPageToken": token}).encode())


def count_by(more: int) -> Spoil:
    return bend(lambda page: page | ({"totalCount": page["totalCount"] + more} if "totalCount" in page else {}))


def without(*names: str) -> Spoil:
    return bend(lambda page: {name: value for name, value in page.items() if name not in names})


def twist_other(page: dict[str, Any]) -> dict[str, Any]:
    """Send the page's first study again, with another status."""
    other = json.loads(json.dumps(page["studies"][0]))
    other["protocolSection"]["statusModule"]["overallStatus"] = "WITHDRAWN"
    return page | {"studies": [*page["studies"], other]}


# What fails the source: the wire, or bytes that are no page.
FAILED: dict[str, Fault | Spoil] = {
    "429 with Retry-After": Fault(kind="status", status=429, retry_after="0"),
    "500": Fault(kind="status", status=500),
    "502": Fault(kind="status", status=502),
    "503": Fault(kind="status", status=503),
    "403": Fault(kind="status", status=403),
    "timeout": Fault(kind="timeout"),
    "connection reset": Fault(kind="reset"),
    "body cut in half": Fault(kind="cut"),
    "HTML with 200": Fault(kind="html"),
    "empty body": Fault(kind="empty"),
    "broken JSON": Fault(kind="broken"),
    "418": answer_raw(b"", status=418),
    "304": answer_raw(b"", status=304),
    "a redirect to itself": lambda _, target, __: Reply(301, "text/plain", b"", {"Location": target}),
    "404 in plain text": answer_raw(b"not found", status=404),
    "gzip that is none": answer_raw(b"no gzip at all", Content_Encoding="gzip"),
    "gzip cut off": wrap(
        lambda reply: msgspec.structs.replace(
            reply, body=gzip.compress(reply.body)[:-40], headers={"Content-Encoding": "gzip"}
        )
    ),
    "an empty object": answer_raw(b"{}"),
    "an empty list": answer_raw(b"[]"),
    "null for studies": answer_raw(b'{"studies": null}'),
    "a text for the count": bend(lambda page: page | {"totalCount": "14"} if "totalCount" in page else {"studies": 14}),
    "UTF-16": wrap(lambda reply: msgspec.structs.replace(reply, body=reply.body.decode().encode("utf-16"))),
    "a page repeated": repeat_page,
    "a token that comes back": repeat_token,
}
# What leaves an item in doubt: a page that can be read and is not the whole truth.
UNPROVED: dict[str, Spoil] = {
    "a page's studies repeated": repeat_studies,
    "a page missing": skip_page,
    "an empty page": bend(lambda page: page | {"studies": []}),
    "a study missing": bend(lambda page: page | {"studies": page["studies"][1:]}),
    "an end too early": bend(lambda page: {"studies": page["studies"][:2], "totalCount": page.get("totalCount", 0)}),
    "a count gone": without("totalCount"),
    "a count too high": count_by(1),
    "a count too low": count_by(-1),
    "a study twice, not alike": bend(twist_other),
    "a null where a string belongs": put("statusModule.overallStatus", None),
    "a null for a title": put("identificationModule.briefTitle", None),
    "a null for a country": put("contactsLocationsModule", {"locations": [{"country": None}]}),
    "a null for a number": put("identificationModule.nctId", None),
    "a null for a study": bend(lambda page: page | {"studies": [None, *page["studies"][1:]]}),
    "a number for a string": put("statusModule.overallStatus", 5),
    "a list for a study": bend(lambda page: page | {"studies": [[], *page["studies"][1:]]}),
}
# What does no harm at all.
PROVED: dict[str, Spoil] = {
    "a duplicated study": bend(lambda page: page | {"studies": [*page["studies"], *page["studies"][:1]]}),
}
KINDS: dict[str, Mapping[str, Fault | Spoil]] = {"failed": FAILED, "unproved": UNPROVED, "proved": PROVED}
# Said of the first page alone, or of all but the first: elsewhere there is nothing to spoil.
ONLY = {
    "a count gone": ["first"],
    "a count too high": ["first"],
    "a count too low": ["first"],
    "a page repeated": ["middle", "last"],
    "a token that comes back": ["middle", "last"],
}


class Case(NamedTuple):
    kind: str
    name: str
    place: str
    reading: str


# On one page of every run; the others, and all of them on every page and in both readings, are among the slow tests.
QUICK = {
    "429 with Retry-After",
    "500",
    "502",
    "503",
    "403",
    "timeout",
    "connection reset",
    "body cut in half",
    "HTML with 200",
    "empty body",
    "broken JSON",
    "a page repeated",
    "a page missing",
    "an empty page",
    "a duplicated study",
    "a null where a string belongs",
}


def list_cases() -> Iterator[Any]:
    """Give every case on every page and in both readings."""
    names = [(kind, name) for kind, spoils in KINDS.items() for name in spoils]
    for number, (kind, name) in enumerate(names):
        places = ONLY.get(name, list(PLACES))
        quick = (places[number % len(places)], READINGS[number % len(READINGS)]) if name in QUICK else None
        for place in places:
            for reading in READINGS:
                marks = [] if (place, reading) == quick else [pytest.mark.slow]
                yield pytest.param(Case(kind, name, place, reading), marks=marks, id=f"{name}-{place}-{reading}")


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


def watch_numbers(world: World) -> str:
    return f"trials = {json.dumps(sorted(world.studies))}"


def watch_search(world: World) -> str:
    """Make a search that fills three pages: an agent of fourteen trials, of which two move."""
    first = world.studies["NCT99000106"].render(DAYS[0]).decode()
    for number in range(501, 514):
        world.put(DAYS[0], json.loads(first.replace("NCT99000106", f"NCT99000{number}")))
    for number, day, status in ((503, DAYS[1], "TERMINATED"), (512, DAYS[2], "SUSPENDED")):
        study = json.loads(first.replace("NCT99000106", f"NCT99000{number}"))
        study["protocolSection"]["statusModule"] |= {
            "overallStatus": status,
            "lastUpdateSubmitDate": day.isoformat(),
            "lastUpdatePostDateStruct": {"date": day.isoformat(), "type": "ACTUAL"},
        }
        world.put(day, study)
    return 'agents = ["dulzotinib"]'


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Stage]]:
    patch = pytest.MonkeyPatch()
    patch.setattr(query, "_PAGING", (*query._PAGING[:1], ("pageSize", str(PAGE_SIZE)), *query._PAGING[2:]))  # noqa: SLF001
    with contextlib.ExitStack() as stack:
        yield {
            reading: stack.enter_context(build_stage(tmp_path_factory.mktemp("matrix"), watch))
            for reading, watch in zip(READINGS, (watch_numbers, watch_search), strict=True)
        }
    patch.undo()


@contextlib.contextmanager
def build_stage(folder: Path, watch: Callable[[World], str]) -> Iterator[Stage]:
    world = World.read(SAMPLE_FOLDER)
    with SampleServer(world) as server:
        world.serve(DAYS[-1])
        base = folder / "base"
        shutil.copytree(SAMPLE_FOLDER / "vocabulary", base / "vocabulary")
        (base / "watchlist.toml").write_text(
            f'[watch]\n{watch(world)}\n[vocabulary]\nextra = "vocabulary"\n'
            f'[source.clinicaltrials]\nbase_url = "{server.ctg_url}"\nrequests_per_second = 0\ntimeout_seconds = 0.5\n'
            f'[source.pubmed]\nbase_url = "{server.eutils_url}"\nrequests_per_second = 0\n'
        )
        run_night(base, world, DAYS[0])
        calm = shutil.copytree(base, folder / "calm")
        for day in DAYS[1:]:
            assert run_night(calm, world, day)[1] == 0
        yield Stage(world, server, base, read_final(read_inputs(calm / "watchlist.toml", environment={})))


def run_night(folder: Path, world: World, day: dt.date) -> tuple[Inputs, int]:
    world.serve(day)
    inputs = read_inputs(folder / "watchlist.toml", environment={})
    return inputs, run_nightly(inputs, at_night(day)).exit_code


def spoil_page(server: SampleServer, spoil: Spoil, page: int) -> Answer:
    """Return an answerer that spoils one page of the studies as often as it is asked for."""
    answer = server.answer
    seen: dict[str, Reply] = {}  # the pages asked for, in order of their first asking

    def answer_spoilt(method: str, target: str, form: str, user_agent: str) -> Reply:
        if "/studies?" not in target:
            return answer(method, target, form, user_agent)
        place = list(seen).index(target) if target in seen else len(seen)
        before = list(seen.values())[place - 1] if place else None
        reply = spoil(answer, target, before) if place == page else answer(method, target, form, user_agent)
        seen[target] = reply
        return reply

    return answer_spoilt


def read_letter(inputs: Inputs) -> str:
    """Return the letter of the days up to the spoilt night."""
    span = find_span(at_night(DAYS[0]) - dt.timedelta(days=1), at_night(DAYS[1]) + dt.timedelta(hours=1))
    return run_weekly(inputs, span, span.until).read_text("utf-8")


def ask(inputs: Inputs, text: str) -> list[tuple[Any, ...]]:
    return query_rows(inputs.home.published, text)[1]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("case", list(list_cases()))
def test_a_fault_concludes_nothing_and_leaves_nothing_after_recovery(
    case: Case, stages: dict[str, Stage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = stages[case.reading]
    home = shutil.copytree(stage.base, tmp_path / "home")
    spoil, page = KINDS[case.kind][case.name], PLACES[case.place]
    with monkeypatch.context() as patch:
        if isinstance(spoil, Fault):
            fault = msgspec.structs.replace(spoil, path="/studies", after=page, times=None)
            stage.server.faults[:] = [fault]
        else:
            patch.setattr(stage.server, "answer", spoil_page(stage.server, spoil, page))
        inputs, exit_code = run_night(home, stage.world, DAYS[1])
        stage.server.faults.clear()

    assert exit_code == (1 if case.kind == "failed" else 0)
    states = ask(inputs, "SELECT registry_state, count(*) FROM trial GROUP BY ALL")
    assert states == [("listed", 14)], "nothing is gone or missing, nothing is lost"
    assert ask(inputs, "SELECT kind FROM watch_event WHERE kind <> 'matched'") == []
    query = "SELECT DISTINCT outcome FROM source_check WHERE run_id = 2 AND source = 'clinicaltrials' ORDER BY 1"
    outcomes = [row[0] for row in ask(inputs, query)]
    check_what_is_said(inputs, case.kind, outcomes)

    inputs, exit_code = run_night(home, stage.world, DAYS[2])
    assert exit_code == 0
    assert read_final(inputs) == stage.undisturbed


def check_what_is_said(inputs: Inputs, kind: str, outcomes: list[str]) -> None:
    """The run, `status` and the letter say which source failed since when, or which items are in doubt and why."""
    letter = read_letter(inputs)
    status = read_status(inputs, at_night(DAYS[1]))
    line = describe_sources(status)[0]
    run = ask(inputs, "SELECT status, exit_code, message FROM run WHERE run_id = 2")[0]
    if kind == "failed":
        assert outcomes == ["failed"]
        step, message = ask(inputs, "SELECT step, message FROM run_step WHERE status = 'failed'")[0]
        assert step == "clinicaltrials"
        assert run == ("failed", 1, f"{message}; not read since 2026-02-10")
        assert line == f"clinicaltrials  source day 2026-02-10  ! not read since 2026-02-10: {message}"
        assert "ClinicalTrials.gov was not read on 11 Feb 2026" in letter
        assert "ClinicalTrials.gov stale since 10 Feb 2026" in letter
        return
    assert run[:2] == ("done", 0)
    assert line.startswith("clinicaltrials  source day 2026-02-1")
    assert line.endswith("  fresh")
    doubts = [item for item in describe_items(status) if "! clinicaltrials: " in item]
    if kind == "unproved":
        assert outcomes in (["unproved"], ["proved", "unproved"])
        assert doubts
        assert all("proved 2026-02-10" in item for item in doubts)
        assert "unproved at ClinicalTrials.gov" in letter
    else:
        assert outcomes == ["proved"]
        assert doubts == []
        assert "unproved" not in letter
