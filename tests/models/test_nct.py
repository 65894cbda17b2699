"""NCT numbers: one written form, mended where that is safe, refused where it is not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.nct import find_nct_ids, parse_nct_id

# What the registry's filter.ids takes; one number outside it fails the whole batch (FACTS: filter.ids).
REGISTRY_FORM = re.compile(r"[Nn][Cc][Tt]0*[1-9][0-9]{0,7}", re.ASCII)
WRITTEN_FORM = re.compile(r"NCT[0-9]{8}", re.ASCII)


@pytest.mark.parametrize(
    ("text", "nct_id"),
    [
        ("NCT99000101", "NCT99000101"),
        ("nct99000101", "NCT99000101"),
        ("  NCT99000101\n", "NCT99000101"),
        ("NCT 99000101", "NCT99000101"),
        ("NCT-99000101", "NCT99000101"),
        ("NCT: 99000101", "NCT99000101"),
        ("nct1968109", "NCT01968109"),
        ("NCT1", "NCT00000001"),
        ("NCT00000001", "NCT00000001"),
    ],
)
def test_a_number_in_another_dress_becomes_the_written_form(text: str, nct_id: str) -> None:
    assert parse_nct_id(text) == nct_id


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no NCT number"),
        ("NCT", "is no NCT number"),
        ("99000101", "is no NCT number"),
        ("NCT99000101x", "is no NCT number"),
        ("NCT9900O101", "is no NCT number"),
        ("NCT99000101, NCT99000102", "is no NCT number"),
        ("NCT9900010", "has 7 digits, needs 8"),
        ("NCT990001010", "has 9 digits, needs 8"),
        ("NCT0", "has 1 digit, needs 8"),
        ("NCT0196810", "has 7 digits, needs 8"),
        ("NCT00000000", "was never given out"),
    ],
)
def test_what_cannot_be_mended_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)) as caught:
        parse_nct_id(text)
    assert f'"{text}"' in str(caught.value)


@given(st.integers(1, 99_999_999))
def test_every_number_given_out_reads_back_as_itself(number: int) -> None:
    nct_id = f"NCT{number:08d}"
    assert parse_nct_id(nct_id) == nct_id
    assert find_nct_ids(nct_id) == [nct_id]


@given(st.from_regex(r"\s*nct\s*[-:]?\s*\d{1,9}\s*", fullmatch=True))
def test_what_is_accepted_never_fails_a_batch_at_the_registry(text: str) -> None:
    try:
        nct_id = parse_nct_id(text)
    except ValueError:
        return
    assert WRITTEN_FORM.fullmatch(nct_id)
    assert REGISTRY_FORM.fullmatch(nct_id)


@given(st.text())
def test_any_text_is_parsed_or_refused_but_never_breaks_the_parser(text: str) -> None:
    try:
        assert WRITTEN_FORM.fullmatch(parse_nct_id(text))
    except ValueError as error:
        assert str(error).startswith('"')  # noqa: PT017  only our own words may come, not those of int()


def test_numbers_are_found_in_text_in_order_and_each_once() -> None:
    text = "(NCT99000102); nct99000101, NCT-99000103, NCT 99000102, NCT#99000104, NCT: 99000105."
    assert find_nct_ids(text) == ["NCT99000102", "NCT99000101", "NCT99000103", "NCT99000104", "NCT99000105"]


@pytest.mark.parametrize(
    "text",
    ["NCT9900010", "NCT990001011", "ANCT99000101", "2NCT99000101", "NCT00000000", "EudraCT 2022-999901-12", ""],
)
def test_what_only_looks_like_a_number_is_not_found(text: str) -> None:
    assert find_nct_ids(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "ClinicalTrials.govNCT99000101", "clinicaltrials.govnct99000101.", "CLINICALTRIALS.GOVNCT99000101",
        "RegisteredNCT99000101", "govNCT 99000101", "numberNCT: 99000101", "NCTNCT99000101",
    ],
)  # fmt: skip
def test_a_number_glued_to_the_word_before_it_is_found(text: str) -> None:
    assert find_nct_ids(text) == ["NCT99000101"]


@pytest.mark.parametrize(
    "text",
    [
        "govNCT990001011", "govNCT9900010", "govNCT00000000", "distinct 20260101", "DISTINCT 20260101",
        "Distinct-20260101", "99govNCT 1 99000101",
    ],
)  # fmt: skip
def test_a_word_that_ends_like_a_number_begins_and_a_misprint_behind_a_word_are_none(text: str) -> None:
    assert find_nct_ids(text) == []


@given(st.from_regex(r"(?i)nct[\s:#-]{0,2}\d{8}", fullmatch=True))
def test_found_numbers_are_always_of_the_written_form(text: str) -> None:
    assert all(WRITTEN_FORM.fullmatch(nct_id) for nct_id in find_nct_ids(text))
