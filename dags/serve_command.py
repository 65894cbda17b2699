"""`trialwatch serve`: puts the service, its voice and its ear together. On a terminal it speaks, else it logs."""

from __future__ import annotations

import contextlib

import structlog

from dags.console import note, show_step
from dags.health import Health
from dags.inputs import Inputs
from dags.monitor import Monitor, parse_address
from dags.run import StepResult
from dags.service import Service

_log = structlog.get_logger(__name__)


def serve_home(inputs: Inputs, listen: str | None, *, is_text: bool) -> None:
    """Serve until a signal says stop; `listen` is a port, or a loopback address with one.

    Raises:
        ConfigurationError: an address that is not this machine's own, or is taken.
        BusyError: the home is served already.
    """
    health = Health()
    say, report = (note, show_step) if is_text else (_log.info, log_step)
    service = Service(inputs, health, report, say)
    monitor = Monitor(parse_address(listen), inputs, health) if listen else contextlib.nullcontext()
    with monitor:
        service.run()


def log_step(result: StepResult) -> None:
    """Log a line a step."""
    seconds = round(result.seconds, 3)
    if result.error:
        hint = result.error.hint or None
        _log.error("step failed", step=result.step, reason=result.error.message, hint=hint, seconds=seconds)
    else:
        _log.info("step done", step=result.step, summary=result.summary, seconds=seconds)
