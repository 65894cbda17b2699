"""The service's jobs at an instant, as often as a test likes: without a process, a thread or a wait."""

from __future__ import annotations

import datetime as dt

from dags.inputs import Inputs
from dags.schedule import JOBS, Job
from dags.scheduler import run_if_due


def run_due(inputs: Inputs, clock: dt.datetime) -> list[Job]:
    """Run what is due, the nightly job first; return the names of the jobs run."""
    return [job for job in JOBS if run_if_due(inputs, job, clock, lambda _: None, lambda _: None)]
