"""The webhook: posted once as Slack takes it, refused or in doubt by its answer, its address nowhere shown."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from dags.delivery.webhook import post_message
from dags.digest_command import Wish, run_digest
from dags.inputs import Inputs
from dags.scheduler import run_waiting
from models.errors import ConfigurationError, DeliveryError
from tests.dags.delivery.conftest import MONDAY, Follow

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
PATH = "/services/T0/B0/very-secret"


@pytest.mark.parametrize(
    ("status", "state", "is_permanent"),
    [
        (200, "sent", False), (204, "sent", False), (429, "refused", False), (500, "refused", False),
        (503, "refused", False), (302, "refused", True), (404, "refused", True), (410, "refused", True),
        (502, "doubt", False), (504, "doubt", False),
    ],
)  # fmt: skip
def test_an_answer_is_a_yes_a_no_a_not_now_or_nothing_to_go_by(
    status: int, state: str, is_permanent: bool, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(PATH).respond_with_data(f"posted to {httpserver.url_for(PATH)}", status=status)
    outcome = post_message(httpserver.url_for(PATH), b"{}", 5, lambda: None)
    assert (outcome.state, outcome.is_permanent) == (state, is_permanent)
    assert "very-secret" not in outcome.answer


def test_no_connection_is_a_not_now_and_no_answer_is_a_doubt(httpserver: HTTPServer) -> None:
    assert post_message("http://127.0.0.1:9/very-secret", b"{}", 5, lambda: None).state == "refused"

    def dawdle(_: Request) -> Response:
        time.sleep(2)
        return Response("late")

    httpserver.expect_request(PATH).respond_with_handler(dawdle)
    outcome = post_message(httpserver.url_for(PATH), b"{}", 0.2, lambda: None)
    assert (outcome.state, outcome.answer) == ("doubt", "no answer: ReadTimeout")


@pytest.mark.parametrize(
    "answer",
    [
        Response(b"this is no gzip", headers={"Content-Encoding": "gzip"}),
        Response((b"x" * 1000 for _ in itertools.count()), direct_passthrough=True),
        Response(b"short", headers={"Content-Length": "9"}),
    ],
    ids=["of no encoding", "without end", "cut off"],
)
def test_a_yes_stands_whatever_comes_after_it(answer: Response, httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_response(answer)
    outcome = post_message(httpserver.url_for(PATH), b"{}", 5, lambda: None)
    assert outcome.state == "sent"
    assert len(outcome.answer) <= 200


def test_the_letter_is_posted_once_as_slack_takes_it(
    follow: Follow, httpserver: HTTPServer, ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    httpserver.expect_ordered_request(PATH).respond_with_data("busy", status=429)
    httpserver.expect_ordered_request(PATH, method="POST").respond_with_data("ok")
    inputs = follow('[digest.webhook]\ntargets = ["LAG-3"]\n', WEBHOOK_URL=httpserver.url_for(PATH))
    with pytest.raises(DeliveryError, match="letter 2026-W07 to webhook refused for now: HTTP 429 busy") as caught:
        run_digest(inputs, MONDAY, Wish(is_sent=True))
    assert run_waiting(inputs, MONDAY + dt.timedelta(minutes=15))
    assert not run_waiting(inputs, MONDAY + dt.timedelta(hours=5))
    run_digest(inputs, MONDAY + dt.timedelta(hours=5), Wish(is_sent=True))
    first, second = (request.get_data() for request, _ in httpserver.log[-2:])
    assert first == second
    body = json.loads(second)
    assert body.keys() == {"text"}
    assert "<https://clinicaltrials.gov/study/NCT99000101|NCT99000101>" in body["text"]
    assert "NCT99000103" not in body["text"]
    shown = capsys.readouterr()
    kept = b"".join(file.read_bytes() for file in inputs.home.folder.rglob("*") if file.is_file())
    for text in (shown.out, shown.err, caught.value.message, repr(inputs.secrets), kept.decode(errors="replace")):
        assert "very-secret" not in text
    assert ask(inputs, "SELECT recipient, channel, state, tries FROM delivery") == [("webhook", "webhook", "sent", 2)]


@pytest.mark.parametrize("address", ["hooks.example.org/very-secret", "ftp://example.org/very-secret", "http://\nx"])
def test_an_address_that_is_none_is_refused_without_being_shown(address: str, follow: Follow) -> None:
    with pytest.raises(ConfigurationError, match="TRIALWATCH_WEBHOOK_URL is no http") as caught:
        follow("", WEBHOOK_URL=address)
    assert "very-secret" not in caught.value.message + caught.value.hint


def test_a_long_letter_is_posted_in_several_texts_and_one_refused_is_told_by_the_next_letter(
    follow: Follow, httpserver: HTTPServer, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.render_slack._LONGEST", 1200)
    httpserver.expect_ordered_request(PATH).respond_with_data("ok")
    httpserver.expect_ordered_request(PATH).respond_with_data("gone", status=410)
    for _ in range(20):
        httpserver.expect_ordered_request(PATH).respond_with_data("ok")
    inputs = follow("", WEBHOOK_URL=httpserver.url_for(PATH))
    with pytest.raises(DeliveryError, match="refused: HTTP 410 gone"):
        run_digest(inputs, MONDAY, Wish(is_sent=True))
    first = [json.loads(request.get_data())["text"] for request, _ in httpserver.log]
    assert len(first) > 2
    assert [text.splitlines()[0][-8:-1] for text in first] == [
        f"{place} of {len(first)})"[-7:] for place in range(1, len(first) + 1)
    ]
    refused = set(re.findall(r"• .*?\|((?:NCT|PMID )\d+)>", first[1]))
    assert refused
    run_digest(inputs, MONDAY + dt.timedelta(days=7), Wish(is_sent=True))
    second = "\n".join(json.loads(request.get_data())["text"] for request, _ in httpserver.log[len(first) :])
    assert "(2026-W07 to W08)" in second
    for number in refused:
        assert number in second
        assert "already told" not in next(line for line in second.splitlines() if f"|{number}>" in line)
    told = """
        SELECT count(*), count(DISTINCT fact), (SELECT count(DISTINCT fact) FROM delivery_fact)
        FROM delivery_fact SEMI JOIN (FROM delivery WHERE state = 'sent') USING (delivery_id)
    """
    ((rows, facts, every),) = ask(inputs, told)
    assert rows == facts == every
