"""What do workers gain? Files of PubMed read by this process, and by one, two or more of Dask's, to the same rows.

Run it as `python benchmarks/workers.py [files] [articles] [workers …]`, with TRIALWATCH_SHARED where the recorded
articles are. Each file holds so many copies of them under numbers never given out. The watchlist is the one that
`trialwatch init` writes; each import goes into a data home of its own, is told by the clock and by the processor,
workers included, and is compared row for row with that of this process. Starting Python and the workers is part of it.
"""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from parsing import HEAD, read_samples, renumber

from dags.inputs import find_home, read_settings, write_watchlist
from warehouse.compare import compare_files

LEDGER = {"run", "run_step"}  # how long each took


def write_files(folder: Path, files: int, articles: int) -> int:
    """Write files of NLM's names; return their bytes, packed."""
    folder.mkdir()
    samples = cycle(read_samples())
    for number in range(1, files + 1):
        with gzip.open(folder / f"pubmed26n{number:04d}.xml.gz", "wb", compresslevel=6) as file:
            file.write(HEAD)
            for place, sample in enumerate(islice(samples, articles)):
                file.write(renumber(sample, b"%d" % (99_000_000 + number * articles + place)))
            file.write(b"</PubmedArticleSet>\n")
    return sum(file.stat().st_size for file in folder.iterdir())


def load(home: Path, files: Path, workers: int) -> tuple[Path, float, float]:
    """Import the files by a command of its own; return what was published, the seconds, and those of the processor."""
    home.mkdir()
    file = write_watchlist(home)
    command = [sys.executable, "-m", "dags.cli", "import", str(files), "--config", str(file)]
    command += ["--clock", "2026-04-01T12:00:00", *(["--workers", str(workers)] if workers else [])]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  ours
    took, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return find_home(file, read_settings(file)).published, took, work


def main(files: int = 8, articles: int = 5000, *workers: int) -> None:
    """Measure and print; end with an error where workers brought other rows."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        size = write_files(place / "files", files, articles)
        print(f"{files} files of {articles} articles, {size >> 20} MB packed", flush=True)
        alone, took, work = load(place / "alone", place / "files", 0)
        print(f"  this process     {took:7.1f} s, {work:7.1f} of the processor", flush=True)
        for number in workers or (1, 2):
            other, theirs, worked = load(place / f"workers{number}", place / "files", number)
            told = f"{theirs:7.1f} s, {worked:7.1f} of the processor, {took / theirs:.2f} times as fast"
            print(f"  {number} workers        {told}", flush=True)
            if found := compare_files(alone, other, but_for=LEDGER):
                raise SystemExit(f"{number} workers brought other rows: {found[0]}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
