"""The registry's own histories: what is read, what counts as no history, and what is an endpoint in disorder."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from dags.sample.faults import Fault
from dags.sample.server import SampleServer
from dags.sample.world import World
from extractors.clinicaltrials.history import (
    TRIES,
    HistoryIndex,
    VersionPage,
    fetch_history,
    fetch_version,
    has_links,
)
from extractors.clinicaltrials.parse import parse_study
from extractors.http import Client
from models.errors import ContractError, SourceError
from warehouse.landed import LandedPage
from warehouse.landing import Landing
from warehouse.manifests import find_manifests, read_manifest
from warehouse.pages import rebuild_body

NOW = dt.datetime.combine(dt.date(2026, 2, 12), dt.time(14))
NCT_ID = "NCT99000101"
INDEX, VERSION = f"/api/int/studies/{NCT_ID}/history", f"/api/int/studies/{NCT_ID}/history/3"


@pytest.fixture
def whole_server(sample_world: World, sample_server: SampleServer) -> SampleServer:
    sample_world.serve(sample_world.days[-1])
    return sample_server


@pytest.fixture
def registry(whole_server: SampleServer) -> Iterator[Client]:
    with Client("clinicaltrials", whole_server.history_url, requests_per_second=0, tries=TRIES) as client:
        yield client


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    with Client("clinicaltrials", httpserver.url_for("/api/int"), requests_per_second=0, tries=TRIES) as one:
        yield one


def study(nct_id: str = NCT_ID, *aliases: str) -> dict[str, Any]:
    return {"protocolSection": {"identificationModule": {"nctId": nct_id, "nctIdAliases": list(aliases)}}}


def answer(httpserver: HTTPServer, path: str, content: Any, status: int = 200, kind: str = "application/json") -> None:
    body = content if isinstance(content, str | bytes) else json.dumps(content)
    httpserver.expect_request(path).respond_with_data(body, status=status, content_type=kind)


def test_an_index_is_read_and_kept_as_it_came(registry: Client, whole_server: SampleServer) -> None:
    index = fetch_history(registry, NCT_ID, NOW)
    assert isinstance(index, HistoryIndex)
    assert [entry.number for entry in index.entries] == list(range(7))
    assert (index.entries[0].date, index.entries[0].status, index.entries[0].labels) == (
        dt.date(2023, 4, 20), "NOT_YET_RECRUITING", (),
    )  # fmt: skip
    assert index.entries[6].labels == ("Study Status", "Study Design")
    page = index.page
    assert (page.source, page.item, page.number, page.status) == ("clinicaltrials", f"history:{NCT_ID}", 0, 200)
    assert page.url == f"{whole_server.history_url}/studies/{NCT_ID}/history"
    assert (page.content_type, page.fetched_at, page.records) == ("application/json", NOW, ())
    assert json.loads(page.body)["changes"][0]["version"] == 0


def test_a_version_is_one_record_of_a_page_that_can_be_landed_and_rebuilt(registry: Client, tmp_path: Path) -> None:
    version = fetch_version(registry, NCT_ID, 5, NOW)
    assert isinstance(version, VersionPage)
    assert (version.number, version.page.item, version.page.number) == (5, f"history-version:{NCT_ID}", 5)
    assert [version.page.body[span.start : span.end] for span in version.page.records] == [version.study]
    assert parse_study(version.study, "v5").protocol_section.status_module.overall_status == "RECRUITING"
    landing = Landing(tmp_path, 1)
    (name,) = landing.store(version.page)
    landing.seal()
    (manifest,) = find_manifests(tmp_path).values()
    landed = next(line for line in read_manifest(manifest) if isinstance(line, LandedPage))
    assert rebuild_body(tmp_path, landed) == version.page.body
    assert (tmp_path / "objects" / name[:2] / f"{name}.gz").is_file()


def test_the_release_stamp_of_a_version_is_masked_in_the_landing(httpserver: HTTPServer, client: Client) -> None:
    stamped = study() | {"derivedSection": {"miscInfoModule": {"versionHolder": "2026-02-12"}}}
    answer(httpserver, VERSION, {"studyVersion": 3, "study": stamped})
    version = fetch_version(client, NCT_ID, 3, NOW)
    assert version is not None
    (span,) = version.page.records
    assert version.page.body[span.stamp_start : span.stamp_end] == b"2026-02-12"


def test_the_index_is_read_with_tolerance(httpserver: HTTPServer, client: Client) -> None:
    changes = [
        {"version": 2, "date": "2021-05", "status": "A_NEW_STATUS", "moduleLabels": ["Study Status", 7], "new": {}},
        {"version": 0, "date": "2019-06-03", "status": "RECRUITING", "moduleLabels": []},
        {"version": 1, "date": "2020-01-01", "status": "RECRUITING", "moduleLabels": ["Eligibility"]},
        {"version": 1, "date": "2020-01-02", "status": None, "moduleLabels": None},
        {"version": 3, "status": "COMPLETED", "moduleLabels": []},
        {"version": 4, "date": "soon", "status": "COMPLETED"},
        {"version": "5", "date": "2022-01-01"},
        {"version": True, "date": "2022-01-01"},
        {"version": -1, "date": "2022-01-01"},
        None,
    ]
    answer(httpserver, INDEX, {"changes": changes, "originalData": {}})
    index = fetch_history(client, NCT_ID, NOW)
    assert index is not None
    assert [(one.number, one.date.isoformat(), one.status, one.labels) for one in index.entries] == [
        (0, "2019-06-03", "RECRUITING", ()),
        (1, "2020-01-02", "", ()),
        (2, "2021-05-01", "A_NEW_STATUS", ("Study Status",)),
    ]
    assert index.skipped == (
        "changes[4]: version 3 has no date",
        "changes[5]: version 4 has no date",
        "changes[6]: has no version number",
        "changes[7]: has no version number",
        "changes[8]: has no version number",
        "changes[9]: is no object",
    )


def test_a_record_without_versions_has_an_empty_index(httpserver: HTTPServer, client: Client) -> None:
    answer(httpserver, INDEX, {"changes": []})
    index = fetch_history(client, NCT_ID, NOW)
    assert index is not None
    assert (index.entries, index.skipped) == ((), ())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"NCT number {NCT_ID} not found", "text/plain"),
        (f"NCT number {NCT_ID.lower()} not found", "text/plain; charset=utf-8"),
        ({"message": f"{NCT_ID} not found"}, "application/json"),
        ({"detail": f"{NCT_ID} not found"}, "application/problem+json"),
    ],
)
def test_the_registry_itself_may_say_that_there_is_none(
    body: Any, kind: str, httpserver: HTTPServer, client: Client
) -> None:
    answer(httpserver, INDEX, body, 404, kind)
    answer(httpserver, VERSION, body, 404, kind)
    assert fetch_history(client, NCT_ID, NOW) is None
    assert fetch_version(client, NCT_ID, 3, NOW) is None


DISORDER: list[tuple[Any, int, str]] = [
    ("<html>moved</html>", 200, "text/html"),
    ("<html>not found</html>", 404, "text/html"),
    (f"<html>{NCT_ID} not found</html>", 404, "text/html"),
    ("", 404, ""),
    ("not found", 404, "text/plain"),
    ("NCT number NCT99000102 not found", 404, "text/plain"),
    ({"error": "Not Found"}, 404, "application/json"),
    ("bad request", 400, "text/plain"),
    ("", 301, "text/plain"),
    ("", 204, ""),
    ("", 200, "application/json"),
    ("[]", 200, "application/json"),
    ("{}", 200, "application/json"),
    ("null", 200, "application/json"),
    ('{"changes": {}, "studyVersion": "3", "study": {}}', 200, "application/json"),
    ('{"changes": [{"date": "2019-01-01"}], "studyVersion": 3}', 200, "application/json"),
    (b'{"changes": [{"version": 0, "date": "2019-01-01", "status": "\xff"}], "study": "\xff"}', 200, "text/plain"),
    ("refused", 403, "text/html"),
    ("busy", 503, "text/plain"),
    ("busy", 429, "text/plain"),
    ("gone", 410, "text/plain"),
]


@pytest.mark.parametrize(("body", "status", "kind"), DISORDER)
def test_any_other_answer_is_an_endpoint_in_disorder(
    body: Any, status: int, kind: str, httpserver: HTTPServer, client: Client
) -> None:
    answer(httpserver, INDEX, body, status, kind)
    answer(httpserver, VERSION, body, status, kind)
    asks: list[Callable[[], object]] = [lambda: fetch_history(client, NCT_ID, NOW)]
    if status == 404:  # the index just answered: of a version it lists, this one alone is missing
        assert fetch_version(client, NCT_ID, 3, NOW) is None
    else:
        asks.append(lambda: fetch_version(client, NCT_ID, 3, NOW))
    for ask in asks:
        before = len(httpserver.log)
        with pytest.raises(SourceError) as caught:
            ask()
        assert caught.value.reason.startswith("history endpoint: ")
        assert caught.value.hint
        assert len(httpserver.log) - before <= TRIES


def test_an_endpoint_that_is_switched_off_is_one_in_disorder(whole_server: SampleServer, registry: Client) -> None:
    whole_server.has_histories = False
    with pytest.raises(SourceError, match=r"history endpoint: HTTP 404 \(text/html\)"):
        fetch_history(registry, NCT_ID, NOW)
    assert len(whole_server.requests) == 1


@pytest.mark.parametrize("kind", ["reset", "cut", "html", "empty", "broken"])
def test_a_passing_fault_is_asked_again_once(kind: Any, whole_server: SampleServer, registry: Client) -> None:
    whole_server.faults = [Fault(kind=kind, path="/api/int/")]
    index = fetch_history(registry, NCT_ID, NOW)
    assert index is not None
    assert len(index.entries) == 7
    assert len(whole_server.requests) == 2


def test_an_endpoint_that_says_nothing_is_in_disorder(whole_server: SampleServer) -> None:
    whole_server.faults = [Fault(kind="timeout", path="/api/int/", times=None, seconds=5)]
    with (
        Client("clinicaltrials", whole_server.history_url, requests_per_second=0, tries=TRIES, timeout=0.1) as client,
        pytest.raises(SourceError, match=r"history endpoint: .* took too long, 2 tries"),
    ):
        fetch_version(client, NCT_ID, 0, NOW)


def test_a_version_that_is_another_one_is_refused(httpserver: HTTPServer, client: Client) -> None:
    answer(httpserver, VERSION, {"studyVersion": 2, "study": study()})
    with pytest.raises(ContractError) as caught:
        fetch_version(client, NCT_ID, 3, NOW)
    assert (caught.value.record, caught.value.path) == (f"{NCT_ID} version 3", "$.studyVersion")


@pytest.mark.parametrize("other", [study("NCT99000102"), study("NCT99000102", "NCT99000103"), {}, None, []])
def test_a_version_of_another_record_is_refused(other: Any, httpserver: HTTPServer, client: Client) -> None:
    answer(httpserver, VERSION, {"studyVersion": 3, "study": other})
    with pytest.raises(ContractError) as caught:
        fetch_version(client, NCT_ID, 3, NOW)
    assert caught.value.path == "$.study.protocolSection.identificationModule.nctId"


def test_a_version_asked_for_by_an_alias_may_carry_the_canonical_number(
    whole_server: SampleServer, registry: Client
) -> None:
    version = fetch_version(registry, "NCT99000902", 0, NOW)
    assert version is not None
    assert b'"nctId":"NCT99000102"' in version.study
    assert whole_server.requests[0].path.endswith("NCT99000902/history/0")


def test_the_path_names_record_and_version_and_nothing_else(httpserver: HTTPServer, client: Client) -> None:
    def respond(request: Request) -> Response:
        assert (request.query_string, request.method) == (b"", "GET")
        return Response(json.dumps({"studyVersion": 12, "study": study()}), content_type="application/json")

    httpserver.expect_request(f"/api/int/studies/{NCT_ID}/history/12").respond_with_handler(respond)
    version = fetch_version(client, NCT_ID, 12, NOW)
    assert version is not None
    assert version.number == 12


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ({}, False),
        ({"references": [{"pmid": "99000001"}]}, False),
        ({"seeAlsoLinks": [], "availIpds": []}, False),
        ({"seeAlsoLinks": [{"url": "https://example.org"}]}, True),
        ({"availIpds": [{"id": "1"}]}, True),
        ({"seeAlsoLinks": None}, True),
    ],
)
def test_links_beside_references_are_seen(module: dict[str, Any], expected: object) -> None:
    assert has_links(json.dumps({"protocolSection": {"referencesModule": module}}).encode()) is expected


def test_every_recorded_history_is_fetched_whole(shared: Path) -> None:
    lines = gzip.decompress((shared / "recorded" / "histories.jsonl.gz").read_bytes()).splitlines()
    recorded = [json.loads(line) for line in lines]
    assert len(recorded) == 39
    world = World.read_histories(shared / "recorded" / "histories.jsonl.gz")
    with (
        SampleServer(world) as server,
        Client("clinicaltrials", server.history_url, requests_per_second=0, tries=TRIES) as client,
    ):
        for history in recorded:
            index = fetch_history(client, history["nct_id"], NOW)
            assert index is not None
            assert not index.skipped
            shown = [(one.number, one.date.isoformat(), one.status, list(one.labels)) for one in index.entries]
            assert shown == [tuple(change.values()) for change in history["changes"]]
            for entry in index.entries:
                version = fetch_version(client, history["nct_id"], entry.number, NOW)
                assert version is not None
                assert json.loads(version.study) == history["studies"][str(entry.number)]
                parsed = parse_study(version.study, history["nct_id"]).protocol_section.status_module
                assert (parsed.overall_status, parsed.last_update_submit_date) == (
                    entry.status, entry.date.isoformat(),
                )  # fmt: skip
        assert len(server.requests) == 39 + 245
