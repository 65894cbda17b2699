"""The ClinicalTrials.gov step: a client for tonight, and one reading that is wholly of one release."""

from __future__ import annotations

import contextlib
import datetime as dt

from dags.first_loading import Builders
from dags.remembered import read_remembered, write_remembered
from dags.run import Run
from dags.trial_night import TrialNight
from etl.trials import FURTHEST_AHEAD
from etl.wording import count
from extractors.clinicaltrials.fetch import SOURCE, fetch_release
from extractors.http import Client
from extractors.transports import find_ladder
from models.errors import SourceError

_ROUNDS = 3


def read_trials(run: Run) -> str:
    """Read the registry for every active item; return what came, for people.

    Raises:
        SourceError: the registry does not answer as promised; the step's transaction is to be rolled back.
    """
    settings = run.inputs.settings.source
    file = run.inputs.home.transports
    remembered = read_remembered(file, SOURCE, run.clock)
    client = Client(
        SOURCE,
        settings.clinicaltrials.base_url,
        requests_per_second=settings.clinicaltrials.requests_per_second,
        contact=settings.pubmed.email,
        ladder=find_ladder(settings.clinicaltrials.transport, remembered.rung if remembered else None),
        timeout=settings.clinicaltrials.timeout_seconds,
        memory=run.memory,
    )
    with client, Builders() if run.inputs.settings.watch.is_everything else contextlib.nullcontext() as builders:
        try:
            return _read_whole_release(run, client, builders)
        finally:
            if settings.clinicaltrials.transport == "auto":
                write_remembered(file, SOURCE, client.rung, find_ladder("auto"), run.clock)


def _read_whole_release(run: Run, client: Client, builders: Builders | None) -> str:
    """Read under one release.

    Where it moves meanwhile, or a record contradicts itself, the round is undone and all is read again: what came of
    the first counts for nothing, and such a record is not believed tonight.
    """
    timestamp = _fetch_timestamp(run, client)
    distrusted: frozenset[str] = frozenset()
    for _ in range(_ROUNDS):
        night = TrialNight(run, client, timestamp.date(), distrusted, builders)
        night.read()
        after = _fetch_timestamp(run, client) if night.reading.asked else timestamp
        torn = night.reading.contradictions.found
        if after == timestamp and not torn:
            night.finish()
            return night.describe()
        if after == timestamp:
            distrusted |= torn
        reason = f"{count(len(torn), 'record')} came twice and not alike" if after == timestamp else "it moved"
        run.begin_again(f"release of {timestamp}: {reason}")
        timestamp = after
    raise SourceError(SOURCE, f"the release moved or contradicted itself in {_ROUNDS} readings", "try again later")


def _fetch_timestamp(run: Run, client: Client) -> dt.datetime:
    release = fetch_release(client)
    run.landing.note("release", api_version=release.api_version, data_timestamp=release.data_timestamp)
    timestamp = dt.datetime.fromisoformat(release.data_timestamp)
    if timestamp.date() > (run.clock + FURTHEST_AHEAD).date():
        raise SourceError(
            SOURCE, f"its release is of {timestamp.date()}, far ahead of the clock", "is the clock right?"
        )
    return timestamp
