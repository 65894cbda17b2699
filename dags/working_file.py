"""The working file: opened for one job, made anew where it was lost or damaged, published when the job has ended."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator

import duckdb
import structlog

from dags.inputs import Inputs
from dags.mending import open_working, set_aside
from models.errors import DamagedFileError, WarehouseError
from warehouse.compact import compact, has_grown
from warehouse.database import MADE_ANEW, first_line, is_damage
from warehouse.disk import IS_IT_FULL
from warehouse.publish import publish
from warehouse.store import Store

_log = structlog.get_logger(__name__)


@contextlib.contextmanager
def open_store(inputs: Inputs, clock: dt.datetime) -> Iterator[Store]:
    """Open the working file for one job, and publish it when the job has ended.

    A file of the warehouse that was lost or damaged is made from the other one. A working file that turns out to be
    damaged on the way is not published; the next job makes it anew.

    Raises:
        WarehouseError: it cannot be opened, written or published; what is published stays as it was.
    """
    home = inputs.home
    try:
        store, mended = open_working(home, clock)
        with store:
            store.mended += mended
            yield store
            for line in store.take_mended():
                _log.warning(line)
            store.checkpoint()
            is_to_rewrite = has_grown(store, home.working, clock)
        if is_to_rewrite:
            compact(home.working, clock)
            _log.info("working file rewritten", file=str(home.working))
    except DamagedFileError:
        set_aside(home)
        raise
    except (duckdb.Error, OSError) as error:
        reason = first_line(error)
        if is_damage(error):
            set_aside(home)
            raise DamagedFileError(home.working, reason, MADE_ANEW) from error
        raise WarehouseError(f"{home.working}: {reason}", IS_IT_FULL) from error
    publish(home.working, home.published)
