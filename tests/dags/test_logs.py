"""The log of a process, as a reader of stderr meets it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator

import pytest
import structlog

from dags.logs import configure_logs


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_a_logger_that_is_kept_writes_to_the_stream_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    configure_logs("json")
    logger = structlog.get_logger("kept")
    for word in ("first", "second"):
        with io.StringIO() as stream:
            monkeypatch.setattr(sys, "stderr", stream)
            logger.warning(word)
            assert json.loads(stream.getvalue())["event"] == word


def test_what_is_less_than_a_warning_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("auto")
    structlog.get_logger("quiet").info("nothing to see")
    assert capsys.readouterr().err == ""
