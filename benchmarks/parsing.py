"""How fast is a file of PubMed read, with all our fields, and in what memory? Against three other parsers.

Run it as `python benchmarks/parsing.py [articles] [file.xml.gz …]`, with TRIALWATCH_SHARED where the recorded articles
are. A file of copies of them under numbers never given out is written to a temporary folder; or the files named are
read. All read the same file from gzip, in turn, five times each, every time in a process of its own on one core; the
seconds are of the processor, imports excluded, and the medians are told. The others run in an environment of their
own, made in the temporary folder if it is not there: pubmed_parser (with full dates and lists of authors, as we have
them, and by its defaults), pubmed-downloader (without its look-ups), Biopython.
"""

from __future__ import annotations

import gzip
import os
import re
import statistics
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from peers.environment import find_peer, read

from extractors.pubmed.document import find_record_spans

ROUNDS = 5
OTHERS = ("pubmed_parser", "pubmed_parser_by_default", "pubmed_downloader", "biopython")
REQUIREMENTS = ("pubmed_parser", "pubmed-downloader", "biopython")
READING = Path(__file__).parent / "papers" / "reading.py"
HEAD = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC '
    b'"-//NLM//DTD PubMedArticle, 1st January 2019//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">\n<PubmedArticleSet>\n'
)
_PMID = re.compile(rb"(<MedlineCitation[^>]*>\s*<PMID[^>]*>)([0-9]+)(</PMID>)")
_NO_UI = re.compile(rb"<(PublicationType|NameOfSubstance|DescriptorName|QualifierName)>")
_OTHERWISE = re.compile(rb"<ArticleDate[^>]*>(?:(?!</ArticleDate>).)*<Hour>|</Abstract>\s*<Affiliation>", re.DOTALL)


def read_samples() -> list[bytes]:
    """Return the recorded articles as they stand, but for what one of the others stumbles over.

    Two are left out, which have an hour and an affiliation where the DTD has none; terms without an id, as in files of
    old, are given one.
    """
    shared = Path(os.environ.get("TRIALWATCH_SHARED", Path(__file__).parents[1] / ".." / "shared"))
    body = gzip.decompress((shared / "recorded" / "articles.xml.gz").read_bytes())
    samples = (body[span.start : span.end] for span in find_record_spans(body))
    return [_NO_UI.sub(rb'<\1 UI="D999999">', sample) for sample in samples if not _OTHERWISE.search(sample)]


def write_file(path: Path, articles: int) -> int:
    """Write copies under numbers beyond those given out; return the bytes they unpack to."""
    size = 0
    with gzip.open(path, "wb", compresslevel=6) as file:
        size += file.write(HEAD)
        for number, sample in enumerate(islice(cycle(read_samples()), articles)):
            size += file.write(renumber(sample, b"%d" % (99_000_000 + number)))
        size += file.write(b"</PubmedArticleSet>\n")
    return size


def renumber(sample: bytes, pmid: bytes) -> bytes:
    """Return a copy of an article under another number.

    Raises:
        ValueError: it has none.
    """
    found = _PMID.search(sample)
    if found is None:
        raise ValueError("a recorded article without a PMID")
    copy = _PMID.sub(rb"\g<1>%s\3" % pmid, sample, count=1)
    return copy.replace(b'IdType="pubmed">%s<' % found[2], b'IdType="pubmed">%s<' % pmid, 1) + b"\n"


def measure(path: Path, peer: Path) -> None:
    """Let each read a file in turn; print the medians and the ratios."""
    answers: dict[str, list[dict[str, Any]]] = {parser: [] for parser in ("ours", *OTHERS)}
    for number in range(1, ROUNDS + 1):
        for parser, found in list(answers.items()):
            answer = read(READING, parser, path, None if parser == "ours" else peer)
            if answer:
                found.append(answer)
            else:
                del answers[parser]
        told = ", ".join(f"{parser} {found[-1]['seconds']:.1f} s" for parser, found in answers.items())
        print(f"  round {number}: {told}", flush=True)
    median = {parser: statistics.median(one["seconds"] for one in found) for parser, found in answers.items()}
    for parser, found in answers.items():
        records, peak = found[0]["records"], max(one["megabytes"] for one in found)
        ratio = "" if parser == "ours" else f", ours {median[parser] / median['ours']:.1f} times as fast"
        rate = records / median[parser]
        print(f"  {parser:<25}{median[parser]:7.1f} s, {rate:6.0f} a second, at most {peak:5.0f} MB{ratio}")


def main(articles: str = "30000", *files: str) -> None:
    """Measure and print."""
    peer = find_peer("pubmed", REQUIREMENTS)
    for name in files:
        print(Path(name).name, flush=True)
        measure(Path(name), peer)
    if files:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.xml.gz"
        size = write_file(path, int(articles))
        print(f"{articles} articles, {size >> 20} MB in a file of {path.stat().st_size >> 20} MB", flush=True)
        measure(path, peer)


if __name__ == "__main__":
    main(*sys.argv[1:])
