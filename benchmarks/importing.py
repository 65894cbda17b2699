"""How fast is an import, and does memory stay flat? Of a zip one study in a hundred is taken; of a smaller one, all.

Run it as `python benchmarks/importing.py [studies] [taken]`, with TRIALWATCH_SHARED where the recorded studies are.
Copies of them under numbers never given out are written to zips in a temporary folder, one study a member as in the
registry's full download; agents and targets of the default watchlist are named in one of a hundred. The floor is the
same zip read and decoded alone. Seconds are of the clock and of this process's work.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
import zipfile
from itertools import cycle
from pathlib import Path

import msgspec
from nights.copies import read_samples

from dags.importing import run_import
from dags.inputs import DEFAULT_WATCHLIST, Inputs, read_inputs, write_watchlist
from dags.logs import configure_logs
from etl.selecting import Selector

CLOCK = dt.datetime.combine(dt.date(2026, 4, 1), dt.time(12))
WATCHED_EVERY = 100


def write_zip(file: Path, studies: int, inputs: Inputs) -> int:
    """Write copies of recorded studies, one of a hundred of a watched one; return the bytes they unpack to."""
    samples = [msgspec.json.encode(sample) for sample in read_samples()]
    matches = Selector(inputs.items).find_matches(samples)
    kinds = {
        is_match: cycle([one for one, found in zip(samples, matches, strict=True) if bool(found) is is_match])
        for is_match in (True, False)
    }
    size = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(studies):
            body = _copy(next(kinds[number % WATCHED_EVERY == 0]), f"NCT98{number:06d}")
            archive.writestr(f"NCT98{number:06d}.json", body)
            size += len(body)
    return size


def _copy(sample: bytes, nct_id: str) -> bytes:
    identity = msgspec.json.decode(sample)["protocolSection"]["identificationModule"]
    return sample.replace(identity["nctId"].encode(), nct_id.encode())


def read_home(folder: Path, *, is_everything: bool) -> Inputs:
    """Return inputs with the watchlist that `trialwatch init` writes, in a fresh data home."""
    home = Path(tempfile.mkdtemp(dir=folder))
    write_watchlist(home)
    file = home / DEFAULT_WATCHLIST
    if is_everything:
        file.write_text(file.read_text("utf-8").replace("[watch]\n", "[watch]\neverything = true\n"), "utf-8")
    return read_inputs(file, environment={})


def time_floor(file: Path) -> float:
    """Read and decode every member, and forget it."""
    started = time.process_time()
    with zipfile.ZipFile(file) as archive:
        for member in archive.filelist:
            msgspec.json.decode(archive.read(member))
    return time.process_time() - started


def measure(label: str, inputs: Inputs, file: Path, floor: float) -> None:
    """Import once and print."""
    started, worked = time.perf_counter(), time.process_time()
    result = run_import(inputs, [file], CLOCK)
    took, work = time.perf_counter() - started, time.process_time() - worked
    steps: dict[str, float] = {}
    for step in result.steps:
        steps[step.step] = steps.get(step.step, 0.0) + step.seconds
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in steps.items())
    print(
        f"  {label:<12} {took:7.1f} s ({parts}), {result.read / took:.0f} studies a second, {took / floor:.1f} x floor"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {'':<12} {work / floor:.1f} x floor; {result.describe()}; peak memory so far {peak:.0f} MB")


def main(studies: int = 20_000, taken: int = 2_000) -> None:
    """Measure and print; of `studies` one in a hundred is taken, of `taken` each."""
    configure_logs("json")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        some, everything = (read_home(folder, is_everything=is_all) for is_all in (False, True))
        for number, inputs, labels in ((studies, some, ("1 % watched", "again")), (taken, everything, ("everything",))):
            file = folder / f"{number}.zip"
            size = write_zip(file, number, some)
            floor = time_floor(file)
            print(f"{number} studies, {size >> 20} MB in a zip of {file.stat().st_size >> 20} MB; floor {floor:.1f} s")
            for label in labels:
                measure(label, inputs, file, floor)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
