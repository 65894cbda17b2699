"""The living review in its forms: golden files of a made-up one, and nothing from outside that does harm."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from etl.review.judging import judge
from etl.review.lines import PARTS
from etl.review.page import build_page
from etl.review.render_html import render_html
from etl.review.render_json import render_json
from etl.review.render_markdown import render_markdown
from etl.review.render_text import render_text
from models.review_page import (
    AgentCard,
    CitedTrial,
    ClaimPage,
    MovePage,
    Outcome,
    Readout,
    ReviewPage,
    SincePage,
    Value,
)
from models.verdicts import VERDICTS
from tests.conftest import ROOT
from tests.etl.golden import open_golden
from tests.etl.hostile import HOSTILE
from tests.etl.pages import ATTRIBUTES, ELEMENTS, assert_clean
from tests.etl.test_review_rules import FIRES, OTHER, REVIEW, ROW, ROWS, SINCE, STOPPED, cite

NOW = dt.datetime(2026, 2, 16, 7)  # noqa: DTZ001  the warehouse's instants have no zone
OWN_ELEMENTS = ELEMENTS | {
    "main", "header", "footer", "section", "article", "nav", "ul", "li", "details", "summary", "thead", "th",
}  # fmt: skip
OWN_ATTRIBUTES = ATTRIBUTES | {"id", "http-equiv", "aria-labelledby", "aria-label", "open"}


def gather(text: str | None = None) -> ReviewPage:
    """Return a living review with a claim of each rule; `text` stands wherever the registry's or a file's could."""
    judged = []
    for place, (rule, (fires, _)) in enumerate(FIRES.items()):
        dossier = fires[1 if rule == "no-results-posted" else 0][0]
        said = text or f"It is so, by the rule {rule}."
        claim = msgspec.structs.replace(
            dossier.claim,
            id=rule,
            statement=said,
            section=text or f"Section {place // 8}",
            name=text or "FICTION",
            trials=("NCT99000101",) if dossier.cited else (),
        )
        cited = tuple(_spoil(one, text) for one in dossier.cited)
        judged.append(msgspec.structs.replace(dossier, claim=claim, cited=cited))
    moves = {
        "review": REVIEW.id, "claim": "ongoing-stopped", "previous_verdict": "stands", "verdict": "outdated",
        "rule": "of-another-release", "reason": text or "It stopped.", "since_at": NOW, "evidence": "[]",
    }  # fmt: skip
    change = {"nct_id": "NCT99000101", "kind": "status", "new_value": text or "TERMINATED", "source_date": SINCE}
    agent = {
        **OTHER, **STOPPED, "why_stopped": text or "Slow accrual.", "last_update_submit_date": dt.date(2024, 5, 6),
        "first_post_date": dt.date(2023, 4, 5), "is_start_known": False,
    }  # fmt: skip
    due = {
        "nct_id": "NCT99000101", "brief_title": text or "A trial", "overall_status": text or "COMPLETED",
        "has_results": False, "primary_completion_date": dt.date(2024, 3, 1), "primary_completion_date_type": "ACTUAL",
        "primary_completion_date_precision": "month", "results_first_post_date": None, "is_handed_in": False,
        "due_on": dt.date(2025, 3, 31),
    }  # fmt: skip
    value = {
        "nct_id": "NCT99000101", "outcome_key": "a", "measure": text or "Response", "time_frame": text or "24 months",
        "arm_title": text or "Arm 1", "class_title": text, "category_title": None, "param_type": "MEDIAN",
        "unit": text or "months", "value": text or "8.1", "dispersion_type": "95% Confidence Interval", "spread": None,
        "lower_limit": text or "3.1", "upper_limit": "NA", "participants_analyzed": 52, "comment": text or "Too few.",
        "population": text or "All who were treated", "reporting_status": "POSTED", "units_analyzed": text or "Lesions",
        "units_analyzed_count": 80,
    }  # fmt: skip
    analysis = {
        "nct_id": "NCT99000101", "outcome_key": "a", "arm_titles": [text or "Arm 1", "Arm 2"],
        "method": text or "Log Rank",
        "p_value": text or "0.04", "param_type": "Hazard Ratio (HR)", "param_value": "0.70", "ci_percent": 95.0,
        "ci_sides": "TWO_SIDED", "ci_lower": "0.50", "ci_upper": "0.90", "non_inferiority_type": None,
        "dispersion_type": None, "dispersion_value": None,
        **dict.fromkeys(
            (
                "group_description", "method_comment", "estimate_comment", "p_value_comment", "ci_lower_comment",
                "ci_upper_comment", "non_inferiority_comment", "description",
            ),
            text,
        ),
    }  # fmt: skip
    review = msgspec.structs.replace(
        REVIEW,
        title=text or "A made-up review",
        citation=text or "",
        note=text or "",
        doi="10.5555/trialwatch.x",
        pmid="99000001",
    )
    rows = {
        "since": [{"review": REVIEW.id, "claim": "ongoing-open", "verdict": "stands", "since_at": NOW}],
        "moves": [moves],
        "changes": [change],
        "agents": [agent],
        "readouts": [due],
        "results": [value],
        "analyses": [analysis],
    }
    return build_page(review, [(one, judge(one)) for one in judged], rows, NOW)


def _spoil(cited: Any, text: str | None) -> Any:
    if cited.row is None:
        return cited
    row: Mapping[str, Any] = cited.row
    spoilt = {
        "brief_title": "Zelbarimab in NSCLC", "last_update_submit_date": SINCE, "primary_completion_date": SINCE,
        "primary_completion_date_precision": "day", "primary_completion_date_type": "ACTUAL", "enrollment": 12,
        "enrollment_type": "ACTUAL", **row,
    }  # fmt: skip
    if text is not None:
        kept = {"brief_title": text, "why_stopped": text, "interventions": [text], "conditions": [text]}
        spoilt |= kept
    then = {**spoilt, "overall_status": "RECRUITING", "enrollment": 50} if cited.at_printing else None
    return msgspec.structs.replace(cited, row=spoilt, at_printing=then)


def write_text(page: ReviewPage, width: int | None = 100) -> str:
    """Return all parts as a terminal shows them."""
    lines = render_text(page, width, PARTS)
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in lines) + "\n"


def assert_harmless(html: str) -> None:
    """Assert that a page holds our elements alone, and leads to the sources, DOIs and its own parts alone."""
    assert_clean(re.sub(r'href="#[a-z]+"', "", html), OWN_ELEMENTS, OWN_ATTRIBUTES)


FORMS: dict[str, Callable[[ReviewPage], str]] = {
    "txt": write_text,
    "markdown": render_markdown,
    "html": render_html,
    "json": lambda page: render_json([page]),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_living_review_reads_as_its_golden_file(request: pytest.FixtureRequest, form: str) -> None:
    page = gather()
    assert {claim.verdict for claim in page.claims} == set(VERDICTS)
    assert FORMS[form](page) == open_golden(request, form)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_from_outside_does_harm(name: str) -> None:
    page = gather(HOSTILE[name])
    assert_harmless(render_html(page))
    assert json.loads(render_json([page]))["reviews"][0]["claims"]
    text = write_text(page, 40)
    assert not {sign for sign in text if not sign.isprintable()} - {"\n"}
    for line in render_markdown(page).splitlines():
        assert "<script" not in line.replace("\\<", "")
        assert "](javascript" not in line.replace("\\]", "").replace("\\(", "")


def test_no_line_is_wider_than_the_terminal() -> None:
    claim = msgspec.structs.replace(gather().claims[0], name="A-RATHER-LONG-NAME-101", section="Of much " * 12)
    page = msgspec.structs.replace(gather(), claims=(claim,), title="A long title " * 9)
    for width in (40, 80, 100):
        assert max(map(len, write_text(page, width).splitlines())) <= width


def test_a_part_of_a_review_says_nothing_of_the_rest() -> None:
    page = msgspec.structs.replace(gather(), claims=gather().claims[:1], moved=(), readouts=())
    for form in (write_text, render_markdown, render_html):
        text = " ".join(form(page).split())
        assert "No verdict of these moved since" in text
        assert "Since last week: 1 verdict moved." in text
        assert "1 claim:" not in text


def test_what_readers_must_know_of_a_review_stands_at_the_head_of_each_form() -> None:
    page = msgspec.structs.replace(gather(), note="The day is not checked.")
    for form in FORMS.values():
        assert "The day is not checked." in form(page)


def test_a_page_of_no_claims_says_so() -> None:
    page = build_page(REVIEW, [], {name: [] for name in ROWS}, NOW)
    assert "It has no claims." in write_text(page)
    assert_harmless(render_html(page))
    assert ROW["nct_id"] not in render_markdown(page)
    assert cite().number not in render_json([page])


def test_every_field_of_the_json_form_is_documented() -> None:
    text = (ROOT / "docs" / "review.md").read_text("utf-8")
    table = text.partition("### The JSON form")[2].partition("In SQL:")[0]
    rows = {row.split("|")[1].strip(): set(re.findall(r"`(\w+)`", row)) for row in table.splitlines() if "|" in row}
    objects = {
        "review": ReviewPage, "of `claims`": ClaimPage, "of a claim's `trials`": CitedTrial, "of `outcomes`": Outcome,
        "of `moved`": MovePage, "of `since_printing`": SincePage, "of `agents`": AgentCard, "of `readouts`": Readout,
    }  # fmt: skip
    for name, kind in objects.items():
        assert set(kind.__struct_fields__) <= rows[name], name
    assert set(Value.__struct_fields__) <= rows["of `outcomes`"]
    assert {"claims", "moved"} <= json.loads(render_json([gather()]))["reviews"][0].keys()
    said = {key for claim in gather().claims for one in claim.evidence for key in one}
    assert said <= rows["of `evidence`"]
