"""The envelope of a page of studies: its spans cut out exactly the records and their release stamps."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.clinicaltrials.envelope import parse_envelope

Json = dict[str, Any]
# Texts a careless search for the stamp would stumble over.
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ['"versionHolder":"2026-01-01"', "versionHolder", '\\"', "\\", '"versionHolder" : "', "é\u2028\U0001f600", ""]
    ),
)
STAMPS = st.one_of(st.none(), st.dates().map(str), st.just(""))


@st.composite
def build_studies(draw: st.DrawFn) -> Json:
    study: Json = {
        "protocolSection": {
            "identificationModule": {
                "nctId": f"NCT99{draw(st.integers(0, 999_999)):06d}",
                "briefTitle": draw(TEXTS),
                "keywords": draw(st.lists(TEXTS, max_size=3)),
            },
            "k" + draw(TEXTS): draw(TEXTS),
        },
        "hasResults": draw(st.booleans()),
    }
    stamp = draw(STAMPS)
    if stamp is not None:
        study["derivedSection"] = {"miscInfoModule": {"versionHolder": stamp}}
    return study


def write(page: Json, *, is_pretty: bool, is_ascii: bool) -> bytes:
    separators = None if is_pretty else (",", ":")
    text = json.dumps(page, indent=2 if is_pretty else None, separators=separators, ensure_ascii=is_ascii)
    return text.encode("utf-8", "surrogatepass")


@settings(max_examples=60)
@given(st.lists(build_studies(), max_size=4), st.booleans(), st.booleans(), st.booleans())
def test_spans_cut_out_exactly_the_records_and_their_stamps(
    studies: list[Json], is_pretty: bool, is_ascii: bool, twice: bool
) -> None:
    studies = studies * 2 if twice else studies
    page = {"totalCount": len(studies), "studies": studies, "nextPageToken": "abc"}
    body = write(page, is_pretty=is_pretty, is_ascii=is_ascii)
    envelope = parse_envelope(body)
    assert [json.loads(body[span.start : span.end]) for span in envelope.spans] == studies
    for study, span in zip(studies, envelope.spans, strict=True):
        stamp = study.get("derivedSection", {}).get("miscInfoModule", {}).get("versionHolder")
        if stamp is None:
            assert (span.stamp_start, span.stamp_end) == (-1, -1)
        else:
            assert body[span.stamp_start : span.stamp_end].decode() == stamp
            assert span.start < span.stamp_start <= span.stamp_end < span.end
    assert [record.nct_id for record in envelope.ids] == [
        study["protocolSection"]["identificationModule"]["nctId"] for study in studies
    ]
    starts = [position for span in envelope.spans for position in (span.start, span.end)]
    assert starts == sorted(starts)


def test_a_page_says_its_count_and_token() -> None:
    envelope = parse_envelope(b'{"nextPageToken":"abc","totalCount":7,"studies":[]}')
    assert (envelope.total_count, envelope.next_page_token, envelope.ids, envelope.spans) == (7, "abc", (), ())


@pytest.mark.parametrize(
    "body", [b'{"studies":[]}', b'{"studies":[],"nextPageToken":""}', b'{"studies":[],"nextPageToken":null}']
)
def test_a_page_without_a_token_is_the_last(body: bytes) -> None:
    assert parse_envelope(body).next_page_token is None


def test_aliases_are_the_other_numbers_a_record_answers_to() -> None:
    identity = {"nctId": "NCT99000102", "nctIdAliases": ["NCT99000902"]}
    body = json.dumps({"studies": [{"protocolSection": {"identificationModule": identity}}]}).encode()
    assert parse_envelope(body).ids[0].aliases == ("NCT99000902",)


@pytest.mark.parametrize(
    "record",
    [{}, {"protocolSection": None}, {"protocolSection": {"identificationModule": {"nctId": 5}}}, [], "x", None, 7],
)
def test_a_record_without_a_number_keeps_its_place_and_loses_no_other(record: Any) -> None:
    good = {"protocolSection": {"identificationModule": {"nctId": "NCT99000101"}}}
    body = json.dumps({"studies": [record, good]}).encode()
    envelope = parse_envelope(body)
    assert [one.nct_id for one in envelope.ids] == ["", "NCT99000101"]
    assert json.loads(body[envelope.spans[0].start : envelope.spans[0].end]) == record


def test_a_letter_that_is_no_utf8_loses_one_record_and_no_other() -> None:
    good = b'{"protocolSection":{"identificationModule":{"nctId":"NCT99000101"}}}'
    bad = b'{"protocolSection":{"identificationModule":{"nctId":"NCT99\xff\xfe"}}}'
    envelope = parse_envelope(b'{"studies":[' + bad + b"," + good + b"]}")
    assert [one.nct_id for one in envelope.ids] == ["", "NCT99000101"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html></html>", b"null", b"[]", b"{}", b'{"studies":null}', b'{"studies":{}}', b'{"studies":[}',
        b'{"studies":[],"totalCount":"7"}', b'{"studies":[{"a":1}', b'{"studies":[]}x', b"\xff\xfe",
    ],
)  # fmt: skip
def test_what_is_no_page_is_refused(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        parse_envelope(body)


@given(st.integers(1, 200))
def test_a_page_cut_off_anywhere_is_no_page(missing: int) -> None:
    study = {"protocolSection": {"identificationModule": {"nctId": "NCT99000101", "briefTitle": "x" * 200}}}
    body = json.dumps({"totalCount": 1, "studies": [study]}).encode()
    with pytest.raises(msgspec.DecodeError):
        parse_envelope(body[:-missing])


def test_a_page_that_holds_the_byte_by_which_the_landing_masks_a_stamp_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        parse_envelope(b'{"studies":[{"a":"x\x00y","versionHolder":"2026-02-10"}]}')


def test_two_stamps_leave_a_record_as_it_is() -> None:
    misc = {"versionHolder": "2026-02-10"}
    study = {"protocolSection": {"identificationModule": {"nctId": "NCT99000101"}}, "a": misc, "b": misc}
    assert parse_envelope(json.dumps({"studies": [study]}).encode()).spans[0].stamp_start == -1


def test_the_stamp_of_the_sample_world_is_found_in_every_record(sample_world: Any) -> None:
    studies = [study.render(sample_world.day) for study in sample_world.studies.values()]
    body = b'{"studies":[' + b",\n".join(studies) + b"]}"
    stamped = sum(len(re.findall(rb'"versionHolder"', study)) for study in studies)
    spans = parse_envelope(body).spans
    found = [body[span.stamp_start : span.stamp_end].decode() for span in spans if span.stamp_start > 0]
    assert found == [sample_world.day.isoformat()] * stamped
    assert stamped > 5


@pytest.mark.parametrize("number", ["", "NCT1", "NCT9900010", "NCT990001011", "nct99000101", "NCT99000101\n", "<b>"])
def test_what_is_no_number_of_the_registrys_is_a_record_without_one(number: str) -> None:
    body = msgspec.json.encode({"studies": [{"protocolSection": {"identificationModule": {"nctId": number}}}]})
    assert [record.nct_id for record in parse_envelope(body).ids] == [""]
