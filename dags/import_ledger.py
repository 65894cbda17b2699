"""Which files of PubMed were read, and in which order their word stands. It reads no file.

Files of one year are read in the order of their numbers. One that comes late, because it was refused or missing, is
read all the same, and what newer ones said of a paper stands: each paper remembers the newest file that spoke of it.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
import polars as pl

from dags.import_files import ArticleFile
from dags.run import Run
from dags.watching import hash_query
from etl.article_schemas import ARTICLE_IMPORT
from etl.ledger_schemas import IMPORT_FILE
from etl.schemas import build_frame
from extractors.pubmed.files import Place

Row = dict[str, Any]


class Counts(msgspec.Struct):
    """What came of one file: citations in it, those taken, and what became of these.

    `deleted` are papers held that the file took out; of the `unreadable`, those `set_aside` are no XML.
    """

    read: int = 0
    taken: int = 0
    new: int = 0
    changed: int = 0
    held: int = 0
    older: int = 0
    unreadable: int = 0
    deleted: int = 0
    set_aside: int = 0


class FileLedger:
    """The files read so far, by name."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._rows = {row["name"]: row for row in run.store.read_rows("import_files")}
        self._question = _hash_question(run)

    def may_be_done(self, name: str) -> bool:
        """Whether a file of this name was read for what is watched now."""
        return self._rows.get(name, {}).get("question") == self._question

    def is_done(self, file: ArticleFile, size: int, md5: str) -> bool:
        """Whether a file was read as it is, for what is watched now, and no older one after it.

        After an older one it is read anew: what it says stands above that.
        """
        row = self._rows.get(file.name)
        if row is None or (row["size"], row["md5"], row["question"]) != (size, md5, self._question):
            return False
        return not any(
            other["load_no"] > row["load_no"] and file.place and _is_before(_read_place(other), file.place)
            for other in self._rows.values()
        )

    def find_newer(self, file: ArticleFile) -> str | None:
        """Return the newest file read that is newer than this one, None where none is."""
        newer = [
            (place, name)
            for name, row in self._rows.items()
            if (place := _read_place(row)) and file.place and _is_before(file.place, place)
        ]
        return max(newer)[1] if newer else None

    def write(self, file: ArticleFile, size: int, md5: str, counts: Counts) -> Row:
        """Note that a file was read, in the open transaction; `keep` what is returned once it is committed."""
        row = {
            "name": file.name,
            "series_year": file.place[0] if file.place else None,
            "series_no": file.place[1] if file.place else None,
            "size": size,
            "md5": md5,
            "question": self._question,
            "citations": counts.read,
            "taken": counts.taken,
            "deleted": counts.deleted,
            "load_no": 1 + max((row["load_no"] for row in self._rows.values()), default=0),
            "loaded_at": self._run.clock,
            "run_id": self._run.run_id,
        }
        self._run.store.replace("import_file", build_frame([row], IMPORT_FILE), "name")
        return row

    def keep(self, row: Row) -> None:
        """Remember a file that was read."""
        self._rows[row["name"]] = row

    def find_gaps(self, files: Iterable[ArticleFile]) -> Iterator[str]:
        """Yield, of the years that some files are of, the numbers that were never read between two that were."""
        for year in sorted({file.place[0] for file in files if file.place}):
            numbers = sorted({row["series_no"] for row in self._rows.values() if row["series_year"] == year})
            for before, after in itertools.pairwise(numbers):
                if after - before > 1:
                    first, last = (f"pubmed{year:02d}n{number:04d}" for number in (before + 1, after - 1))
                    yield first if first == last else f"{first} to {last}"


def is_overruled(place: Place | None, said: Mapping[str, Any]) -> bool:
    """Whether a newer file, or this one at its end, said of a paper what stands. `said`: its row of `import_states`."""
    newest = _read_place(said)
    if place is None or newest is None:
        return False
    return place < newest or (place == newest and bool(said["is_deleted"]))


def write_said(run: Run, place: Place | None, said: Mapping[str, Mapping[str, Any]], *, is_deleted: bool) -> None:
    """Note that a file spoke of some papers. One without a number speaks as of now and moves no place."""
    rows = []
    for pmid, before in said.items():
        if place is None and not is_deleted and not before["is_deleted"]:
            continue
        year, number = place or (before["series_year"], before["series_no"])
        rows.append({"pmid": pmid, "series_year": year, "series_no": number, "is_deleted": is_deleted})
    if rows:
        run.store.replace("article_import", build_frame(rows, ARTICLE_IMPORT), "pmid")


def read_states(run: Run, pmids: Iterable[str]) -> dict[str, Row]:
    """Return what is held of some papers, and which file spoke of each last, by PMID."""
    wanted = sorted(set(pmids))
    frame = run.store.read("import_states", pmids=wanted) if wanted else pl.DataFrame()
    return {row["pmid"]: row for row in frame.to_dicts()}


def _hash_question(run: Run) -> str:
    asked = sorted(f"{item.item_id} {hash_query(item)}" for item in run.inputs.items)
    text = "\n".join([str(run.inputs.settings.watch.is_everything), *asked])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _read_place(row: Mapping[str, Any]) -> Place | None:
    return (row["series_year"], row["series_no"]) if row["series_no"] is not None else None


def _is_before(place: Place | None, other: Place) -> bool:
    return place is not None and place < other
