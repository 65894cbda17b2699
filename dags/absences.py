"""Trials that did not come although everything else did: probed one by one, judged by source days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from dags.run import Run
from dags.watching import build_event
from etl.absence import Standing, judge_absence, name_step
from etl.ledger_schemas import WATCH_EVENT
from etl.schemas import TRIAL_CHANGE, TRIAL_SIGHTING, build_frame
from etl.trials import Row, build_change_row
from extractors.clinicaltrials.fetch import SOURCE, fetch_probe
from extractors.http import Client
from models.change import WEIGHT_OF, Change, Moment


def judge_missing(run: Run, client: Client, missing: Sequence[str], day: dt.date) -> None:
    """Probe the trials that a proved reading lacked. One never served is "never seen" and is not judged.

    Only the registry's own 404 counts as a day of absence; anything else is noted and concludes nothing.
    """
    for row in run.store.read_rows("sightings", nct_ids=list(missing)):
        if row["registry_state"] == "gone":
            continue
        probe = fetch_probe(client, row["nct_id"])
        run.landing.note("probe", nct_id=row["nct_id"], answer=probe)
        if probe == "not_found":
            held = Standing(row["registry_state"], tuple(row["missing_days"]))
            gone_after = run.inputs.settings.source.clinicaltrials.gone_after
            _write_standing(run, row, judge_absence(held, day, gone_after), day)
        else:
            message = f"not in a complete answer, yet by number: {probe}; nothing is concluded"
            run.add_issue("warning", SOURCE, message, record=row["nct_id"])


def _write_standing(run: Run, row: Row, now: Standing, day: dt.date) -> None:
    fresh = row | {
        "registry_state": now.state,
        "missing_days": list(now.missing_days),
        "source_day": day,  # looked for in this release; the same one need not be asked again
        "last_checked_at": run.clock,
    }
    run.store.replace("trial_sighting", build_frame([fresh], TRIAL_SIGHTING), "nct_id")
    write_step(run, row["nct_id"], row["registry_state"], now.state, day)


def write_step(run: Run, nct_id: str, held: str, now: str, day: dt.date) -> None:
    """Write the event and the change of a move between registry states, if it is one."""
    step = name_step(held, now)  # type: ignore[arg-type]  # the column holds registry states alone
    if step is None:
        return
    event = build_event(run, SOURCE, step, nct_id, day=day)
    run.store.append("watch_event", build_frame([event], WATCH_EVENT))
    weight = "low" if held == "missing" else WEIGHT_OF.get(("registry_state", step), "low")
    change = Change(
        kind="registry_state",
        action=step,
        field="registry_state",
        old_value=held,
        new_value=now,
        weight=WEIGHT_OF.get(("registry_state", step), "low") if now == "gone" else weight,
    )
    moment = Moment(source_submit_date=None, source_post_date=None, source_day=day, observed_at=run.clock)
    row = build_change_row(nct_id, change, moment, origin="live", run_id=run.run_id, versions=(None, None))
    run.store.append("trial_change_log", build_frame([row], TRIAL_CHANGE))
