"""The words of letters: dates as precise as stated, counts, spans, distances."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etl.wording import (
    count,
    flatten,
    join,
    lower_first,
    quote,
    quote_pair,
    shorten,
    show_day,
    show_distance,
    show_phases,
    show_span,
    show_standing,
    show_stated_date,
    show_status,
)
from models.change import STATUSES

# UX, Words: what is never said.
FORBIDDEN = re.compile(r"failed|halted|promising|positive|readout|deleted|no change", re.IGNORECASE)


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_reads_as_a_sentence_begins(status: str) -> None:
    shown = show_status(status)
    assert "_" not in shown
    assert shown[0].isupper()
    assert shown[1:] == shown[1:].lower()
    assert not FORBIDDEN.search(shown)


def test_the_one_status_with_a_comma_has_it() -> None:
    assert show_status("ACTIVE_NOT_RECRUITING") == "Active, not recruiting"


@pytest.mark.parametrize(
    ("phases", "shown"),
    [
        ([], ""), (["NA"], ""), (["PHASE2"], "Phase 2"), (["PHASE1", "PHASE2"], "Phase 1/2"),
        (["EARLY_PHASE1"], "Early phase 1"), (["PHASE4"], "Phase 4"),
    ],
)  # fmt: skip
def test_phases_read_as_people_write_them(phases: list[str], shown: str) -> None:
    assert show_phases(phases) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("2026-02-11", "11 Feb 2026"), ("2026-02", "Feb 2026"), ("2026", "2026"), (None, "none"), ("soon", "soon")],
)
def test_a_date_is_as_precise_as_stated(text: str | None, shown: str) -> None:
    assert show_stated_date(text) == shown


@pytest.mark.parametrize(
    ("since", "until", "shown"),
    [
        (
            dt.datetime.combine(dt.date(2026, 2, 9), dt.time()),
            dt.datetime.combine(dt.date(2026, 2, 16), dt.time()),
            "9–15 Feb 2026",
        ),
        (
            dt.datetime.combine(dt.date(2026, 1, 26), dt.time()),
            dt.datetime.combine(dt.date(2026, 2, 2), dt.time()),
            "26 Jan – 1 Feb 2026",
        ),
        (
            dt.datetime.combine(dt.date(2025, 12, 29), dt.time()),
            dt.datetime.combine(dt.date(2026, 1, 5), dt.time()),
            "29 Dec 2025 – 4 Jan 2026",
        ),
        (
            dt.datetime.combine(dt.date(2026, 2, 9), dt.time()),
            dt.datetime.combine(dt.date(2026, 2, 10), dt.time()),
            "9 Feb 2026",
        ),
        (
            dt.datetime.combine(dt.date(2026, 2, 9), dt.time()),
            dt.datetime.combine(dt.date(2026, 2, 9), dt.time(12)),
            "9 Feb 2026",
        ),
    ],
)
def test_a_span_leaves_out_the_day_it_ends_before(since: dt.datetime, until: dt.datetime, shown: str) -> None:
    assert show_span(since, until) == shown


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("2026-06", "2027-03", "9 months later"),
        ("2026-06-01", "2026-06-13", "12 days later"),
        ("2026-06-13", "2026-06-12", "1 day earlier"),
        ("2026-06-01", "2027-03-01", "9 months later"),
        ("2026-07", "2026-06", "1 month earlier"),
        ("2026", "2027", ""),
        ("2026-06", "2027", ""),
        (None, "2026-06", ""),
        ("2026-06", None, ""),
        ("2026-06-13", "2026-06-13", ""),
        ("2026-06-30", "2026-07", "1 month later"),
    ],
)
def test_a_distance_is_as_exact_as_both_dates(old: str | None, new: str | None, shown: str) -> None:
    assert show_distance(old, new) == shown


PARTIAL = st.builds(lambda day, size: day.isoformat()[:size], st.dates(dt.date(2000, 1, 1)), st.sampled_from([7, 10]))


@given(PARTIAL, PARTIAL)
def test_days_are_told_only_where_both_dates_have_a_day(old: str, new: str) -> None:
    shown = show_distance(old, new)
    assert "day" not in shown or len(old) == len(new) == 10
    assert shown.endswith("later" if new > old else "earlier") or not shown
    assert not re.match(r"0 ", shown)


@pytest.mark.parametrize(
    ("number", "noun", "shown"),
    [
        (0, "trial", "0 trials"), (1, "trial", "1 trial"), (2, "new paper", "2 new papers"), (2, "day", "2 days"),
        (2, "country", "2 countries"), (1, "night", "1 night"), (3, "status change", "3 status changes"),
    ],
)  # fmt: skip
def test_a_count_agrees_with_its_noun(number: int, noun: str, shown: str) -> None:
    assert count(number, noun) == shown


@pytest.mark.parametrize(
    ("parts", "shown"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_parts_are_joined_as_people_list_them(parts: list[str], shown: str) -> None:
    assert join(parts) == shown


def test_a_day_has_no_leading_zero() -> None:
    assert show_day(dt.date(2026, 2, 1)) == "1 Feb 2026"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" two\nlines\t here ", "two lines here"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("a\u202eb\u2066c\x9bd\x00e\ufefff", "a b c d e f"),
        ("β-blocker “as is”", "β-blocker “as is”"),
        ("R&D at A&amp;B, p &lt; 0.05, &amp;lt;b&amp;gt;, &nosuch;", "R&D at A&B, p < 0.05, <b>, &nosuch;"),
        ("&#x202e;a&#0;&#10;b", "a\ufffd b"),
        ("half \ud800 a sign", "half \ufffd a sign"),
        ("Z" + "\u0301" * 9 + "e\u0301", "Z" + "\u0301" * 3 + "e\u0301"),
        ("", ""),
    ],
)
def test_a_text_from_outside_is_one_line_without_control_characters(text: str, expected: str) -> None:
    assert flatten(text) == expected


@pytest.mark.parametrize("state", ["listed", "missing", "gone"])
def test_a_standing_says_what_the_registry_answers_and_concludes_nothing(state: str) -> None:
    assert not FORBIDDEN.search(show_standing(state))
    assert show_standing("something new") == "something new"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("short", "short"),
        ("  a\n b\t", "a b"),
        ("x" * 10, "x" * 10),
        ("x" * 11, "x" * 9 + "…"),
        ("abcdefgh ijk", "abcdefgh…"),
    ],
)
def test_a_text_from_outside_is_one_line_and_cut_with_an_ellipsis(text: str, shown: str) -> None:
    assert shorten(text, 10) == shown


def test_words_of_the_record_stand_in_quotation_marks() -> None:
    assert quote("Slow accrual.", 20) == "“Slow accrual.”"


def test_two_texts_stand_whole_where_they_are_short() -> None:
    assert (
        quote_pair("Overall survival", "Progression-free survival", 90)
        == "“Overall survival” → “Progression-free survival”"
    )


def test_two_long_texts_begin_shortly_before_they_differ() -> None:
    start = "A long beginning that both of these texts share, word for word, up to "
    assert quote_pair(f"{start}12 weeks", f"{start}24 weeks", 60) == (
        "“…share, word for word, up to 12 weeks” → “…share, word for word, up to 24 weeks”"
    )


@example("a" * 50, 3, "b", "c")
@given(st.text("ab c"), st.integers(0, 8), st.text("ab c", max_size=60), st.text("ab c", max_size=60))
def test_two_texts_that_differ_are_shown_as_different(part: str, times: int, old: str, new: str) -> None:
    before, after = (" ".join((part * times + end).split()) for end in (old, new))
    shown = quote_pair(before, after, 120).split(" → ")
    assert (shown[0] == shown[1]) == (before == after)
    assert max(map(len, shown)) <= 120 + len("“”")


@pytest.mark.parametrize(
    ("words", "inside"),
    [
        ("Minimum age", "minimum age"),
        ("NCT number", "NCT number"),
        ("FDA-regulated drug", "FDA-regulated drug"),
        ("", ""),
    ],
)
def test_words_of_ours_keep_their_capitals_only_where_they_are_a_name(words: str, inside: str) -> None:
    assert lower_first(words) == inside
