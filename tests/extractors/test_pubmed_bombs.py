"""Files that unpack to two gigabytes: refused for a reason that is said, in the memory that any file takes."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.extractors.pubmed_xml import DOCTYPE, write_abstract, write_article

ROOT = Path(__file__).parents[2]
SIZE = 2 << 30
HEAD = f"{DOCTYPE}<PubmedArticleSet>{write_article('99000001')}"
TITLE = "<PubmedArticle><MedlineCitation><PMID>99000002</PMID><Article><ArticleTitle>"
REFERENCES = write_article("99000003", data=f"<ReferenceList>{'<Reference/>' * 2_500}</ReferenceList>")
# What comes first, what is repeated until there are two gigabytes of it, how many records come before the refusal
# (None: as many as fit), and what that says.
BOMBS = {
    "nothing but zeros": ("", "\0", 0, "unreadable XML"),
    "blanks and no element": ("", " ", 0, "no element at its beginning"),
    "blanks between records": (HEAD, " ", 1, "unreadable XML"),
    "a title without end": (HEAD + TITLE, "word ", 1, "unreadable XML"),
    "an attribute without end": (HEAD + '<PubmedArticle a="', "a", 1, "unreadable XML|a record of more than 16 MB"),
    "a comment without end": (HEAD + "<!--", "no ", 1, "unreadable XML|a record of more than 16 MB"),
    "a name without end": (HEAD + "<", "a", 1, "unreadable XML|a record of more than 16 MB"),
    "elements without end in a record": (HEAD + TITLE, "<i/>", 1, "1,048,576 tags"),
    "citations without end in a record": (HEAD + "<PubmedArticle>", "<MedlineCitation/>", 1, "1,048,576 tags"),
    "elements without end among records": (HEAD, "<i/>", 1, "1,048,576 tags"),
    "attributes without end": (HEAD + TITLE, '<i a="" b="" c="" d=""/>', 1, "1,048,576 tags|more than 16 MB"),
    "a reference list without end": (HEAD + "<PubmedArticle><ReferenceList>", "<R>x</R>", 1, "1,048,576 tags|16 MB"),
    "sections without end": (HEAD + TITLE, "<![CDATA[x]]>", 1, "unreadable XML|a record of more than 16 MB"),
    "records without end": (HEAD, REFERENCES, None, "more than 1,024 MB unpacked"),
}
READER = r"""
import gzip, json, re, sys
from pathlib import Path
from extractors.pubmed.parse import parse
from models.errors import SourceError

def peak():  # of this program alone; what getrusage tells begins with that of its parent
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024

before, told = peak(), []
for name in sys.argv[1:]:
    count, reason = 0, ""
    with gzip.open(name) as stream:
        try:
            for _ in parse(stream, source="pubmed file " + Path(name).name):
                count += 1
        except SourceError as error:
            reason = str(error)
    told.append((count, reason))
print(json.dumps((told, before, peak())))
"""


def write_members(first: str, repeated: str) -> Iterator[bytes]:
    """Yield gzip members that unpack to more than two gigabytes; alike, they cost nothing to make."""
    yield gzip.compress(first.encode())
    block = repeated.encode() * ((16 << 20) // len(repeated.encode()) + 1)
    member = gzip.compress(block, compresslevel=9)
    for _ in range(SIZE // len(block) + 1):
        yield member


def read(*files: Path) -> tuple[list[tuple[int, str]], int, int]:
    """Read files in a process of its own; return records and reason of each, and its megabytes before and at most."""
    command = [sys.executable, "-c", READER, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=300)
    told, before, peak = json.loads(done.stdout)
    return [(count, reason) for count, reason in told], before, peak


@pytest.mark.parametrize(
    ("first", "repeated", "records", "reason"), [pytest.param(*row, id=name) for name, row in BOMBS.items()]
)
def test_two_gigabytes_of_one_thing_are_refused_in_little_memory_and_the_next_file_is_read(
    tmp_path: Path, first: str, repeated: str, records: int | None, reason: str
) -> None:
    bomb, sound = tmp_path / "bomb.xml.gz", tmp_path / "sound.xml.gz"
    with bomb.open("wb") as file:
        file.writelines(write_members(first, repeated))
    sound.write_bytes(gzip.compress(f"{HEAD}</PubmedArticleSet>".encode()))
    assert bomb.stat().st_size < 16 << 20
    told, before, peak = read(bomb, sound)
    (count, why), after = told
    assert why.startswith("pubmed file bomb.xml.gz: ")
    assert any(part in why for part in reason.split("|")), why
    assert count == records or (records is None and count > 1)
    assert after == (1, "")
    assert peak - before < 300


def test_a_large_sound_file_takes_the_memory_of_a_small_one(tmp_path: Path) -> None:
    record = write_article("99000001", write_abstract("word " * 400))
    small, large = tmp_path / "small.xml.gz", tmp_path / "large.xml.gz"
    for file, number in ((small, 100), (large, 10_000)):
        file.write_bytes(gzip.compress(f"{HEAD}{record * number}</PubmedArticleSet>".encode()))
    _, _, little = read(small)
    ((count, why),), _, much = read(large)
    assert (count, why) == (10_001, "")
    assert much < little + 10
    assert much < 60
