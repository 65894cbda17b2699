"""Every fault on requests of PubMed: nothing is concluded while it lasts, it is said, and nothing is lost by it."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from dags import nightly
from dags.inputs import Inputs, read_inputs
from dags.sample.faults import Fault, Reply
from dags.sample.server import SampleServer
from dags.sample.world import World
from dags.status import describe_items, describe_sources, read_status
from extractors.pubmed import fetch
from tests.conftest import at_night
from tests.dags.pubmed_nights import DAYS, LONG_AGO, PUBMED_ALONE, build_world, write_home, write_paper
from tests.dags.test_fault_matrix import ask, read_letter, run_night

PAGE_SIZE = 4
PLACES = ("first", "middle", "last")
UTILITIES = ("esearch", "efetch")
WATCH = 'agents = ["zelbarimab", "dulzotinib"]'
SINCE_LAST = DAYS[0] - dt.timedelta(days=2)
PAPERS = [
    *(write_paper(number, LONG_AGO) for number in range(1, 11)),
    *(write_paper(number, SINCE_LAST, "Dulzotinib at work") for number in range(11, 14)),
    # The spoilt night: nine new papers, five revised ones, one that names an agent only now.
    *(write_paper(number, DAYS[1]) for number in range(20, 29)),
    *(write_paper(number, DAYS[1], "Zelbarimab, revised") for number in range(1, 5)),
    write_paper(11, DAYS[1], "Dulzotinib at work", "An abstract, at last."),
    write_paper(14, LONG_AGO, "Something else"),
    write_paper(14, DAYS[1], "Dulzotinib after all"),
    # The night after.
    write_paper(30, DAYS[2], "Zelbarimab and dulzotinib"),
    write_paper(12, DAYS[2], "Dulzotinib, revised"),
]
# Each gets the sound answer to a request and gives what is sent instead.
Spoil = Callable[[Reply], Reply]


def answer_raw(body: str, status: int = 200, content_type: str = "text/xml", **headers: str) -> Spoil:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Reply(status, content_type, body.encode(), named)


def bend(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Spoil:
    """Change what a search says."""

    def spoil(reply: Reply) -> Reply:
        page = json.loads(reply.body)
        return msgspec.structs.replace(
            reply, body=json.dumps({"esearchresult": change(page["esearchresult"])}).encode()
        )

    return spoil


def report_error(reply: Reply) -> Reply:
    """Say ERROR inside a 200, in the form of the answer."""
    is_search = reply.body.lstrip().startswith(b"{")
    body = b'{"esearchresult":{"ERROR":"Search Backend failed: \\nread timed out"}}'
    return msgspec.structs.replace(
        reply, body=body if is_search else b"<eFetchResult><ERROR>Cannot retrieve history data</ERROR></eFetchResult>"
    )


def edit_records(pattern: bytes, by: bytes) -> Spoil:
    return lambda reply: msgspec.structs.replace(reply, body=re.sub(pattern, by, reply.body, count=1, flags=re.DOTALL))


FIRST_RECORD = rb"(<PubmedArticle>.*?</PubmedArticle>)"
# Sent as often as the request is made: these fail the source.
FAILED: dict[str, Fault | Spoil] = {
    "429": Fault(kind="status", status=429),
    "429 with Retry-After": Fault(kind="status", status=429, retry_after="0"),
    "500": Fault(kind="status", status=500),
    "502": Fault(kind="status", status=502),
    "503": Fault(kind="status", status=503),
    "403": Fault(kind="status", status=403),
    "404": answer_raw("not found", 404, "text/plain"),
    "a redirect": answer_raw("", 302, Location="/entrez/eutils/elsewhere"),
    "timeout": Fault(kind="timeout"),
    "connection reset": Fault(kind="reset"),
    "body cut in half": Fault(kind="cut"),
    "half a body as if whole": Fault(kind="broken"),
    "HTML with 200": Fault(kind="html"),
    "empty body": Fault(kind="empty"),
    "ERROR in 200": report_error,
    "rate limit in 200": Fault(kind="rate_limited"),
    "an empty object": answer_raw("{}"),
}
# What leaves an item in doubt, said by a search.
UNPROVED: dict[str, Spoil] = {
    "an id missing": bend(lambda said: said | {"idlist": said["idlist"][1:]}),
    "an id twice": bend(lambda said: said | {"idlist": [*said["idlist"][:1], *said["idlist"]]}),
    "a count too high": bend(lambda said: said | {"count": str(int(said["count"]) + 1)}),
    "a count too low": bend(lambda said: said | {"count": str(int(said["count"]) - 1)}),
    "a list gone": bend(lambda said: said | {"idlist": []}),
    "an id nobody has": bend(
        lambda said: said | {"count": str(int(said["count"]) + 1), "idlist": [*said["idlist"], "99999999"]}
    ),
}
# What a second asking mends, or does no harm.
PROVED_SEARCH: dict[str, Spoil] = {
    # Nothing tells it from the truth; the next window reaches back over it.
    "nothing found": bend(lambda _: {"count": "0", "idlist": [], "errorlist": {"phrasesnotfound": ["zelbarimab"]}}),
}
PROVED_FETCH: dict[str, Spoil] = {
    "a record missing": edit_records(FIRST_RECORD, b""),
    "a record twice": edit_records(FIRST_RECORD, rb"\1\1"),
    "no record at all": edit_records(rb"(<PubmedArticleSet>).*(</PubmedArticleSet>)", rb"\1\2"),
}
# Among revisions it is a paper that entered too early to be asked for.
ONLY = {"an id nobody has": ("first",)}
# The first records come by history: what NCBI refuses there, without words to try again, is searched for anew.
MENDED = {(name, "efetch", "first") for name in ("404", "a redirect")}
ONCE = ("429", "503", "connection reset", "body cut in half", "HTML with 200", "empty body", "ERROR in 200",
        "rate limit in 200")  # fmt: skip
EXPIRED = "WebEnv expired"


class Case(NamedTuple):
    kind: str
    name: str
    utility: str
    place: str

    @property
    def spoil(self) -> Fault | Spoil | None:
        """What is sent; None where the searches are forgotten instead."""
        tables: dict[str, Mapping[str, Fault | Spoil]] = {
            "failed": FAILED,
            "unproved": {**UNPROVED, **PROVED_SEARCH},
            "once": FAILED,
            "proved": PROVED_SEARCH if self.utility == "esearch" else PROVED_FETCH,
        }
        return None if self.name == EXPIRED else tables[self.kind][self.name]


# One place of each in every run; all of them, in every place, are among the slow tests.
QUICK = {
    Case("failed", "429 with Retry-After", "esearch", "middle"),
    Case("failed", "timeout", "efetch", "last"),
    Case("failed", "connection reset", "efetch", "middle"),
    Case("failed", "half a body as if whole", "efetch", "first"),
    Case("failed", "ERROR in 200", "esearch", "last"),
    Case("failed", "rate limit in 200", "efetch", "middle"),
    Case("once", "rate limit in 200", "esearch", "first"),
    Case("unproved", "an id missing", "esearch", "first"),
    Case("unproved", "an id nobody has", "esearch", "first"),
    Case("proved", "a record missing", "efetch", "middle"),
    Case("proved", "nothing found", "esearch", "first"),
    Case("proved", EXPIRED, "efetch", "middle"),
}


def list_cases() -> Iterator[Any]:
    cases = [
        *(
            Case("once" if (name, utility, place) in MENDED else "failed", name, utility, place)
            for name in FAILED
            for utility in UTILITIES
            for place in PLACES
        ),
        *(Case("once", name, utility, place) for name in ONCE for utility in UTILITIES for place in PLACES),
        *(Case("unproved", name, "esearch", place) for name in UNPROVED for place in ONLY.get(name, PLACES)),
        *(Case("proved", name, "esearch", place) for name in PROVED_SEARCH for place in PLACES[:2]),
        # The last search tells when a paper entered, and another of the night says otherwise.
        *(Case("unproved", name, "esearch", "last") for name in PROVED_SEARCH),
        *(Case("proved", name, "efetch", place) for name in (*PROVED_FETCH, EXPIRED) for place in PLACES),
    ]
    assert set(cases) >= QUICK
    for case in cases:
        marks = [] if case in QUICK else [pytest.mark.slow]
        yield pytest.param(case, marks=marks, id=f"{case.name}-{case.kind}-{case.place} {case.utility}")


class Stage(NamedTuple):
    """A world on loopback, a home after its first night, the requests of the second, and how the third then looks."""

    world: World
    server: SampleServer
    base: Path
    requests: dict[str, int]
    undisturbed: dict[str, list[tuple[Any, ...]]]


def read_final(inputs: Inputs) -> dict[str, list[tuple[Any, ...]]]:
    """Return what must be equal after recovery: all but ledger rows and the times of seeing."""
    queries = {
        "article": "SELECT * EXCLUDE (first_seen_at, last_seen_at) FROM article ORDER BY pmid",
        "event": "SELECT pmid, kind, detail, related_pmid, source_date, origin FROM article_event ORDER BY ALL",
        "match": "SELECT item, record, field, synonym FROM watch_match ORDER BY ALL",
        "left": "SELECT item, record, kind FROM watch_event ORDER BY ALL",
    }
    return {name: ask(inputs, text) for name, text in queries.items()}


@pytest.fixture(autouse=True, scope="module")
def _pubmed_alone() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nightly, "SOURCES", PUBMED_ALONE)
        patch.setattr(fetch, "RECORDS_PER_PAGE", PAGE_SIZE)
        patch.setattr(fetch.fetch_found, "__kwdefaults__", {"records_per_page": PAGE_SIZE})
        yield


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, _pubmed_alone: None) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("matrix")
    world = build_world(PAPERS)
    with SampleServer(world) as server:
        base = write_home(folder / "base", server, WATCH, "requests_per_second = 0\ntimeout_seconds = 0.5")
        assert run_night(base, world, DAYS[0])[1] == 0
        calm = shutil.copytree(base, folder / "calm")
        server.requests.clear()
        assert run_night(calm, world, DAYS[1])[1] == 0
        asked = [request.path.rpartition("/")[2].partition(".")[0] for request in server.requests]
        assert run_night(calm, world, DAYS[2])[1] == 0
        undisturbed = read_final(read_inputs(calm / "watchlist.toml", environment={}))
        yield Stage(world, server, base, {name: asked.count(name) for name in UTILITIES}, undisturbed)


def test_the_spoilt_night_has_pages_to_spoil(stage: Stage) -> None:
    assert stage.requests == {"esearch": 6, "efetch": 8}
    events = {(row[1], row[5]) for row in stage.undisturbed["event"]}
    assert events == {
        ("new", "backfill"), ("new", "live"), ("revised", "live"), ("abstract_added", "live"), ("now_mentions", "live"),
    }  # fmt: skip


def spoil_request(stage: Stage, case: Case) -> Callable[[str, str, str, str], Reply]:
    """Return an answerer that spoils one request of the night, however often it is made (or only once)."""
    number = {"first": 0, "middle": stage.requests[case.utility] // 2, "last": stage.requests[case.utility] - 1}
    answer, seen, spoilt = stage.server.answer, list[str](), 0

    def answer_spoilt(method: str, target: str, form: str, user_agent: str) -> Reply:
        nonlocal spoilt
        if case.utility not in target:
            return answer(method, target, form, user_agent)
        if form not in seen:
            seen.append(form)
        if seen.index(form) != number[case.place] or (case.kind in ("once", "proved") and spoilt):
            return answer(method, target, form, user_agent)
        spoilt += 1
        if case.spoil is None:
            stage.server.expire_searches()
        usual = answer(method, target, form, user_agent)
        if case.spoil is None:
            return usual
        return case.spoil.spoil(usual) if isinstance(case.spoil, Fault) else case.spoil(usual)

    return answer_spoilt


@pytest.mark.sampled(3)
@pytest.mark.parametrize("case", list(list_cases()))
def test_a_fault_concludes_nothing_and_loses_nothing(case: Case, stage: Stage, tmp_path: Path) -> None:
    home = shutil.copytree(stage.base, tmp_path / "home")
    before = ask(read_inputs(home / "watchlist.toml", environment={}), "SELECT pmid, title FROM article ORDER BY ALL")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage.server, "answer", spoil_request(stage, case))
        inputs, exit_code = run_night(home, stage.world, DAYS[1])

    assert exit_code == (1 if case.kind == "failed" else 0)
    assert ask(inputs, "SELECT DISTINCT state FROM article") == [("active",)]
    events = set(ask(inputs, "SELECT pmid, kind, detail, origin FROM article_event WHERE run_id = 2"))
    assert events <= {(row[0], row[1], row[2], row[5]) for row in stage.undisturbed["event"]}
    if case.kind == "failed":
        assert ask(inputs, "SELECT pmid, title FROM article ORDER BY ALL") == before
        assert not events
    check_what_is_said(inputs, case.kind)

    inputs, exit_code = run_night(home, stage.world, DAYS[2])
    assert exit_code == 0
    assert read_final(inputs) == stage.undisturbed
    assert ask(inputs, "SELECT DISTINCT outcome FROM source_check WHERE run_id > 2") == [("proved",)]


def check_what_is_said(inputs: Inputs, kind: str) -> None:
    """The run, `status` and the letter say that the source failed since when, or which items are in doubt."""
    outcomes = {row[0] for row in ask(inputs, "SELECT outcome FROM source_check WHERE run_id = 2")}
    status = read_status(inputs, at_night(DAYS[1]))
    line = next(line for line in describe_sources(status) if line.startswith("pubmed"))
    doubts = [item for item in describe_items(status) if "! pubmed: " in item]
    letter = read_letter(inputs)
    if kind == "failed":
        assert outcomes == {"failed"}
        assert "not read since 2026-02-10" in line
        assert "PubMed was not read on 11 Feb 2026" in letter
        return
    assert "not read since" not in line
    assert outcomes == ({"proved", "unproved"} if kind == "unproved" else {"proved"})
    assert bool(doubts) == (kind == "unproved")
    assert ("unproved at PubMed" in letter) == (kind == "unproved")
