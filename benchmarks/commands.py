"""How long does a user wait at the terminal? The default watchlist's nights over loopback, `--help`, `history`.

Run it as `python benchmarks/commands.py`, with TRIALWATCH_SHARED where the recorded records are. A server in a process
of its own serves these as they stand: 199 trials, 180 papers, 39 record histories. The watchlist is the one that
`trialwatch init` writes, without pace. Each command is a process of its own; told are the seconds by the clock, those
of the processor, and what it held at its peak. Nights: the first, the next on which the registry published, the same
once more. Of `--help` and `history` medians of nine.
"""

from __future__ import annotations

import collections
import datetime as dt
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from dags.inputs import find_home, read_settings, write_watchlist
from dags.sample.server import SampleServer
from dags.sample.world import World
from warehouse.reader import query_rows

FIRST, SECOND = dt.date(2026, 2, 26), dt.date(2026, 2, 27)
NIGHTS = (("first night", FIRST, 14), ("next night", SECOND, 14), ("the same again", SECOND, 15))
MOST_TOLD = "SELECT nct_id FROM trial_change GROUP BY ALL ORDER BY count(*) DESC, nct_id LIMIT 1"
ROUNDS = 9
LIMITS = {"--help": 0.3, "history": 1.0}  # seconds
_PACE = re.compile(r"^requests_per_second = .*$", re.MULTILINE)


class Spent(msgspec.Struct, frozen=True):
    """What a process took: seconds by the clock and of the processor, MB at its peak."""

    seconds: float
    work: float
    megabytes: float


def serve() -> None:
    """Serve the recorded records; take orders on stdin: a day to serve, or `count` of the requests since last asked."""
    shared = Path(os.environ.get("TRIALWATCH_SHARED", Path(__file__).parents[1] / ".." / "shared"))
    world = World.read(shared / "recorded", ("nightly.jsonl.gz", "trials.jsonl.gz"))
    with SampleServer(world) as server:
        print(json.dumps([server.ctg_url, server.history_url, server.eutils_url]), flush=True)
        for order in map(str.strip, sys.stdin):
            if order != "count":
                world.serve(dt.date.fromisoformat(order))
            asked = collections.Counter(one.path.split("/")[1] for one in server.requests)
            print(json.dumps(asked), flush=True)
            server.requests.clear()


def write_settings(folder: Path, urls: list[str]) -> Path:
    """Write the default watchlist for the server's addresses, without pace."""
    file = write_watchlist(folder)
    text = _PACE.sub("", file.read_text("utf-8"))
    registry, history, eutils = urls
    tables = {
        "clinicaltrials": f'base_url = "{registry}"\nhistory_url = "{history}"',
        "pubmed": f'base_url = "{eutils}"\nemail = "team@example.org"',
    }
    for name, lines in tables.items():
        head = f"[source.{name}]"
        before, _, after = text.partition(head)
        own, bracket, rest = after.partition("\n[")
        kept = "\n".join(line for line in own.splitlines() if not line.startswith(("base_url", "email", "history_url")))
        text = f"{before}\n{head}\n{lines}\nrequests_per_second = 0\n{kept}{bracket}{rest}"
    file.write_text(text, "utf-8")
    return file


def run(*arguments: str) -> Spent:
    """Run a command of trialwatch to its end."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "dags.cli", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  ours
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)}: exit {os.waitstatus_to_exitcode(status)}")
    return Spent(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def measure_nights(file: Path, server: subprocess.Popen[str]) -> None:
    """Spend the nights and print."""
    assert server.stdin is not None  # noqa: S101  it is piped
    assert server.stdout is not None  # noqa: S101  likewise
    for name, day, hour in NIGHTS:
        for order in (day.isoformat(), "count"):
            print(order, file=server.stdin, flush=True)
            server.stdout.readline()
        spent = run("run", "--config", str(file), "--clock", f"{day}T{hour}:00:00")
        print("count", file=server.stdin, flush=True)
        asked = json.loads(server.stdout.readline())
        told = " + ".join(f"{number} /{path}" for path, number in sorted(asked.items()))
        print(f"{name:<16}{_describe([spent])}, {sum(asked.values())} requests ({told})", flush=True)


def _describe(spent: list[Spent]) -> str:
    seconds, work = (statistics.median(getattr(one, name) for one in spent) for name in ("seconds", "work"))
    fastest, peak = min(one.seconds for one in spent), max(one.megabytes for one in spent)
    return f"{seconds:6.2f} s (fastest {fastest:.2f}; {work:.2f} of the processor), {peak:.0f} MB"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, __file__, "serve"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  ours
            assert server.stdout is not None  # noqa: S101  it is piped
            file = write_settings(Path(name), json.loads(server.stdout.readline()))
            measure_nights(file, server)
            assert server.stdin is not None  # noqa: S101  it is piped
            server.stdin.close()
        published = find_home(file, read_settings(file)).published
        trial = query_rows(published, MOST_TOLD)[1][0][0]
        commands = {"--help": ("--help",), "history": ("history", trial, "--config", str(file))}
        late = []
        for what, arguments in commands.items():
            spent = [run(*arguments) for _ in range(ROUNDS)]
            print(f"{what:<16}{_describe(spent)}   at most {LIMITS[what]} s", flush=True)
            late += [what] if statistics.median(one.seconds for one in spent) > LIMITS[what] else []
    if late:
        raise SystemExit(f"too slow: {', '.join(late)}")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        main()
