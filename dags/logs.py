"""The log: warnings and worse, to stderr, readable on a terminal and JSON lines otherwise. Secrets never reach it."""

from __future__ import annotations

import logging
import sys

import stamina
import structlog


def configure_logs(form: str) -> None:
    """Set the log up once a process; `form` is auto, text or json."""
    as_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if as_text else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        # The stream of the moment: a logger kept by its module must not write to one that was closed since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    stamina.instrumentation.set_on_retry_hooks([_log_retry])


def _log_retry(details: stamina.instrumentation.RetryDetails) -> None:
    """Say why a request is sent again, and when; what it carries stays out."""
    structlog.get_logger(__name__).info(
        "trying again", reason=str(details.caused_by), tried=details.retry_num, wait_seconds=round(details.wait_for, 1)
    )
