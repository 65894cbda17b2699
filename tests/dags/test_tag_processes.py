"""`trialwatch tag` as its users run it: any number of processes, readers that go away, people who press Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("trialwatch")


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A file of more lines than one chunk holds, one of them bad."""
    texts = ("Relatlimab blocks LAG-3.", "Nothing here.", "No TIGIT expression\u2028was seen.")
    rows = [json.dumps({"id": number, "text": texts[number % 3]}) for number in range(600)]
    path = tmp_path / "texts.jsonl"
    path.write_bytes("\n".join([*rows[:300], '{"id": 1}', "", *rows[300:]]).encode() + b"\n\xff\xfe\n")
    return path


def run_tag(path: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([PROGRAM, "tag", *options, path.name], cwd=path.parent, capture_output=True, check=False)


def test_any_number_of_processes_gives_the_same_bytes_and_complaints(lines: Path) -> None:
    one, two = run_tag(lines), run_tag(lines, "--processes", "2")
    assert one.returncode == two.returncode == 1
    assert one.stdout == two.stdout
    assert one.stderr == two.stderr
    assert [json.loads(line)["id"] for line in one.stdout.splitlines()] == list(range(600))
    complaints = one.stderr.decode().replace("\n", " ")
    assert "texts.jsonl: line 301: Object missing required field `text`" in complaints
    assert "texts.jsonl: line 603: " in complaints


def test_less_than_one_process_is_a_mistake_of_usage(lines: Path) -> None:
    answer = run_tag(lines, "--processes", "0")
    assert (answer.returncode, answer.stdout) == (2, b"")
    assert b"--processes" in answer.stderr


def start_tag(path: Path, processes: int) -> subprocess.Popen[bytes]:
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0] * 20_000)
    command = [str(PROGRAM), "tag", "--processes", str(processes), path.name]
    return subprocess.Popen(command, cwd=path.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("processes", [1, 2])
def test_a_reader_that_goes_away_is_no_error(lines: Path, processes: int) -> None:
    with start_tag(lines, processes) as running:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["id"] == 0
        running.stdout.close()
        assert running.wait(timeout=60) == 0
        assert running.stderr is not None
        assert running.stderr.read() == b""


@pytest.mark.sampled(1)
@pytest.mark.parametrize("processes", [1, 2])
def test_an_interrupt_ends_it_without_a_traceback(lines: Path, processes: int) -> None:
    with start_tag(lines, processes) as running:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["id"] == 0
        running.send_signal(signal.SIGINT)
        _, complaints = running.communicate(timeout=60)
        assert (running.returncode, complaints) == (130, b"")
