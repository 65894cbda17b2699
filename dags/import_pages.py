"""Cuts the studies that are taken into pages, and has those never held built before their turn comes; loads nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future

import msgspec

from dags.drift import DriftWatch
from dags.first_building import BuiltPage
from dags.first_loading import Builders, FirstPage
from dags.run import Run
from dags.taking import Taken
from models.errors import SourceError
from models.nct_set import NctSet

_PAGE_RECORDS, _PAGE_BYTES = 256, 64 << 20


class TakenPage(msgspec.Struct):
    """Studies that are loaded together: number → study. `is_last` of its part.

    One of which nothing was ever held is `first`, and is `building`.
    """

    studies: dict[str, Taken]
    is_last: bool = False
    first: FirstPage | None = None
    building: Future[BuiltPage] | None = None


def cut_pages(taken: Iterable[Taken], part_records: int | None = None) -> Iterator[TakenPage]:
    """Cut studies into pages, in their order, the last of each `part_records` studies marked.

    Of a number that stands twice, each is in a page of its own.
    """
    page: dict[str, Taken] = {}
    size = number = 0
    for one in taken:
        if one.nct_id in page or len(page) == _PAGE_RECORDS or size > _PAGE_BYTES:
            yield TakenPage(page)
            page, size = {}, 0
        page[one.nct_id] = one
        size += len(one.study.body)
        number += 1
        if number == part_records:
            yield TakenPage(page, is_last=True)
            page, size, number = {}, 0, 0
    if page:
        yield TakenPage(page)


def read_ahead(run: Run, pages: Iterable[TakenPage], builders: Builders, held: NctSet) -> Iterator[TakenPage]:
    """Yield pages, those `ahead` read before they are asked for; of those never held the building is begun.

    So other processes have work while this one writes and commits a part. What ends the reading is raised in its turn.

    Raises:
        SourceError: as `pages`.
    """
    wants_fields = DriftWatch(run, sees_losses=False).wants_fields
    read = NctSet()
    waiting: deque[TakenPage] = deque()
    fault: SourceError | None = None
    try:
        for page in pages:
            if _is_first(page, held, read):
                page.first = _describe(page)
                page.building = builders.build(page.first, wants_fields=wants_fields, is_landed=False)
            read.update(page.studies)
            waiting.append(page)
            if len(waiting) > builders.ahead:
                yield waiting.popleft()
    except SourceError as error:
        fault = error
    yield from waiting
    if fault:
        raise fault


def take_part(pages: Iterable[TakenPage]) -> Iterator[TakenPage]:
    """Yield pages up to the end of a part."""
    for page in pages:
        yield page
        if page.is_last:
            return


def _is_first(page: TakenPage, held: NctSet, read: NctSet) -> bool:
    return held.isdisjoint(page.studies) and read.isdisjoint(page.studies)


def _describe(page: TakenPage) -> FirstPage:
    return FirstPage(
        {nct_id: one.study.body for nct_id, one in page.studies.items()},
        rows={nct_id: one.row for nct_id, one in page.studies.items() if one.row},
        mentions={nct_id: one.mentions for nct_id, one in page.studies.items() if one.mentions is not None},
    )
