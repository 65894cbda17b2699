"""The span a letter tells of, as users name it."""

from __future__ import annotations

import datetime as dt

import pytest

from dags.span import choose_span
from models.errors import ConfigurationError

at = dt.datetime.fromisoformat
CLOCK = at("2026-02-16T07:00")


def test_without_a_name_it_is_the_week_that_is_over() -> None:
    span = choose_span(CLOCK, None, None, None)
    assert (span.label, span.since, span.until) == ("2026-W07", at("2026-02-09"), at("2026-02-16"))
    assert choose_span(CLOCK - dt.timedelta(hours=8), None, None, None).label == "2026-W06"


def test_a_span_of_instants_is_named_by_its_days() -> None:
    span = choose_span(CLOCK, None, "2026-02-01", "2026-02-05T12:00+02:00")
    assert (span.label, span.until) == ("2026-02-01 to 2026-02-05", at("2026-02-05T10:00"))


@pytest.mark.parametrize(
    ("week", "since", "until", "message"),
    [
        ("2026-W54", None, None, '--week: "2026-W54" is no ISO week'),
        ("last", None, None, '--week: "last" is no ISO week'),
        ("2026-W07", "2026-02-01", None, "--week and --since cannot go together"),
        (None, "2026-02-01", None, "--since and --until go together"),
        (None, None, "2026-02-01", "--since and --until go together"),
        (None, "yesterday", "2026-02-01", '--since: "yesterday" is no instant'),
        (None, "2026-02-01", "today", '--until: "today" is no instant'),
        (None, "2026-02-02", "2026-02-01", "--since 2026-02-02 00:00:00 is not before --until 2026-02-01 00:00:00"),
    ],
)
def test_what_is_no_span_is_refused_by_the_option_at_fault(
    week: str | None, since: str | None, until: str | None, message: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        choose_span(CLOCK, week, since, until)
    assert refused.value.message == message
    assert refused.value.hint
