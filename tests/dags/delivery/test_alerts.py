"""Alerts: what weighs most is told the same night, once, and the letter says that it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dags.digest_command import Wish, run_digest
from dags.inputs import Inputs
from dags.nightly import run_nightly
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, World
from dags.scheduler import run_waiting
from tests.conftest import at_night
from tests.dags.delivery.conftest import MONDAY, Follow, Prepared, write_recipients, write_sources
from tests.dags.delivery.servers import Mailbox
from tests.dags.delivery.test_letters import A, B, read_text

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]


@pytest.fixture
def server() -> Iterator[SampleServer]:
    with SampleServer(World.read(SAMPLE_FOLDER)) as one:
        yield one


def test_what_weighs_most_is_told_the_same_night_and_the_letter_says_so(
    server: SampleServer, prepared: Prepared, follow: Follow, *, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    settings = write_recipients(port, A, more="alerts = true") + f'[[digest.recipient]]\naddress = "{B}"\n'
    inputs = follow(settings + write_sources(server), home=prepared.first)
    night, last = prepared.days[1:]
    server.world.serve(night)
    mailbox.faults["RCPT"] = lambda *_: "451 not tonight"
    result = run_nightly(inputs, at_night(night))
    assert (result.exit_code, result.steps[-1].step) == (1, "alerts")
    # The next night the first is taken, and what that night itself found is not: the letter tells it, and nothing else.
    mailbox.faults = {"DATA": lambda box, *_: "451 once is enough" if box.mails else None}
    server.world.serve(last)
    assert run_nightly(inputs, at_night(last)).exit_code == 1
    assert run_nightly(inputs, at_night(last) + dt.timedelta(hours=1)).exit_code == 1
    mailbox.faults.clear()
    assert [mail["Subject"] for mail in mailbox.to(A)] == ["Listed as terminated: NCT99000101 (LAG-3, phase 2)"]
    assert not mailbox.to(B)
    assert "Slow accrual." in read_text(mailbox, A)
    assert "PMID" not in read_text(mailbox, A)
    run_digest(inputs, MONDAY, Wish(is_sent=True))
    assert not run_waiting(inputs, MONDAY + dt.timedelta(days=1))
    told, untold = read_text(mailbox, A), read_text(mailbox, B)
    assert len(mailbox.mails) == 3
    assert "2 stopped or paused" in mailbox.to(A)[-1]["Subject"]
    assert told.count("already told 12 Feb 2026") == 1
    assert "Slow accrual." not in told
    assert "Recruiting -> Suspended" in told
    assert "already told" not in untold
    assert "Slow accrual." in untold
    sent = "FROM delivery_fact AS f JOIN delivery AS d USING (delivery_id) WHERE d.state = 'sent'"
    assert ask(inputs, f"SELECT f.recipient, f.fact {sent} GROUP BY ALL HAVING count(*) > 1") == []
    states = "SELECT recipient, kind, state FROM delivery ORDER BY ALL"
    assert ask(inputs, states) == [
        (A, "alert", "dropped"), (A, "alert", "sent"), (A, "letter", "sent"), (B, "letter", "sent")
    ]  # fmt: skip


def test_a_recipient_added_later_is_told_nothing_of_earlier_nights(
    server: SampleServer, prepared: Prepared, follow: Follow, mailbox: Mailbox, port: int
) -> None:
    inputs = follow(write_recipients(port, A, more="alerts = true") + write_sources(server))
    server.world.serve(prepared.days[-1])
    assert run_nightly(inputs, at_night(prepared.days[-1]) + dt.timedelta(hours=2)).exit_code == 0
    assert not mailbox.mails
