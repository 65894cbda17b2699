"""The landing of one run: what came, before anyone interprets it, kept so that every page can be rebuilt byte for byte.

Records are stored one by one under the hash of their bytes with the release stamp masked, so that a year of
unchanged nights costs almost nothing; what is left of a page (its skeleton) likewise. A manifest a run says in which
order they came. It reads no record.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.page import Page
from warehouse.landed import Asked, LandedExchange, LandedNote, LandedPage, Line, write_line
from warehouse.manifests import find_open, seal_manifest
from warehouse.objects import Objects, find_object, hash_object, pack_fast
from warehouse.pages import EarlierPages, cut_page, keep_page
from warehouse.wholes import PackedPage, keep_index, pack_page

_MOST_WAITING_BYTES = 64 << 20


class Landing:
    """The landing folder of one data home, open for one run."""

    def __init__(self, folder: Path, run_id: int) -> None:
        self.folder = folder
        self._objects = Objects(folder)
        self._earlier = EarlierPages(folder)
        self._waiting: list[LandedExchange] = []
        self._waiting_bytes = 0
        self._indexes: dict[str, bytes] = {}  # of pages kept as one object that are not on the disk yet
        self._open_manifest = find_open(folder, run_id)
        self._open_manifest.parent.mkdir(parents=True, exist_ok=True)
        self._lines = self._open_manifest.open("wb", buffering=0)

    def store(self, page: Page, before: Sequence[str | None] | None = None) -> list[str]:
        """Keep a page, with the question that brought it; return its records' hashes, in order.

        Where it is known, `before` holds the hash under which each record last came, or None.
        """
        parts = cut_page(page)
        hashes, skeleton = keep_page(page, parts, self._objects, self._earlier, before)
        stamps = parts.stamps if len(set(parts.stamps)) > 1 else parts.stamps[:1]
        self._write_page(
            page, stamps=stamps, skeleton=skeleton, body=b"" if hashes else page.body, asked=self._take_question(page)
        )
        return hashes

    def store_whole(self, page: Page, ready: PackedPage | None = None) -> list[str]:
        """Keep a page as one object; return its records' hashes, in order. Of one that is `ready` no body is needed.

        For one whose records were never held: the whole registry would else be hundreds of thousands of objects. And
        for the same page of a file again.
        """
        one = ready or pack_page(page.body, page.records, is_packed=False)
        if one.packed:
            self._objects.put_packed(one.name, one.packed)
        else:
            self._objects.put(one.name, page.body, pack=pack_fast)
        self._write_page(page, stamps=[], whole=one.name, asked=self._take_question(page))
        self._indexes[one.name] = one.index
        self._earlier.in_wholes.update(one.records)
        return one.records

    def holds_whole(self, page: Page) -> bool:
        """Whether a page was kept as one object before."""
        return find_object(self.folder, hash_object(page.body)).exists()

    def note(self, kind: str, **content: Any) -> None:
        """Keep a fact of the run that is no page."""
        self._write(LandedNote(kind, content))

    def wait(self, exchange: LandedExchange) -> None:
        """Keep an exchange until its page is stored, or else, by the next `flush`, as it is."""
        self._waiting.append(exchange)
        self._waiting_bytes += len(exchange.body)
        if self._waiting_bytes > _MOST_WAITING_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the exchanges that became no page."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        for exchange in waiting:
            self._write(exchange)

    def secure(self) -> None:
        """Bring what was landed to the disk: what is committed after it can be made again from it."""
        self.flush()
        self._objects.sync()
        if self._indexes:
            indexes, self._indexes = self._indexes, {}
            for whole, packed in indexes.items():
                keep_index(self._objects, whole, packed)
            self._objects.sync()
        os.fsync(self._lines.fileno())

    def release(self) -> None:
        """Let go of the manifest's file. One that was not sealed stays open in name, for the next run to see."""
        self._lines.close()

    def seal(self) -> None:
        """Seal the manifest. Everything landed is on disk after it."""
        self.secure()
        self._lines.close()
        seal_manifest(self._open_manifest)

    def keep(self, content: bytes) -> str:
        """Keep some bytes that are no page; return the name under which they are found."""
        return self._objects.keep(content)

    @property
    def mended(self) -> list[str]:
        """The objects that were there damaged and are written anew."""
        return self._objects.mended

    def _take_question(self, page: Page) -> Asked | None:
        for place, exchange in enumerate(self._waiting):
            if exchange.status == page.status and exchange.body == page.body:
                self._waiting_bytes -= len(exchange.body)
                return self._waiting.pop(place).asked
        return None

    def _write_page(self, page: Page, **kept: Any) -> None:
        self._write(
            LandedPage(
                source=page.source,
                item=page.item,
                number=page.number,
                url=page.url,
                request=page.request,
                status=page.status,
                content_type=page.content_type,
                fetched_at=page.fetched_at.isoformat(),
                **kept,
            )
        )

    def _write(self, line: Line) -> None:
        """Add a line, whole or not at all: what stands half when the disk is full would hide those after it."""
        rest = memoryview(write_line(line))
        end = self._lines.tell()
        try:
            while rest:
                rest = rest[self._lines.write(rest) :]
        except OSError:
            self._lines.truncate(end)
            self._lines.seek(end)
            raise


class DryLanding(Landing):
    """A landing to which a run of the past is made again: it names what it is handed, and writes nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._objects = Objects(folder)

    def keep(self, content: bytes) -> str:
        """Return the hash of some bytes."""
        return hash_object(content)

    def store(self, page: Page, before: Sequence[str | None] | None = None) -> list[str]:  # noqa: ARG002  nothing is kept
        """Return the hashes of a page's records, in order."""
        return [hash_object(record) for record in cut_page(page).records]

    def store_whole(self, page: Page, ready: PackedPage | None = None) -> list[str]:
        """Return the hashes of a page's records, in order."""
        return ready.records if ready else self.store(page)

    def note(self, kind: str, **content: Any) -> None:
        """Keep nothing."""

    def flush(self) -> None:
        """Nothing waits."""

    def secure(self) -> None:
        """Nothing waits for the disk."""

    def release(self) -> None:
        """There is no file to let go of."""
