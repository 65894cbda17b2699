"""The audit of the landing: is each file what its name says, and can each run be read again? It mends nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from models.errors import WarehouseError
from warehouse.landed import LandedNote, LandedPage, Line
from warehouse.manifests import Manifest, find_manifests, find_torn, read_manifest
from warehouse.objects import list_objects, read_object
from warehouse.pages import list_parts


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
    faults = find_torn(folder)
    objects = list_objects(folder)
    sound: set[str] = set()
    seen: set[str] = set()
    for name in objects:
        try:
            read_object(folder, name)
            sound.add(name)
        except WarehouseError as error:
            faults.append(error.message)
    manifests = find_manifests(folder)
    missing: dict[str, int] = {}
    for run_id, manifest in manifests.items():
        try:
            for name in _list_objects(folder, manifest, seen):
                if name not in sound:
                    missing.setdefault(name, run_id)
        except WarehouseError as error:
            faults.append(error.message)
    faults += [
        f"landing: objects/{name[:2]}/{name}.gz is missing, of run {run_id} and perhaps later ones"
        for name, run_id in sorted(missing.items())
        if name not in objects
    ]
    return LandingAudit(
        runs=len(manifests),
        objects=len(objects),
        bytes=sum(path.stat().st_size for path in {*objects.values(), *(one.path for one in manifests.values())}),
        faults=tuple(faults),
        open_runs=tuple(run_id for run_id, one in manifests.items() if one.is_open),
    )


def _list_objects(folder: Path, manifest: Manifest, seen: set[str]) -> Iterator[str]:
    """Yield the objects that a manifest needs, but for pages seen before; complain of one that has no end."""
    last: Line | None = None
    for line in read_manifest(manifest):
        last = line
        if isinstance(line, LandedPage) and line.whole:
            yield line.whole
        if isinstance(line, LandedPage) and line.skeleton and line.skeleton not in seen:
            seen.add(line.skeleton)
            yield line.skeleton
            with contextlib.suppress(WarehouseError):  # the skeleton itself is a fault of its own
                yield from list_parts(folder, line)
        if isinstance(line, LandedNote) and line.kind == "run":
            yield from line.content.get("objects", {}).values()
    if not manifest.is_open and not (isinstance(last, LandedNote) and last.kind in ("end", "settled")):
        raise WarehouseError(f"landing: {manifest} ends before its run did")
