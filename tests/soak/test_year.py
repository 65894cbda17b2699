"""A year left alone: outages, restarts, both clock changes. Every period is done once, every change told once."""

from __future__ import annotations

import itertools
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dags.inputs import Inputs
from dags.rebuilding import rebuild
from dags.schedule import JOBS, find_period, list_periods
from tests.soak.invented_year import count_papers
from tests.soak.living_through import READER, Lived, live_through, measure

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]


def read_mails(lived: Lived) -> list[str]:
    """Return the text of each letter, in order."""
    parts = [mail.get_body(("plain",)) for mail in lived.mailbox.to(READER)]
    assert None not in parts
    return [str(part.get_content()) for part in parts if part]


def check_periods(lived: Lived, ask: Ask) -> None:
    """Every night and week stands in the ledger once, done by a run of its own or covered by a later one."""
    schedule = lived.inputs.settings.schedule
    runs = {run_id: row for run_id, *row in ask(lived.inputs, "SELECT run_id, job, status, clock_at FROM run")}
    for job in JOBS:
        query = f"SELECT period, status, run_id, due_at FROM run_period WHERE job = '{job}' ORDER BY due_at"
        rows = ask(lived.inputs, query)
        newest = find_period(schedule, job, max(clock for _, _, clock in runs.values()))
        expected = list_periods(schedule, job, rows[0][3], newest.due_at)
        assert [row[0] for row in rows[1:]] == [period.label for period in expected]
        doers = [run_id for _, status, run_id, _ in rows if status == "done"]
        assert len(doers) == len(set(doers))
        # A week is done when its letter is written; where the server took none of it then, the run failed.
        ends = {"nightly": {"done"}, "weekly": {"done", "failed"}}[job]
        assert all(runs[run_id][0] == job and runs[run_id][1] in ends for run_id in doers)
        assert {status for _, status, _, _ in rows} <= {"done", "covered_by"}
        assert {run_id for _, status, run_id, _ in rows if status == "covered_by"} <= set(doers)


def check_changes(lived: Lived, ask: Ask) -> None:
    """The warehouse holds every move of the invented year and no other; the letters told each once."""
    held = ask(
        lived.inputs, "SELECT nct_id, source_submit_date::VARCHAR, new_status FROM trial_status_change ORDER BY ALL"
    )
    assert held == sorted((move.nct_id, move.day, move.status) for move in lived.moves)
    told = Counter(
        fact
        for (fact,) in ask(
            lived.inputs, "SELECT fact FROM delivery_fact JOIN delivery USING (delivery_id) WHERE state = 'sent'"
        )
    )
    assert set(told.values()) == {1}
    changes = {f"change:{change_id}" for (change_id,) in ask(lived.inputs, "SELECT change_id FROM trial_change")}
    assert changes == {fact for fact in told if fact.startswith("change:")}
    assert sum(fact.startswith("paper:") for fact in told) == count_papers(lived.days)
    assert ask(lived.inputs, "SELECT count(*) FROM delivery WHERE state <> 'sent'") == [(0,)]
    mails = read_mails(lived)
    tokens = [move.token for move in lived.moves if move.token]
    assert tokens
    assert {token: sum(mail.count(token) for mail in mails) for token in tokens} == dict.fromkeys(tokens, 1)


def describe(lived: Lived, ask: Ask) -> str:
    """Return the figures."""
    runs = Counter(ask(lived.inputs, "SELECT job, status FROM run"))
    periods = Counter(ask(lived.inputs, "SELECT job, status FROM run_period"))
    home = lived.inputs.home
    parts = {name: measure(home.landing / name) for name in ("objects", "runs")}
    first, last = lived.landings[0], lived.landings[-1]
    quiet = [after - before for before, after in itertools.pairwise(lived.landings) if after > before]
    kinds = Counter(outage.kind for outage in lived.outages)
    half = len(lived.nights) // 2
    return "\n".join(
        [
            f"{lived.days} days in {lived.seconds:.0f} s: {len(lived.moves)} changes, {lived.starts} starts, "
            + ", ".join(f"{number} x {kind}" for kind, number in sorted(kinds.items())),
            "runs: " + ", ".join(f"{job} {status} {number}" for (job, status), number in sorted(runs.items())),
            "periods: " + ", ".join(f"{job} {status} {number}" for (job, status), number in sorted(periods.items())),
            f"letters: {len(lived.mailbox.mails)}",
            (
                f"a night: median {statistics.median(lived.nights):.2f} s, in the second half "
                f"{statistics.median(lived.nights[half:]):.2f} s, longest {max(lived.nights[1:]):.2f} s"
            ),
            (
                f"published {home.published.stat().st_size / 1e6:.1f} MB, at most {max(lived.sizes) / 1e6:.1f} MB; "
                f"on the disk {measure(home.folder) / 1e6:.1f} MB"
            ),
            (
                f"landing {first:,} bytes after the first night, {last:,} in the end: "
                + ", ".join(f"{name} {size:,}" for name, size in parts.items())
                + f"; a night at least {min(quiet)}, median {statistics.median(quiet):.0f}, at most {max(quiet):,}"
            ),
        ]
    )


def check(lived: Lived, ask: Ask) -> None:
    check_periods(lived, ask)
    check_changes(lived, ask)
    assert ask(lived.inputs, "SELECT count(*) FROM run WHERE status = 'running'") == [(0,)]


def test_a_month_left_alone(tmp_path: Path, ask: Ask) -> None:
    lived = live_through(tmp_path, days=31, outages=6, stops=2)
    check(lived, ask)
    ends = set(ask(lived.inputs, "SELECT DISTINCT job, status FROM run"))
    # The outages met what they can break: of another plan they may all fall between two nights.
    assert ends >= {("nightly", "failed"), ("nightly", "interrupted"), ("weekly", "failed")}


@pytest.mark.soak
def test_a_year_left_alone(tmp_path: Path, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    lived = live_through(tmp_path, days=371, outages=30, stops=5)
    with capsys.disabled():
        print(f"\n{describe(lived, ask)}")  # noqa: T201  the figures are what the long run is for
    assert len([outage for outage in lived.outages if outage.kind != "stop"]) == 30
    check(lived, ask)
    assert ask(lived.inputs, "SELECT count(*) > 0 FROM run WHERE status = 'interrupted'") == [(True,)]
    started = time.perf_counter()
    assert rebuild(lived.inputs, is_compared=True).differences == []
    with capsys.disabled():
        print(f"rebuilt, and equal, in {time.perf_counter() - started:.0f} s")  # noqa: T201
