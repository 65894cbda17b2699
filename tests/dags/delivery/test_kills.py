"""kill -9 at every step of sending: nobody gets a fact twice, and nobody misses one without a doubt that people see."""

from __future__ import annotations

import datetime as dt
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dags.digest_command import Wish, run_digest
from dags.inputs import Inputs
from dags.rebuilding import rebuild
from models.errors import TrialwatchError
from tests.dags.delivery.conftest import MONDAY, Follow, Prepared, write_recipients
from tests.dags.delivery.servers import Mailbox
from tests.dags.delivery.test_letters import A, B, C, show_letters

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
PROGRAM = Path(sys.executable).with_name("trialwatch")
STATES = "SELECT recipient, state FROM delivery"


class Victim:
    """A process that sends, and is killed at a stage of the conversation about one recipient, or some time after it."""

    def __init__(self, mailbox: Mailbox, stage: str, address: str, seconds: float = 0) -> None:
        self._mailbox = mailbox
        self._stage, self._address, self._seconds = stage, address, seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._is_started = threading.Event()

    def run(self, inputs: Inputs, clock: dt.datetime) -> int:
        """Send until killed; return how the process ended."""
        self._mailbox.faults = {self._stage: self._kill}
        command = [str(PROGRAM), "--config", str(inputs.file), "digest", "--send"]
        self._process = subprocess.Popen(
            [*command, "--clock", clock.isoformat()], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._is_started.set()
        code = self._process.wait(timeout=120)
        self._mailbox.faults = {}
        return code

    def _kill(self, _: Mailbox, __: Any, address: str) -> str | None:
        if address not in (self._address, "letters@trialwatch.test"):
            return None
        assert self._is_started.wait(10)
        assert self._process is not None
        if self._seconds:
            timer = threading.Timer(self._seconds, self._process.send_signal, [signal.SIGKILL])
            timer.daemon = True
            timer.start()
            return None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)
        return "451 killed" if self._stage != "STORED" else None


def check_once(inputs: Inputs, mailbox: Mailbox, ask: Ask, addresses: tuple[str, ...]) -> dict[str, str]:
    """Everyone was sent the letter once, or not, or in doubt; return the state of each."""
    got = Counter(address for address, _ in mailbox.mails)
    states: dict[str, str] = dict(ask(inputs, STATES))
    assert set(states) == set(addresses)
    for address in addresses:
        assert got[address] <= 1
        assert states[address] in ("sent", "doubt")
        assert got[address] == 1 or states[address] == "doubt"
        assert (f"1 in doubt: {address}" in show_letters(inputs)) == (states[address] == "doubt") or len(states) > 1
    return states


@pytest.mark.slow
def test_killed_at_each_stage_in_turn_nobody_is_told_twice_and_doubts_are_shown(
    follow: Follow, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    inputs = follow(write_recipients(port, A, B, C))
    for hour, (stage, address) in enumerate([("RCPT", A), ("STORED", A), ("DATA", B)]):
        assert Victim(mailbox, stage, address).run(inputs, MONDAY + dt.timedelta(hours=hour)) == -signal.SIGKILL
    run_digest(inputs, MONDAY + dt.timedelta(hours=5), Wish(is_sent=True))
    assert check_once(inputs, mailbox, ask, (A, B, C)) == {A: "doubt", B: "doubt", C: "sent"}
    assert [address for address, _ in mailbox.mails] == [A, C]
    assert "2 in doubt: " in show_letters(inputs)
    runs = ask(inputs, "SELECT status FROM run WHERE job = 'weekly' ORDER BY run_id")
    assert runs == [("interrupted",)] * 3 + [("done",)]


class PowerCutError(BaseException):
    pass


def cut(*_: object, **__: object) -> None:
    raise PowerCutError


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("place", "is_lost"),
    [("dags.weekly.close_step", False), ("dags.weekly.close_step", True), ("warehouse.landing.Landing.seal", False)],
    ids=["before the week is noted", "and the working file lost", "before the landing is sealed"],
)
def test_killed_when_all_is_sent_the_week_is_told_to_nobody_again_and_done_once(
    place: str, *, is_lost: bool, follow: Follow, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    inputs = follow(write_recipients(port, A, B))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, cut)
        with pytest.raises(PowerCutError):
            run_digest(inputs, MONDAY, Wish(is_sent=True))
    assert sorted(address for address, _ in mailbox.mails) == sorted([A, B])
    if is_lost:
        inputs.home.working.unlink()
    run_digest(inputs, MONDAY + dt.timedelta(hours=1), Wish(is_sent=True))
    assert sorted(address for address, _ in mailbox.mails) == sorted([A, B])
    assert set(ask(inputs, STATES)) == {(A, "sent"), (B, "sent")}
    weeks = "SELECT status FROM run_period WHERE job = 'weekly' AND period = '2026-W07'"
    assert ask(inputs, weeks) == [("done",)]
    assert rebuild(inputs, is_compared=True).differences == []


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "STORED"])
def test_killed_at_any_moment_after_any_stage_nobody_is_told_twice(
    stage: str, prepared: Prepared, follow: Follow, *, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    ended: Counter[str] = Counter()
    for step in range(12):
        mailbox.mails.clear()
        inputs = follow(write_recipients(port, A, B))
        renew(inputs, prepared.last)
        Victim(mailbox, stage, A, seconds=step * 0.004).run(inputs, MONDAY)
        with_error = dt.timedelta(hours=1)
        try:
            run_digest(inputs, MONDAY + with_error, Wish(is_sent=True))
        except TrialwatchError:
            run_digest(inputs, MONDAY + 2 * with_error, Wish(is_sent=True))
        ended.update(check_once(inputs, mailbox, ask, (A, B)).values())
    assert ended["sent"] > 0


def renew(inputs: Inputs, home: Path) -> None:
    shutil.rmtree(inputs.home.folder)
    shutil.copytree(home, inputs.home.folder)
