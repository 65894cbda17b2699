"""The letter as JSON: versioned, whole, and with no address but those of the two sources."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings

from etl.render_json import FORM_VERSION, render_json
from models.digest import Digest
from tests.etl.facts import DEAD_SOURCE, QUIET, RICH, write
from tests.etl.hostile import ANY_TEXT, WORST, poison


def read(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text)
    return value


def assert_clean(text: str) -> None:
    assert not re.search(r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    for url in re.findall(r'"url": "([^"]*)"', text):
        assert re.fullmatch(r"|https://(clinicaltrials\.gov/study/NCT\d{8}|pubmed\.ncbi\.nlm\.nih\.gov/\d{1,8}/)", url)


def test_it_says_what_it_is_and_in_which_version() -> None:
    head = list(read(render_json(write(RICH))).items())[:3]
    assert head == [
        ("form", "trialwatch digest"),
        ("form_version", FORM_VERSION),
        ("subject", "2 stopped or paused, 1 retraction, 1 new trial (2026-W07)"),
    ]


def test_it_holds_every_field_of_a_digest() -> None:
    fields = set(read(render_json(write(RICH))))
    assert fields == {"form", "form_version", "subject", "is_quiet", *Digest.__struct_fields__}


def test_a_move_has_both_statuses_both_dates_and_the_lag() -> None:
    (section,) = (one for one in read(render_json(write(RICH)))["sections"] if one["name"] == "LAG-3")
    item = section["stopped"][0]
    assert (item["nct_id"], item["url"]) == ("NCT99000101", "https://clinicaltrials.gov/study/NCT99000101")
    assert (item["moves"][0]["old_status"], item["moves"][0]["new_status"]) == ("RECRUITING", "TERMINATED")
    assert item["updates"] == [
        {
            "source_submit_date": "2026-02-02", "source_post_date": "2026-02-11", "served_on": "2026-02-11",
            "is_gap": False, "lag_days": 9,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("facts", [RICH, QUIET, DEAD_SOURCE], ids=["rich", "quiet", "dead"])
def test_the_same_letter_is_the_same_bytes(facts: Any) -> None:
    assert render_json(write(facts)) == render_json(write(facts))
    assert_clean(render_json(write(facts)))


@WORST
def test_no_text_of_a_record_harms_it(hostile: str) -> None:
    text = render_json(poison(hostile))
    assert read(text)
    assert_clean(text)


@settings(max_examples=60)
@given(text=ANY_TEXT)
def test_any_text_harms_nothing(text: str) -> None:
    assert_clean(render_json(poison(text)))
