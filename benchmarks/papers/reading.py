"""One parser reads one file, in a process of its own; prints how many records, what they cost and the memory.

    python reading.py PARSER file.xml.gz

Runs in the environment of the parser it names. Imports are not timed, and nothing read is kept. What costs is the
work of this process, which is held to one core.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path


def prepare_ours() -> Callable[[Path], int]:
    """Every field of ours, record by record, from gzip by igzip, as `trialwatch import` unpacks it."""
    from isal import igzip  # noqa: PLC0415  not in the environment of the others

    from extractors.pubmed.parse import parse  # noqa: PLC0415  same

    def read(path: Path) -> int:
        with igzip.open(path) as stream:
            return sum(1 for _ in parse(stream))

    return read


def prepare_pubmed_parser() -> Callable[[Path], int]:
    """As its documentation has it, with what its defaults leave out switched on where we have it too."""
    from pubmed_parser import parse_medline_xml  # noqa: PLC0415  not in our environment

    def read(path: Path) -> int:
        return sum(1 for _ in parse_medline_xml(str(path), year_info_only=False, author_list=True))

    return read


def prepare_pubmed_parser_by_default() -> Callable[[Path], int]:
    """With its defaults: years for dates, authors as one text."""
    from pubmed_parser import parse_medline_xml  # noqa: PLC0415  not in our environment

    def read(path: Path) -> int:
        return sum(1 for _ in parse_medline_xml(str(path)))

    return read


def prepare_pubmed_downloader() -> Callable[[Path], int]:
    """Its reader of a downloaded file, which has no public name; nothing is looked up in ontologies."""
    from pubmed_downloader import api  # noqa: PLC0415  not in our environment

    def read(path: Path) -> int:
        return sum(1 for _ in api._parse_from_path(path, ror_grounder=None, mesh_grounder=None, author_grounder=None))  # noqa: SLF001  see above

    return read


def prepare_biopython() -> Callable[[Path], int]:
    """`Entrez.read`: a set of articles is no list to it, so `Entrez.parse` refuses the file."""
    from Bio import Entrez  # noqa: PLC0415  not in our environment

    def read(path: Path) -> int:
        with gzip.open(path) as stream:
            return len(Entrez.read(stream, validate=False)["PubmedArticle"])

    return read


def read_peak() -> float:
    """Return the most memory this program took, in MB; what getrusage tells begins with that of its parent."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else 0.0


def main(parser: str, path: Path) -> None:
    """Read and print."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    read = globals()[f"prepare_{parser}"]()
    began = time.process_time()
    records = read(path)
    seconds = time.process_time() - began
    print(json.dumps({"records": records, "seconds": seconds, "megabytes": read_peak()}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
