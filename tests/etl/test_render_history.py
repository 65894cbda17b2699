"""A trial's life on a terminal: read as a person reads it, cut only there, and safe whatever stands in the records."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation

from etl.fitting import shorten, shorten_pair
from etl.render_history import render_history
from etl.status_signs import find_sign
from models.change import PAUSED, SET_BY_REGISTRY, STATUSES, STOPPED
from models.trial_life import TrialLife
from tests.etl.lives import ADDED_OUTCOME, LONG, REGISTRY, RICH, change, live

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class TextFile(SingleFileSnapshotExtension):
    """One golden screen a file."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """The golden files of this module (the shared fixture `snapshot` is another thing)."""
    return SnapshotAssertion(
        update_snapshots=request.config.option.update_snapshots,
        update_new_snapshots_only=request.config.option.update_new_snapshots_only,
        extension_class=TextFile,
        test_location=PyTestLocation(request.node),
        session=request.session.config._syrupy,  # type: ignore[attr-defined]  # noqa: SLF001  as syrupy's own fixture
    )


def show(life: TrialLife, width: int | None = None) -> str:
    return "".join("".join(piece.text for piece in line).rstrip() + "\n" for line in render_history(life, width))


@pytest.mark.parametrize(
    ("life", "width"),
    [(RICH, None), (RICH, 80), (REGISTRY, 80), (live([]), 80)],
    ids=["whole", "narrow", "registry", "quiet"],
)
def test_a_life_reads_as_its_golden_file(life: TrialLife, width: int | None, golden: SnapshotAssertion) -> None:
    assert show(life, width) == golden


def test_every_change_shows_both_its_dates_and_both_its_values() -> None:
    text = show(RICH)
    assert "* 2026-02-02  2026-02-11  2026-02-11  public after 9 days" in text
    assert "o 2025-09-18  2025-09-30  2026-02-16  public after 12 days" in text
    assert "status      Recruiting → Terminated" in text
    assert "reason      “Slow accrual.”" in text
    assert "enrollment  142 est. → 61 actual (-57 %)" in text
    assert "primary completion  2025-12 est. → 2026-06 est. (6 months later)" in text


def test_changes_of_one_version_stand_together_the_heaviest_first_and_the_newest_version_on_top() -> None:
    told = [(one.version_no, one.kind) for one in RICH.changes]
    assert told == [
        (7, "status"), (7, "enrollment"), (6, "primary_completion_date"), (5, "secondary_outcome"),
        (4, "eligibility"), (4, "country"), (2, "status"),
    ]  # fmt: skip


def test_nothing_is_cut_without_a_width() -> None:
    text = show(RICH)
    assert ADDED_OUTCOME in text
    assert f"{LONG}of 1.0 x 10^9/L or more → {LONG}of 1.5 x 10^9/L or more" in text
    assert "…" not in text


@pytest.mark.parametrize("width", [64, 80, 100, 140])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for life in (RICH, REGISTRY):
        assert max(map(len, show(life, width).splitlines())) <= width


def test_a_cut_pair_still_shows_where_it_parts() -> None:
    text = show(RICH, 80)
    assert "of 1.0 x 10^9/L" in text
    assert "→" in text
    assert "of 1.5 x 10^9/L" in text


def test_a_status_the_registry_set_has_no_date_of_the_sponsor() -> None:
    text = show(REGISTRY)
    assert "* -           -           2026-02-12  set by the registry\n" in text
    assert "Set by the registry; last known: Recruiting" in text
    assert "2026-02-12 –             ? Unknown (first served that day)" in text
    assert "2023-11-20 – 2026-02-12  ● Recruiting (from then or earlier)" in text


def test_a_change_without_a_date_of_the_sponsor_says_so_and_when_it_was_served() -> None:
    late = change(2, "country", None, "France", action="added", submit=None, post=None, seen="2026-02-12")
    text = show(live([late | {"source_day": late["source_day"].replace(day=11)}]))
    assert "* -           -           2026-02-12  no sponsor's date, served 2026-02-11" in text


def test_a_record_that_went_missing_is_no_version_and_no_conclusion() -> None:
    text = show(REGISTRY)
    assert "registry record  listed → missing from its answers" in text
    assert "In the registry: missing, last checked 2026-02-12; also NCT99000902" in text


def test_a_change_seen_late_of_an_earlier_day_stands_above_what_it_followed() -> None:
    later = change(3, "status", "UNKNOWN", "RECRUITING", submit="2026-02-10", post="2026-02-20", seen="2026-02-20")
    served = change(2, "status", "RECRUITING", "UNKNOWN", submit=None, post=None, seen="2026-02-12")
    assert [one.version_no for one in live([served, later]).changes] == [3, 2]


def test_only_marks_in_use_are_explained() -> None:
    assert show(live([])).splitlines()[-1] == "* live or gap"
    assert show(RICH).splitlines()[-1] == "* live or gap   o back-fill"
    imported = change(2, "country", None, "France", action="added", origin="import")
    assert show(live([imported])).splitlines()[-1] == "* live or gap   + import"


@settings(max_examples=60)
@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from([None, 60, 80]))
def test_no_control_character_reaches_the_terminal(one: str, other: str, width: int | None) -> None:
    life = live(
        [
            change(2, "arm", one, other, action="renamed", item=other, says=one, agents=[other]),
            change(3, "status", one, other, why_stopped=one),
            change(4, "start_date", one, other, old_type=other),
        ],
        brief_title=one, lead_sponsor=other, why_stopped=one, overall_status=other or "X", targets=[one],
    )  # fmt: skip
    for line in render_history(life, width):
        assert not CONTROL.search("".join(piece.text for piece in line))


@given(st.text(max_size=80), st.text(max_size=80), st.integers(20, 60))
def test_two_texts_that_differ_still_do_when_they_are_cut(one: str, other: str, room: int) -> None:
    cut = shorten_pair(one, other, room)
    assert all(len(side) <= room for side in cut)
    if one.strip() != other.strip() and max(len(one), len(other)) <= room:
        assert cut == (one, other)
    alike = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if alike is not None and not (one[alike] + other[alike]).isspace() and one[alike].strip() and other[alike].strip():
        assert cut[0] != cut[1]


def test_a_text_is_cut_to_its_room_with_an_ellipsis() -> None:
    assert shorten("four words stand here", 12) == "four words…"
    assert shorten("four", 4) == "four"
    assert shorten("four words stand here", None) == "four words stand here"


@pytest.mark.parametrize("status", [*STATUSES, "A_NEW_ONE"])
def test_every_status_has_a_sign_that_tells_stops_pauses_and_the_unsaid_apart(status: str) -> None:
    glyph, style = find_sign(status)
    expected = "stop" if status in STOPPED else "pause" if status in PAUSED else "course"
    assert style == ("dim" if status in SET_BY_REGISTRY or status not in STATUSES else expected)
    assert (glyph == "×", glyph == "‖", glyph == "?") == (style == "stop", style == "pause", style == "dim")
