"""The landscape page out of a warehouse: its rows read, its file written. It decides nothing of what is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dags.inputs import Inputs
from dags.letters import write_file
from etl.report.charts import build_charts
from etl.report.library import build_library
from etl.report.page import Rows, build_landscape
from etl.report.render import render_landscape
from etl.wording import count
from models.landscape import Landscape
from warehouse.store import Store

_LATELY = dt.timedelta(days=28)
_MONTHS = 24


def find_report(inputs: Inputs) -> Path:
    """Return where the page is written: as set, beside the watchlist unless absolute, else into the data home."""
    path = inputs.settings.report.path
    return (inputs.file.parent / Path(path).expanduser()).absolute() if path else inputs.home.folder / "landscape.html"


def write_report(
    store: Store,
    inputs: Inputs,
    clock: dt.datetime,
    path: Path,
    *,
    targets: Sequence[str] = (),
    since: dt.date | None = None,
) -> str:
    """Write the page of what a warehouse holds; return what was written in a line.

    `targets` narrow it to trials of any of them; `since` is the day from which moves are told, by default 28 days back.

    Raises:
        ConfigurationError: the extra `report` is not installed.
        DeliveryError: the file cannot be written.
    """
    charts, library = build_charts(), build_library()
    landscape = read_landscape(store, inputs, clock, targets=targets, since=since)
    page = render_landscape(landscape, charts, library)
    write_file(path, page)
    return f"{count(len(landscape.trials), 'trial')}, {len(page.encode()) / 1e6:.1f} MB: {path}"


def read_landscape(
    store: Store, inputs: Inputs, clock: dt.datetime, *, targets: Sequence[str] = (), since: dt.date | None = None
) -> Landscape:
    """Read what the page tells."""

    def read(name: str, **parameters: Any) -> list[dict[str, Any]]:
        return store.read_rows(name, **parameters)

    run = next(iter(read("status_run")), None)
    until = store.read("newest_run").item(0, "clock_at") or clock
    since = since or until.date() - _LATELY
    first_month = _go_back(until.date(), _MONTHS)
    chosen = list(targets)
    trials = read("report_trials", targets=chosen)
    own = {"nct_ids": [row["nct_id"] for row in trials]}
    rows = Rows(
        run=run,
        sources=read("status_sources"),
        items=read("status_items"),
        targets=read("target_names"),
        trials=trials,
        changes=read("report_changes", **own),
        statuses=read("report_statuses", **own),
        versions=read("report_versions", **own),
        papers=read("report_papers", **own),
        events=read("report_paper_events", **own),
        months=read("report_months", targets=chosen, first_month=first_month),
        new_papers=store.read_value("report_new_papers", targets=chosen, since=since),
    )
    return build_landscape(
        rows,
        clock=clock,
        until=until.date(),
        since=since,
        first_month=first_month,
        minimum_weight=inputs.settings.digest.minimum_weight,
        only=chosen,
    )


def _go_back(day: dt.date, months: int) -> dt.date:
    """Return the first day of the month that many months before this one's."""
    number = day.year * 12 + day.month - 1 - months
    return dt.date(number // 12, number % 12 + 1, 1)
