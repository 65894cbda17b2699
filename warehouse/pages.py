"""Pages in the landing: cut into records and what is left of them, and put together again byte for byte.

Records lose the release stamp that the registry sets anew each day; the manifest's line keeps it. No record is read.
"""

from __future__ import annotations

import bisect
import contextlib
import functools
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from models.errors import WarehouseError
from models.page import Page
from warehouse.landed import LandedPage, Line
from warehouse.manifests import Manifest, find_manifests, read_manifest
from warehouse.objects import Objects, find_object, hash_object, read_object
from warehouse.wholes import MASK, find_whole, list_whole_records, mask_stamp, read_whole_record

_LOOKED_AT = 6  # of the newest runs, for a page like one that comes; those of letters hold none
_HEAD = 2048  # bytes of a record


class _Skeleton(msgspec.Struct, frozen=True):
    """`gaps` are the bytes around the records, one more than there are records; `records` their hashes."""

    gaps: list[bytes]
    records: list[str]


class Parts(msgspec.Struct, frozen=True):
    """A page's records, stamps masked, with the stamps and what stood around the records."""

    records: list[bytes]
    stamps: list[str | None]
    gaps: list[bytes]


class EarlierPages:
    """The pages of the newest runs: what comes at their place will be like them. Read when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._heads: dict[tuple[str, str], list[tuple[bytes, str]]] = {}

    def find_heads(self, page: Page) -> list[tuple[bytes, str]]:
        """Return how each record of an item's pages began as these last came, with its name; sorted, read once."""
        key = page.source, page.item
        if key not in self._heads:
            self._heads = {key: sorted(self._read_heads(page))}  # of one item at a time: they are large
        return self._heads[key]

    def _read_heads(self, page: Page) -> set[tuple[bytes, str]]:
        heads = set()
        for skeleton in self.find_skeletons(page).values():
            with contextlib.suppress(WarehouseError):  # it is nobody's model then; the audit names it
                names = _read_skeleton(self.folder, skeleton).records
                heads |= {
                    (_read_record(self.folder, name)[:_HEAD], name) for name in names if _is_own(self.folder, name)
                }
        return heads

    def find_skeletons(self, page: Page) -> dict[int, str]:
        """Return the skeletons of an item's pages as they last came, by the page's number."""
        return self._skeletons.get((page.source, page.item), {})

    @cached_property
    def in_wholes(self) -> set[str]:
        """The records that lie in pages kept as one object: they need not be kept again."""
        return set(list_whole_records(self.folder))

    @cached_property
    def _skeletons(self) -> dict[tuple[str, str], dict[int, str]]:
        found: dict[tuple[str, str], dict[int, str]] = {}
        for manifest in list(find_manifests(self.folder).values())[: -_LOOKED_AT - 1 : -1]:
            here: dict[tuple[str, str], dict[int, str]] = {}
            for line in _read_lines(manifest):
                if isinstance(line, LandedPage) and line.skeleton:
                    here.setdefault((line.source, line.item), {})[line.number] = line.skeleton
            found = here | found
        return found


class _Vanished:
    """The records that stood in an item's pages and stand no more in this one: they changed, or left."""

    def __init__(self, earlier: EarlierPages, page: Page, names: Sequence[str]) -> None:
        self._earlier = earlier
        self._page = page
        self._names = frozenset(names)

    def find_alike(self, record: bytes) -> str | None:
        """Return the one that begins most like a record: a record begins with its number."""
        heads, head = self._earlier.find_heads(self._page), record[:_HEAD]
        place = bisect.bisect(heads, (head, ""))
        beside = (self._find_gone(heads, range(place - 1, -1, -1)), self._find_gone(heads, range(place, len(heads))))
        best = max(filter(None, beside), key=lambda one: _count_alike(one[0], head), default=None)
        return best[1] if best else None

    def _find_gone(self, heads: Sequence[tuple[bytes, str]], places: range) -> tuple[bytes, str] | None:
        return next((heads[place] for place in places if heads[place][1] not in self._names), None)


def _count_alike(left: bytes, right: bytes) -> int:
    pairs = zip(left, right, strict=False)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(left), len(right)))


def _read_lines(manifest: Manifest) -> list[Line]:
    try:
        return list(read_manifest(manifest))
    except WarehouseError:
        return []  # as above


def cut_page(page: Page) -> Parts:
    """Cut a page into its records and what is left."""
    parts = Parts([], [], [])
    position = 0
    for span in page.records:
        record, stamp = mask_stamp(page.body, span)
        parts.records.append(record)
        parts.stamps.append(stamp)
        parts.gaps.append(page.body[position : span.start])
        position = span.end
    parts.gaps.append(page.body[position:])
    return parts


def keep_page(
    page: Page,
    parts: Parts,
    objects: Objects,
    earlier: EarlierPages,
    before: Sequence[str | None] | None = None,
) -> tuple[list[str], str]:
    """Keep a page's records and its skeleton; return the records' names and the skeleton's, "" without records.

    `before` names what each record was when it last came, None where it never did; else one like it is looked for.
    """
    names = [hash_object(record) for record in parts.records]
    vanished = _Vanished(earlier, page, names)
    for place, (name, record) in enumerate(zip(names, parts.records, strict=True)):
        if name not in earlier.in_wholes:
            find = vanished.find_alike if before is None else functools.partial(_take, before[place])
            objects.put(name, record, find)
    if not names:
        return names, ""
    content = msgspec.json.encode(_Skeleton(parts.gaps, names))
    skeleton = hash_object(content)
    objects.put(skeleton, content, lambda _: earlier.find_skeletons(page).get(page.number))
    return names, skeleton


def _take(name: str | None, _: bytes) -> str | None:
    return name


def rebuild_body(folder: Path, page: LandedPage) -> bytes:
    """Return a landed page's body, byte for byte.

    Raises:
        WarehouseError: a part is missing or is not what its name says.
    """
    if page.whole:
        return read_object(folder, page.whole)
    if not page.skeleton:
        return page.body
    skeleton = _read_skeleton(folder, page.skeleton)
    parts = [skeleton.gaps[0]]
    stamps = page.stamps * len(skeleton.records) if len(page.stamps) == 1 else page.stamps
    for name, stamp, gap in zip(skeleton.records, stamps, skeleton.gaps[1:], strict=True):
        record = _read_record(folder, name)
        parts += [record if stamp is None else record.replace(MASK, stamp.encode(), 1), gap]
    return b"".join(parts)


def list_parts(folder: Path, page: LandedPage) -> list[str]:
    """Return the names of all that a page is put together from.

    Raises:
        WarehouseError: its skeleton cannot be read.
    """
    if page.whole:
        return [page.whole]
    if not page.skeleton:
        return []
    records = _read_skeleton(folder, page.skeleton).records
    return [page.skeleton, *(name if _is_own(folder, name) else find_whole(folder, name) or name for name in records)]


def _is_own(folder: Path, record: str) -> bool:
    return find_object(folder, record).exists()


def _read_record(folder: Path, name: str) -> bytes:
    if _is_own(folder, name) or find_whole(folder, name) is None:
        return read_object(folder, name)
    return read_whole_record(folder, name)


def _read_skeleton(folder: Path, name: str) -> _Skeleton:
    return msgspec.json.decode(read_object(folder, name), type=_Skeleton)
