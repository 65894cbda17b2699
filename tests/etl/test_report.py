"""The landscape page: what it says of trials, moves and sources, and that no text from outside acts in it."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import json
import re
import sys
import zlib
from typing import Any

import pytest

from etl.chips import LOOKS
from etl.report import fitting
from etl.report.charts import build_charts
from etl.report.library import build_library
from etl.report.render import render_landscape
from models.errors import ConfigurationError
from models.landscape import Landscape
from tests.etl.hostile import WORST
from tests.etl.landscape import (
    NOW,
    build_change_row,
    build_many,
    build_paper_row,
    build_source_row,
    build_spell_row,
    build_trial_row,
    gather,
)
from tests.etl.pages import find_links, measure_contrast, read_page

A, B = "NCT99000101", "NCT99000102"
LIBRARY = "window.vegaEmbed = 0;"  # for Vega, which takes seconds to bundle


def render(landscape: Landscape) -> str:
    return render_landscape(landscape, {}, LIBRARY)


def read_packed(page: str) -> dict[str, Any]:
    (packed,) = read_page(page).xpath("//script[@id='packed-data']/text()")
    data: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(packed)))
    return data


def test_a_bar_is_solid_up_to_the_last_update_and_ends_where_the_record_estimates() -> None:
    bar = gather([build_trial_row(A)]).trials[0].bar
    assert (bar.start, bar.known, bar.end) == ("2024-03-01", "2025-11-03", "2028-01-01")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"completion_date_type": "ACTUAL", "completion_date": dt.date(2025, 6, 1)}, ("2024-03-01", "2025-06-01")),
        # It has not begun: nothing of it has been.
        ({"start_date_type": "ESTIMATED"}, ("2024-03-01", "2028-01-01")),
        # An estimated end that has passed is still an estimate.
        ({"completion_date": dt.date(2025, 12, 1)}, ("2025-11-03", "2025-12-01")),
        ({"start_date_type": None, "completion_date_type": None}, ("2025-11-03", "2028-01-01")),
        ({"completion_date": None}, ("2025-11-03", "2027-03-15")),
    ],
    ids=["ended", "planned", "passed", "untyped", "primary_only"],
)
def test_what_has_been_is_told_from_what_is_estimated(given: dict[str, Any], expected: tuple[str, str]) -> None:
    row = build_trial_row(A, primary_completion_date=dt.date(2025, 5, 1), primary_completion_date_type="ESTIMATED")
    row = build_trial_row(A) if "completion_date" in given and given["completion_date"] is None else row
    bar = gather([{**row, **given}]).trials[0].bar
    if given.get("completion_date_type") == "ACTUAL":
        assert (bar.start, bar.known, bar.end) == (expected[0], expected[1], expected[1])
    else:
        assert (bar.known, bar.end) == expected


def test_a_trial_without_dates_has_no_bar_and_stands_in_the_table() -> None:
    none = dict.fromkeys(("start_date", "primary_completion_date", "completion_date"))
    page = gather([build_trial_row(A, **none)])
    assert page.trials[0].bar.start is None
    assert A in render(page)


def test_slips_marks_results_and_papers_are_on_the_bar() -> None:
    changes = [
        build_change_row(
            A, "primary_completion_date", "slipped", "2026-06", "2027-03", detail={"old_type": "ESTIMATED"}
        ),
        # Given more exactly: no slip.
        build_change_row(A, "primary_completion_date", "refined", "2027-03", "2027-03-15"),
    ]
    statuses = [
        build_spell_row(A, "RECRUITING", dt.date(2024, 3, 1), dt.date(2026, 2, 2), known=False),
        build_spell_row(A, "TERMINATED", dt.date(2026, 2, 2)),
    ]
    papers = [
        build_paper_row(A, "99000001"),
        build_paper_row(A, "99000002", is_background=True),
        build_paper_row(A, "99000003", is_stated=False, reasons="same agent"),
    ]
    row = build_trial_row(A, overall_status="TERMINATED", results_first_post_date=dt.date(2026, 1, 5))
    (trial,) = gather([row], changes=changes, statuses=statuses, papers=papers).trials
    assert [(slip.what, slip.old, slip.new) for slip in trial.bar.slips] == [
        ("primary completion", "2026-06-01", "2027-03-01")
    ]
    assert trial.bar.slips[0].words == "Jun 2026 → Mar 2027, 9 months later"
    # Where the first status held began, nobody knows.
    assert [(mark.day, mark.status) for mark in trial.bar.marks] == [("2026-02-02", "TERMINATED")]
    assert trial.bar.results == "2026-01-05"
    assert [paper.pmid for paper in trial.papers if paper.is_dot] == ["99000001"]
    assert [paper.said for paper in trial.papers][1:] == [
        "tied to it by the paper's own list; cited as background",
        "may be about it: same agent",
    ]


def test_a_history_says_old_and_new_with_both_dates() -> None:
    detail = {"transition": "stop", "why_stopped": "Slow accrual."}
    change = build_change_row(A, "status", "set", "RECRUITING", "TERMINATED", weight="top", detail=detail)
    types = {"old_type": "ESTIMATED", "new_type": "ACTUAL"}
    enrollment = build_change_row(A, "enrollment", "actual", "142", "61", weight="low", detail=types)
    (trial,) = gather([build_trial_row(A)], changes=[enrollment, change]).trials
    (step,) = trial.steps
    assert step.dated == "sponsor dated 2 Feb 2026, public 11 Feb 2026 (9 days), seen 11 Feb 2026"
    told = [(line.what, line.before, line.after) for line in step.lines]
    assert told == [
        ("Status", "Recruiting", "Terminated"),
        ("Reason in the record", "", "“Slow accrual.”"),
        ("Enrollment", "142 (estimated)", "61 (actual)"),
    ]
    assert (trial.moved, trial.moved_day) == ("2 Feb 2026", "2026-02-02")


def test_what_was_learnt_late_or_weighs_little_is_no_move() -> None:
    rows = [
        build_change_row(A, "status", "set", "RECRUITING", "COMPLETED", weight="high"),
        build_change_row(A, "country", "added", None, "Japan", weight="low"),
        build_change_row(B, "status", "set", "RECRUITING", "COMPLETED", weight="high", origin="backfill"),
        build_change_row(B, "phase", "changed", "PHASE1", "PHASE2", observed_at=dt.datetime(2025, 12, 1)),  # noqa: DTZ001
    ]
    page = gather([build_trial_row(A), build_trial_row(B)], changes=rows)
    assert [(move.nct_id, move.statuses) for move in page.moves] == [(A, ("RECRUITING", "COMPLETED"))]
    assert page.low_changes == 1
    assert len(page.trials[1].steps) == 1  # its history has them


def test_a_move_shows_where_long_texts_part_and_the_history_has_them_whole() -> None:
    long = "inclusion " * 90
    change = build_change_row(A, "eligibility", "changed", f"{long}old", f"{long}new")
    page = gather([build_trial_row(A)], changes=[change])
    line = page.moves[0].lines[0]
    assert len(line.after) <= 300
    assert (line.before[-3:], line.after[-3:]) == ("old", "new")
    assert page.trials[0].steps[0].lines[0].after == f"{long}new"


def test_a_new_trial_and_a_retracted_paper_are_moves() -> None:
    event = {
        "nct_id": A, "pmid": "99000007", "kind": "retracted", "title": "An invented paper", "related_pmid": "99000020",
        "source_date": dt.date(2026, 2, 12), "observed_at": NOW, "origin": "live",
    }  # fmt: skip
    page = gather([build_trial_row(A), build_trial_row(B, is_new_at=NOW)], events=[event])
    assert [(move.nct_id, move.is_new) for move in page.moves] == [(A, False), (B, True)]
    assert page.moves[0].lines[0].note == "notice PMID 99000020"
    assert page.trials[0].steps[0].lines == page.moves[0].lines


def test_a_source_that_was_not_read_or_not_proved_is_said_first() -> None:
    sources = [
        build_source_row("clinicaltrials"),
        build_source_row("pubmed", is_read=False, message="HTTP 503", source_day=dt.date(2026, 2, 10)),
    ]
    items = [{"source": "clinicaltrials", "name": "FAP", "outcome": "unproved"}]
    page = gather([build_trial_row(A)], sources=sources, items=items)
    assert page.warnings == (
        "ClinicalTrials.gov: 1 item not proved complete on the last night (FAP): more may exist.",
        "PubMed: not read on the last night: HTTP 503; what is shown of it is of 10 Feb 2026.",
    )
    text = read_page(render(page)).xpath("string(//header)")
    assert "Incomplete." in text
    assert "0 of 1 item proved complete" in text


def test_a_page_written_long_after_the_last_night_says_so() -> None:
    page = gather([build_trial_row(A)], clock=NOW + dt.timedelta(30))
    assert page.warnings[0] == "ClinicalTrials.gov: its data are of 12 Feb 2026, this page is of 14 Mar 2026."
    assert not gather([build_trial_row(A)], clock=NOW + dt.timedelta(2)).warnings


def test_the_table_stands_without_any_script() -> None:
    page = read_page(render(gather([build_trial_row(A), build_trial_row(B, targets=[], registry_state="gone")])))
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//table[@id='trials']//tr")]
    assert rows[0][:5] == ["Trial", "Targets", "Agents", "Phase", "Status"]
    assert [row[1:5] for row in rows[1:]] == [
        ["LAG-3", "zelbarimab", "2", "●Recruiting"],
        ["–", "zelbarimab", "2", "●Recruiting no longer found by number"],
    ]
    assert rows[1][5:] == ["Fictional Oncology BV", "France, Japan", "15 Mar 2027 (estimated)", "–"]
    assert page.xpath("//th[@aria-sort]/@data-key") == ["id"]
    assert all(head.get("scope") == "col" for head in page.xpath("//table[@id='trials']//th"))


def test_a_date_is_as_exact_as_stated() -> None:
    facts = dict(gather([build_trial_row(A)]).trials[0].facts)
    assert facts["Start"] == "Mar 2024 (actual)"
    assert facts["Primary completion"] == "15 Mar 2027 (estimated)"
    assert facts["Completion"] == "2028 (estimated)"


def test_a_page_of_nothing_says_so() -> None:
    page = read_page(render(gather([], run=None, sources=[], items=[], targets=[])))
    text = page.xpath("string(//body)")
    assert "No trial is held" in text
    assert "Nothing of weight moved since 15 Jan 2026" in text
    assert "No source was read on a night yet." in text


def test_only_the_two_scripts_named_by_hash_may_run_and_nothing_may_be_asked() -> None:
    text = render(gather([build_trial_row(A)]))
    page = read_page(text)
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    scripts = [one.text for one in page.xpath("//script[not(@type)]")]
    assert len(scripts) == 1
    for script in (*scripts, LIBRARY):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    for word in ("unsafe-eval", "http", "*", "data:"):
        assert word not in policy
    assert not page.xpath("//*[@src] | //link | //iframe | //object | //base | //form[@action]")
    assert not re.search(r"@import|url\((?!#)", text)


@WORST
def test_no_text_from_outside_acts_in_the_page(hostile: str) -> None:
    rows = [
        build_change_row(A, "title", "changed", hostile or "x", f"{hostile} new", item=hostile),
        build_change_row(
            A, "status", "set", hostile or "x", "TERMINATED", detail={"transition": "stop", "why_stopped": hostile}
        ),
        build_change_row(A, "start_date", "set", None, hostile or "x"),
    ]
    event = {
        "nct_id": A, "pmid": "99000007", "kind": "concern", "title": hostile, "related_pmid": None,
        "source_date": None, "observed_at": NOW, "origin": "live",
    }  # fmt: skip
    page = gather(
        [build_trial_row(A, hostile), build_trial_row(B, overall_status=hostile or "x")],
        changes=rows,
        papers=[build_paper_row(A, "99000001", hostile)],
        events=[event],
        sources=[build_source_row("pubmed", is_read=False, message=hostile)],
    )
    text = render(page)
    parsed = read_page(text)
    assert len(parsed.xpath("//script")) == 3
    assert _list_names(text) <= _list_harmless()
    assert all(link.startswith(("#", "https://clinicaltrials.gov/study/NCT")) for link in find_links(parsed))
    assert not re.search(r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]", text)
    assert len(read_packed(text)["trials"]) == 2


@functools.cache
def _list_harmless() -> set[str]:
    """Return the elements and attributes of a page that has each of ours, and no text from outside."""
    rows = [build_change_row(A, "title", "changed", "old", "new"), build_change_row(B, "status", "set", "A", "B")]
    sources = [build_source_row("pubmed", is_read=False)]
    trials = [build_trial_row(A), build_trial_row(B, targets=[], registry_state="gone", overall_status="WITHDRAWN")]
    trials += [build_trial_row("NCT99000103", overall_status="TERMINATED")]
    return _list_names(render(gather(trials, changes=rows, sources=sources)))


def _list_names(text: str) -> set[str]:
    elements = [one for one in read_page(text).iter() if isinstance(one.tag, str)]
    return {str(one.tag) for one in elements} | {f"@{name}" for one in elements for name in one.attrib}


def test_the_same_page_is_the_same_bytes() -> None:
    assert render(build_many(3, 4)) == render(build_many(3, 4))


def test_long_histories_are_shortened_before_the_page_grows_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    long = " ".join(f"word{number * 7919 % 1000}" for number in range(900))
    rows = [
        build_change_row(A, "eligibility", "changed", f"{long} old", f"{long} new", weight="low"),
        build_change_row(A, "phase", "changed", "PHASE1", "PHASE2", weight="high"),
    ]
    page = gather([build_trial_row(A)], changes=rows)
    whole = render(page)
    assert f"{long} new" in json.dumps(read_packed(whole))
    assert "are shortened" not in whole
    monkeypatch.setattr(fitting, "BUDGET", len(whole) - 500)
    cut = render(page)
    assert len(cut) < len(whole)
    assert "are shortened" in cut
    lines = read_packed(cut)["trials"][0]["steps"][0]["lines"]
    texts = next(line for line in lines if "new" in line["after"])
    assert (texts["before"][-3:], texts["after"][-3:]) == ("old", "new")  # where they part can be seen
    monkeypatch.setattr(fitting, "BUDGET", 100)
    counted = read_packed(render(page))["trials"][0]["steps"][0]
    assert counted["more"] == 1
    assert [line["what"] for line in counted["lines"]] == ["Phase"]


def test_the_colours_of_text_and_marks_have_contrast_in_light_and_dark() -> None:
    style = "".join(read_page(render(gather([]))).xpath("//style/text()"))
    light, dark = (dict(re.findall(r"--([\w-]+):(#[0-9A-F]{6})", part)) for part in style.split("@media", 2)[:2])
    for colours in (light, light | dark):
        paper = colours["paper"]
        for name in ("text", "meta", "link"):
            assert measure_contrast(colours[name], paper) >= 4.5, name
            assert measure_contrast(colours[name], colours["soft"]) >= 4.5, name
        for name in ("ghost", "bar", "paper-mark", "warn-e", *(f"{look.name}-e" for look in LOOKS)):
            assert measure_contrast(colours[name], paper) >= 3, name
        for look in LOOKS:
            assert measure_contrast(colours[f"{look.name}-t"], colours[f"{look.name}-f"]) >= 4.5, look.name
        for step, ink in enumerate(("hi0", "hi", "hi", "hi", "hi", "hi5")):
            assert measure_contrast(colours[ink], colours[f"h{step}"]) >= 4.5, step
        assert measure_contrast(colours["warn-t"], colours["warn-f"]) >= 4.5


def test_without_its_packages_the_page_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    build_library.cache_clear()
    for build in (build_charts, build_library):
        with pytest.raises(ConfigurationError, match="altair") as caught:
            build()
        assert caught.value.hint == "pip install 'trialwatch[report]'"


def test_the_charts_ask_for_no_address_and_hold_no_rows() -> None:
    charts = build_charts()
    assert set(charts) == {"timeline", "heat", "papers"}
    text = json.dumps({name: {**chart, "$schema": ""} for name, chart in charts.items()})
    assert "http" not in text
    assert '"url"' not in text
    assert '"values": [' not in text
