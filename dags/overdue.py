"""Results that should have been posted by now: found by the source's day, told once."""

from __future__ import annotations

import datetime as dt

from dags.run import Run
from dags.version_loading import build_context
from etl.schemas import TRIAL_CHANGE, build_frame
from etl.trials import build_change_row
from models.change import Change, Moment


def write_overdue(run: Run, day: dt.date) -> None:
    """Write a change for each trial whose results became due and are neither posted nor handed in."""
    months = run.inputs.settings.source.clinicaltrials.results_due_months
    unposted = run.store.read_rows("results_overdue", day=day, months=months)
    if not unposted:
        return  # on nearly every night; looking into payloads costs more than all the rest
    ids = [row["version_id"] for row in unposted]
    handed_in = set(run.store.read("results_handed_in", version_ids=ids).get_column("version_id"))
    due = [row for row in unposted if row["version_id"] not in handed_in]
    weight = build_context(run).weigh("results", "overdue")
    moment = Moment(source_submit_date=None, source_post_date=None, source_day=day, observed_at=run.clock)
    rows = []
    for row in due:
        change = Change(
            kind="results",
            action="overdue",
            field="resultsSection",
            old_value=None,
            new_value=row["primary_completion_date"],
            weight=weight,
            detail={
                "due_date": row["due_date"].isoformat(),
                "months": months,
                "primary_completion_type": row["primary_completion_date_type"],
            },
        )
        rows.append(
            build_change_row(row["nct_id"], change, moment, origin="live", run_id=run.run_id, versions=(None, None))
        )
    run.store.append("trial_change_log", build_frame(rows, TRIAL_CHANGE))
