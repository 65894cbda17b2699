"""The API key goes to NCBI and nowhere else, whatever NCBI answers; and requests keep NCBI's pace."""

from __future__ import annotations

import gzip
import io
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import structlog
from typer.testing import CliRunner

from dags import nightly
from dags.cli import app
from dags.inputs import Inputs, read_inputs
from dags.logs import configure_logs
from dags.nightly import run_nightly
from dags.sample.faults import Fault, Reply
from dags.sample.server import SampleServer
from tests.conftest import at_night
from tests.dags.pubmed_nights import DAYS, KEY, LONG_AGO, PUBMED_ALONE, build_world, write_home, write_paper

PAPERS = [write_paper(number, LONG_AGO) for number in range(1, 8)]
PAPERS += [write_paper(number, DAYS[1], "Dulzotinib or zelbarimab") for number in range(8, 12)]
WATCH = 'agents = ["zelbarimab", "dulzotinib", "nuvotrelimab"]\ntargets = ["LAG-3"]'
# Ways in which NCBI is known, or might be feared, to repeat what it was sent.
ECHOES = {
    "beside the limit": (200, f'{{"error":"API rate limit exceeded","api-key":"{KEY}","count":"4","limit":"3"}}'),
    "as no key at all": (400, f'{{"error":"API key invalid","api-key":"{KEY}","type":"api-key","status":"unknown"}}'),
    "in the words of an error": (200, f'{{"esearchresult":{{"ERROR":"cannot use {KEY}"}}}}'),
    "in words to be shortened": (400, f'{{"error":"{"x" * 190}{KEY}"}}'),
    "in an XML error": (200, f"<eFetchResult><ERROR>no {KEY}</ERROR></eFetchResult>"),
    "in a page of HTML": (502, f"<html><body>POST api_key={KEY}</body></html>"),
    "in a good answer": (200, json.dumps({"esearchresult": {"count": "0", "idlist": [], "querytranslation": KEY}})),
    "in a warning": (200, json.dumps({"esearchresult": {"count": "0", "warninglist": {"outputmessages": [KEY]}}})),
}


@pytest.fixture(autouse=True)
def _pubmed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "SOURCES", PUBMED_ALONE)


@pytest.fixture
def server() -> Iterator[SampleServer]:
    with SampleServer(build_world(PAPERS)) as running:
        yield running


def build_inputs(folder: Path, server: SampleServer, source: str = "") -> Inputs:
    home = write_home(folder / "home", server, WATCH, source)
    return read_inputs(home / "watchlist.toml", environment={"TRIALWATCH_NCBI_API_KEY": KEY})


def read_written(folder: Path) -> bytes:
    """Return everything in every file under a folder, unpacked."""
    bodies = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    assert len(bodies) > 5
    return b"".join(gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body for body in bodies)


def echo(server: SampleServer, patch: pytest.MonkeyPatch, status: int, body: str) -> None:
    answer = server.answer

    def answer_echo(method: str, target: str, form: str, user_agent: str) -> Reply:
        usual = answer(method, target, form, user_agent)
        return msgspec.structs.replace(usual, status=status, body=body.encode()) if "esearch" in target else usual

    patch.setattr(server, "answer", answer_echo)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Listen to every logger of the process from DEBUG on, our own included."""
    stream = io.StringIO()
    listener = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    before = structlog.get_config()
    configure_logs("json")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(stream))
    yield stream.getvalue
    structlog.configure(**before)
    root.removeHandler(listener)
    root.setLevel(level)


def test_the_key_is_in_no_file_no_log_and_no_address_of_a_good_night(
    server: SampleServer, tmp_path: Path, log: Callable[[], str]
) -> None:
    inputs = build_inputs(tmp_path, server)
    server.world.serve(DAYS[1])
    result = run_nightly(inputs, at_night(DAYS[1]))
    assert result.exit_code == 0
    assert {request.params["api_key"] for request in server.requests} == {KEY}
    assert {request.method for request in server.requests} == {"POST"}
    assert "httpcore" in {name.partition(".")[0] for name in logging.Logger.manager.loggerDict}
    assert "esearch.fcgi" in log()
    assert KEY not in log()
    assert KEY.encode() not in read_written(tmp_path)
    assert KEY not in repr(inputs)


@pytest.mark.parametrize("name", ECHOES)
def test_the_key_is_told_by_nobody_where_ncbi_repeats_it(
    name: str, server: SampleServer, tmp_path: Path, log: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = build_inputs(tmp_path, server)
    server.world.serve(DAYS[1])
    echo(server, monkeypatch, *ECHOES[name])
    result = run_nightly(inputs, at_night(DAYS[1]))
    assert result.exit_code == (0 if name in ("in a good answer", "in a warning") else 1)
    runner = CliRunner()
    said = [result.steps[0].describe_error(), result.steps[0].summary, log()]
    said += [runner.invoke(app, ["status", "--config", str(inputs.file)]).output]
    if result.steps[0].error:
        said.append("".join(traceback.format_exception(result.steps[0].error)))
    for text in said:
        assert KEY[:10] not in text
    assert KEY.encode()[:10] not in read_written(tmp_path)


def spoil_some(server: SampleServer) -> None:
    """Make the client try again, in several ways."""
    server.faults[:] = [
        Fault(kind="status", path="esearch", status=429, after=1),
        Fault(kind="rate_limited", path="esearch", after=3),
        Fault(kind="reset", path="efetch"),
        Fault(kind="empty", path="efetch", after=1),
    ]


def count_most_in_a_second(server: SampleServer) -> int:
    times = [request.time for request in server.requests]
    return max(sum(start <= time < start + 1.0 for time in times) for start in times)


def test_no_second_of_a_night_with_retries_sees_more_than_ten_requests_with_a_key(
    server: SampleServer, tmp_path: Path
) -> None:
    inputs = build_inputs(tmp_path, server, "timeout_seconds = 5")
    spoil_some(server)
    server.world.serve(DAYS[1])
    run_nightly(inputs, at_night(DAYS[0]))
    spoil_some(server)
    server.requests.clear()  # two nights are not within a second
    assert run_nightly(inputs, at_night(DAYS[1])).exit_code == 0
    assert len(server.requests) > 10
    assert count_most_in_a_second(server) <= 10


@pytest.mark.slow
def test_no_second_of_a_night_with_retries_sees_more_than_three_requests_without_a_key(
    server: SampleServer, tmp_path: Path
) -> None:
    home = write_home(tmp_path / "home", server, WATCH, "timeout_seconds = 5")
    inputs = read_inputs(home / "watchlist.toml", environment={})
    server.world.serve(DAYS[1])
    run_nightly(inputs, at_night(DAYS[0]))
    spoil_some(server)
    server.requests.clear()
    assert run_nightly(inputs, at_night(DAYS[1])).exit_code == 0
    assert len(server.requests) > 10
    assert count_most_in_a_second(server) <= 3
