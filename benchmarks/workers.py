"""What do workers gain? Files of PubMed read by this process, and by one, two or more of Dask's, to the same rows.

Run it as `python benchmarks/workers.py [files] [articles] [workers …]`, with TRIALWATCH_SHARED where the recorded
articles are. Each file holds so many copies of them under numbers never given out. The watchlist is the one that
`trialwatch init` writes; each import goes into a data home of its own, is told by the clock and by the processor,
workers included, and is compared row for row with that of this process. Starting Python and the workers is part of it.

`python benchmarks/workers.py studies [studies] [workers …]` likewise, of a zip of so many copies of recorded studies,
all of which are taken.
"""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import msgspec
from nights.copies import read_samples as read_studies
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


def write_zip(file: Path, studies: int) -> int:
    """Write a zip of studies; return its bytes."""
    samples = cycle([msgspec.json.encode(one) for one in read_studies()])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, sample in enumerate(islice(samples, studies)):
            own = msgspec.json.decode(sample)["protocolSection"]["identificationModule"]["nctId"]
            archive.writestr(f"{number}.json", sample.replace(own.encode(), b"NCT98%06d" % number))
    return file.stat().st_size


def load(home: Path, files: Path, workers: int, *, is_everything: bool = False) -> tuple[Path, float, float]:
    """Import the files by a command of its own; return what was published, the seconds, and those of the processor."""
    home.mkdir()
    file = write_watchlist(home)
    if is_everything:
        file.write_text(file.read_text("utf-8").replace("[watch]\n", "[watch]\neverything = true\n"), "utf-8")
    command = [sys.executable, "-m", "dags.cli", "import", str(files), "--config", str(file)]
    command += ["--clock", "2026-04-01T12:00:00", *(["--workers", str(workers)] if workers else [])]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603  ours
        peak = watch_peak(process)
    if process.returncode:
        raise SystemExit(f"the import ended with {process.returncode}")
    print(f"    the importing process took {peak >> 20} MB at most", flush=True)
    took, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return find_home(file, read_settings(file)).published, took, work


def watch_peak(process: subprocess.Popen[bytes]) -> int:
    """Wait for a process; return the bytes of memory that it had at most, as Linux tells it."""
    told, peak = Path(f"/proc/{process.pid}/status"), 0
    while process.poll() is None:
        lines = [line.split() for line in told.read_text("utf-8").splitlines() if line.startswith("VmHWM")]
        peak = max([peak, *(int(line[1]) << 10 for line in lines)])
        time.sleep(0.1)
    return peak


def compare(place: Path, files: Path, workers: Sequence[int], *, is_everything: bool = False) -> None:
    """Measure and print; end with an error where workers brought other rows."""
    alone, took, work = load(place / "alone", files, 0, is_everything=is_everything)
    print(f"  this process     {took:7.1f} s, {work:7.1f} of the processor", flush=True)
    for number in workers or (1, 2):
        other, theirs, worked = load(place / f"workers{number}", files, number, is_everything=is_everything)
        told = f"{theirs:7.1f} s, {worked:7.1f} of the processor, {took / theirs:.2f} times as fast"
        print(f"  {number} workers        {told}", flush=True)
        if found := compare_files(alone, other, but_for=LEDGER):
            raise SystemExit(f"{number} workers brought other rows: {found[0]}")


def main(files: int = 8, articles: int = 5000, *workers: int) -> None:
    """Measure files of PubMed."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        size = write_files(place / "files", files, articles)
        print(f"{files} files of {articles} articles, {size >> 20} MB packed", flush=True)
        compare(place, place / "files", workers)


def main_of_studies(studies: int = 10_000, *workers: int) -> None:
    """Measure a zip of studies."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        size = write_zip(place / "studies.zip", studies)
        print(f"{studies} studies, {size >> 20} MB packed", flush=True)
        compare(place, place / "studies.zip", workers, is_everything=True)


if __name__ == "__main__":
    is_of_studies = sys.argv[1:2] == ["studies"]
    measure = main_of_studies if is_of_studies else main
    measure(*(int(argument) for argument in sys.argv[1 + is_of_studies :]))
