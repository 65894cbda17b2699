"""The audit of the landing: is each file what its name says, and can each run be read again? It mends nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from models.errors import WarehouseError
from warehouse.landing import (
    LandedNote,
    LandedPage,
    Line,
    find_manifests,
    list_parts,
    read_manifest,
    read_object,
)


class LandingAudit(msgspec.Struct, frozen=True):
    """What the landing holds and what is wrong with it, in sentences that name the file; `bytes` as stored.

    `open_runs` are those whose manifest was never sealed: the run is under way, or was cut off.
    """

    runs: int
    objects: int
    bytes: int
    faults: tuple[str, ...]
    open_runs: tuple[int, ...] = ()


def audit_landing(folder: Path) -> LandingAudit:
    """Read every file of a landing; change nothing. A landing that is not there is empty and sound."""
    files = sorted((folder / "objects").glob("*/*.gz"))
    faults: list[str] = []
    sound: set[str] = set()
    seen: set[str] = set()
    for file in files:
        name = file.name.removesuffix(".gz")
        try:
            read_object(folder, name)
            sound.add(name)
        except WarehouseError as error:
            faults.append(error.message)
    manifests = find_manifests(folder)
    missing: dict[str, int] = {}
    for run_id, path in manifests.items():
        try:
            for name in _list_objects(folder, path, seen):
                if name not in sound:
                    missing.setdefault(name, run_id)
        except WarehouseError as error:
            faults.append(error.message)
    damaged = {file.name.removesuffix(".gz") for file in files} - sound
    faults += [
        f"landing: objects/{name[:2]}/{name}.gz is missing, of run {run_id} and perhaps later ones"
        for name, run_id in sorted(missing.items())
        if name not in damaged
    ]
    return LandingAudit(
        runs=len(manifests),
        objects=len(files),
        bytes=sum(path.stat().st_size for path in (*files, *manifests.values())),
        faults=tuple(faults),
        open_runs=tuple(run_id for run_id, path in manifests.items() if path.suffix != ".gz"),
    )


def _list_objects(folder: Path, path: Path, seen: set[str]) -> Iterator[str]:
    """Yield the objects that a manifest needs, but for pages seen before; complain of one that has no end."""
    last: Line | None = None
    for line in read_manifest(path):
        last = line
        if isinstance(line, LandedPage) and line.skeleton and line.skeleton not in seen:
            seen.add(line.skeleton)
            yield line.skeleton
            with contextlib.suppress(WarehouseError):  # the skeleton itself is a fault of its own
                yield from list_parts(folder, line)
        if isinstance(line, LandedNote) and line.kind == "run":
            yield from line.content.get("objects", {}).values()
    if path.suffix == ".gz" and not (isinstance(last, LandedNote) and last.kind in ("end", "settled")):
        raise WarehouseError(f"landing: {path} ends before its run did")
