"""How fast are a file's citations looked through, and does memory stay flat? One in a hundred is worth parsing.

Run it as `python benchmarks/scanning.py [citations] [file.xml.gz]`, with TRIALWATCH_SHARED where the recorded articles
are. A file of copies of them under numbers never given out is written to a temporary folder, one in a hundred naming
what the default watchlist watches; or the file named is read. Measured is the work of one core, each time in a process
of its own, imports excluded: unpacking alone (the floor), the scan with the parsing of what it suspects, and our own
parser over everything. Medians of five.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import msgspec

from dags.inputs import DEFAULT_WATCHLIST, read_inputs, write_watchlist
from etl.article_selecting import ArticleSelector
from etl.citation_scan import CitationScan
from extractors.containers import Part, open_parts
from extractors.pubmed.chosen import parse_citations
from extractors.pubmed.document import find_record_spans
from extractors.pubmed.parse import parse
from extractors.pubmed.scan import CHUNK_BYTES, read_citations, wrap
from models.article import Article

WATCHED_EVERY = 100
ROUNDS = 5
_PMID = re.compile(rb'(<MedlineCitation[^>]*>\s*<PMID Version="[0-9]+">)[0-9]+(</PMID>)')


def read_samples() -> list[bytes]:
    """Return the recorded articles as they stand."""
    shared = Path(os.environ.get("TRIALWATCH_SHARED", Path(__file__).parents[1] / ".." / "shared"))
    body = gzip.decompress((shared / "recorded" / "articles.xml.gz").read_bytes())
    return [body[span.start : span.end] for span in find_record_spans(body)]


def build_selector() -> ArticleSelector:
    """Return what searches papers for the items of the default watchlist, their conditions left out.

    Among the recorded articles, more than one in a hundred name an agent and fail its condition.
    """
    with tempfile.TemporaryDirectory() as name:
        write_watchlist(Path(name))
        items = read_inputs(Path(name) / DEFAULT_WATCHLIST, environment={}).items
        return ArticleSelector([msgspec.structs.replace(item, condition="") for item in items], {})


def write_file(path: Path, citations: int) -> None:
    """Write copies of recorded articles, one of a hundred of which names something watched."""
    selector = build_selector()
    kinds: dict[bool, list[bytes]] = {True: [], False: []}
    for sample in read_samples():
        articles = [one for one in parse(wrap([sample])) if isinstance(one, Article)]
        kinds[any(map(selector.find_matches, articles))].append(sample)
    turns = {is_match: cycle(samples) for is_match, samples in kinds.items()}
    with gzip.open(path, "wb", compresslevel=6) as file:
        file.write(b'<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n')
        for number in range(citations):
            sample = next(turns[number % WATCHED_EVERY == 0])
            file.write(_PMID.sub(rb"\g<1>%d\g<2>" % (98_000_000 + number), sample, count=1) + b"\n")
        file.write(b"</PubmedArticleSet>\n")


def _open(path: Path) -> Iterator[Part]:
    for part in open_parts(path):
        if isinstance(part, Part):
            yield part


def unpack(path: Path) -> Callable[[], tuple[int, int]]:
    """Unpack a file, and forget it."""

    def work() -> tuple[int, int]:
        size = 0
        for part in _open(path):
            while piece := part.read(CHUNK_BYTES):
                size += len(piece)
        return size, 0

    return work


def scan(path: Path) -> Callable[[], tuple[int, int]]:
    """Look through a file, and parse and search what is suspected, as the import does."""
    selector = build_selector()
    looker = CitationScan(selector.names, selector.nct_ids)

    def work() -> tuple[int, int]:
        read = taken = 0
        for part in _open(path):
            for batch in read_citations(part):
                read += len(batch)
                suspects = looker.find_suspects([citation.text or "" for citation in batch])
                chosen = [
                    one for one, is_suspect in zip(batch, suspects, strict=True) if is_suspect or not one.is_usual
                ]
                for _, record in parse_citations(chosen):
                    taken += isinstance(record, Article) and bool(selector.find_matches(record))
        return read, taken

    return work


def parse_all(path: Path) -> Callable[[], tuple[int, int]]:
    """Parse a file whole, and forget it."""

    def work() -> tuple[int, int]:
        with gzip.open(path) as file:
            return sum(1 for _ in parse(file)), 0

    return work


WAYS = {"unpack": unpack, "scan": scan, "parse": parse_all}


def measure(way: str, path: Path) -> None:
    """Do it once and print the seconds of work, what came, and the peak of memory in MB."""
    work = WAYS[way](path)
    started = time.process_time()
    came = work()
    took = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([took, *came, peak]))


def ask(way: str, path: Path) -> list[float]:
    """Measure in a process of its own, on one core."""
    environment = os.environ | {"POLARS_MAX_THREADS": "1"}
    command = [sys.executable, __file__, "--measure", way, str(path)]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603  this script
    numbers: list[float] = json.loads(answer.stdout)
    return numbers


def compare(path: Path) -> None:
    """Measure the ways in turn and print medians and ratios."""
    rounds = [{way: ask(way, path) for way in WAYS} for _ in range(ROUNDS)]
    seconds = {way: statistics.median(one[way][0] for one in rounds) for way in WAYS}
    peaks = {way: max(one[way][3] for one in rounds) for way in WAYS}
    _, read, taken, _ = rounds[0]["scan"]
    size = rounds[0]["unpack"][1]
    print(f"{path.name}: {read:.0f} citations, {size / 1e6:.0f} MB of XML; {taken:.0f} name something watched")
    for way in WAYS:
        ratio = seconds["parse"] / seconds[way]
        print(f"  {way:<7} {seconds[way]:6.2f} s  {ratio:4.1f} times as fast as parsing  peak {peaks[way]:.0f} MB")


def main(citations: int = 30_000, file: str = "") -> None:
    """Measure the copies, or the file named."""
    if file:
        compare(Path(file))
        return
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "pubmed98n0001.xml.gz"
        write_file(path, citations)
        compare(path)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 30_000, sys.argv[2] if sys.argv[2:] else "")
