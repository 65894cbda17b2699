"""The log, to stderr: readable on a terminal and JSON lines otherwise. Secrets never reach it, nor does it rotate.

Commands log warnings and worse beside what they say to people; a service logs all it does.
"""

from __future__ import annotations

import logging
import sys

import stamina
import structlog

_SHORTEST_SECRET = 4  # characters; what is shorter stands in half of all words
_secrets: set[str] = set()


def writes_text(form: str) -> bool:
    """Return whether the log is for people; `form` is auto, text or json."""
    return form == "text" or (form == "auto" and sys.stderr.isatty())


def configure_logs(form: str, *, is_service: bool = False) -> None:
    """Set the log up once a process."""
    as_text = writes_text(form)
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if as_text else structlog.processors.JSONRenderer()
    )
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _hide_secrets,
    ]
    structlog.configure(
        processors=[*before, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if is_service else logging.WARNING),
        # The stream of the moment: a logger kept by its module must not write to one that was closed since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _take_in_libraries(before, renderer)
    stamina.instrumentation.set_on_retry_hooks([_log_retry])


class _LibraryLog(logging.Handler):
    """Writes what a library logs as the program's own lines are written, without secrets and with the run's number."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr)  # noqa: T201  the log's own stream, the one of the moment


def _take_in_libraries(before: list[structlog.typing.Processor], renderer: structlog.typing.Processor) -> None:
    handler = _LibraryLog(logging.WARNING)
    last = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=last))
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if not isinstance(other, _LibraryLog)] + [handler]


def hide(*secrets: str) -> None:
    """Let no line of the log show these, whatever a library quotes in an error."""
    _secrets.update(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)


def _hide_secrets(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: _hide_in(value) for key, value in event.items()} if _secrets else event


def _hide_in(value: object) -> object:
    text = value if isinstance(value, str) else repr(value)
    hidden = text
    for secret in _secrets:
        hidden = hidden.replace(secret, "***")
    return value if hidden == text else hidden


def _log_retry(details: stamina.instrumentation.RetryDetails) -> None:
    """Say why a request is sent again, and when; what it carries stays out."""
    structlog.get_logger(__name__).info(
        "trying again", reason=str(details.caused_by), tried=details.retry_num, wait_seconds=round(details.wait_for, 1)
    )
