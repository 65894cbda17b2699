"""The changes between consecutive versions of real records, and a way to read them.

`python -m tests.etl.recorded_pairs` prints every change with its whole texts, for a person to read; with `--golden` it
writes golden_changes.tsv, in which ids, days, kinds and hashes stand, and no text.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from etl.canonical import build_canonical
from etl.diff import DiffContext, find_changes, list_administrative
from models.change import Change
from tests.etl.explaining import list_unexplained
from tests.etl.studies import Json

GOLDEN = Path(__file__).with_name("golden_changes.tsv")
_CONTEXT = DiffContext()


class Pair(NamedTuple):
    """Two consecutive versions of one record, canonical; `day` is that of the later one."""

    source: str
    nct_id: str
    day: str
    old: Json
    new: Json

    def find_changes(self) -> list[Change]:
        return list(find_changes(self.old, self.new, _CONTEXT))


def list_pairs(shared: Path) -> Iterator[Pair]:
    """Yield the pairs of all recorded files, file by file, record by record, in order of their days."""
    for source in ("nightly", "trials"):
        versions = defaultdict(list)
        for row in _read_lines(shared / "recorded" / f"{source}.jsonl.gz"):
            nct_id = row["study"]["protocolSection"]["identificationModule"]["nctId"]
            versions[nct_id].append((row["day"], build_canonical(row["study"])))
        for nct_id, seen in sorted(versions.items()):
            seen.sort(key=lambda version: str(version[0]))
            for (_, old), (day, new) in itertools.pairwise(seen):
                yield Pair(source, nct_id, day, old, new)
    for row in _read_lines(shared / "recorded" / "histories.jsonl.gz"):
        days = [change["date"] for change in row["changes"]]
        studies = [build_canonical(row["studies"][str(place)], markup="html") for place in range(len(days))]
        for old, new, day in zip(studies, studies[1:], days[1:], strict=False):
            yield Pair("histories", row["nct_id"], day, old, new)


def list_golden(pairs: Iterator[Pair]) -> list[str]:
    """Return one line a change, without a text: what it is, where, and a hash of the texts."""
    return ["\t".join(_sign(pair, change)) for pair in pairs for change in pair.find_changes()]


def _sign(pair: Pair, change: Change) -> tuple[str, ...]:
    texts = "\x1f".join((change.item, change.old_value or "", change.new_value or ""))
    signed = hashlib.blake2b(texts.encode(), digest_size=6).hexdigest()
    return pair.nct_id, pair.day, change.kind, change.action, change.weight, change.field, signed


def _read_lines(file: Path) -> Iterator[Any]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _print(pair: Pair) -> None:
    changes = pair.find_changes()
    out = sys.stdout
    out.write(f"\n{'=' * 100}\n{pair.source} {pair.nct_id} {pair.day}\n")
    out.write(f"  administrative: {', '.join(list_administrative(pair.old, pair.new)) or 'none'}\n")
    if missing := list_unexplained(pair.old, pair.new, changes):
        out.write(f"  UNEXPLAINED: {', '.join(missing)}\n")
    for change in changes:
        detail = {key: value for key, value in change.detail.items() if key not in ("content", "old_content", "state")}
        out.write(f"  [{change.weight}] {change.kind} {change.action} | {change.field} | {change.item}\n")
        out.write(
            f"      - {change.old_value}\n      + {change.new_value}\n      {json.dumps(detail, ensure_ascii=False)}\n"
        )


if __name__ == "__main__":
    root = Path(__file__).parents[2]
    every = list_pairs(Path(os.environ.get("TRIALWATCH_SHARED", root / ".." / "shared")))
    if "--golden" in sys.argv:
        GOLDEN.write_text("\n".join(list_golden(every)) + "\n", "utf-8")
    else:
        for one in every:
            _print(one)
