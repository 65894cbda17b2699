"""What people download instead of the data is told by its first bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.file_kinds import Kind, explain_kind, find_kind

HEADS: list[tuple[bytes, Kind]] = [
    (b'{"protocolSection":', "json"),
    (b"\xef\xbb\xbf\r\n [", "json"),
    (b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD', "pubmed"),
    (b'<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n<PubmedArticle>', "pubmed"),
    (b"<PubmedArticle><MedlineCitation>", "pubmed"),
    (b"<!DOCTYPE html>\n<html lang='en'>", "page"),
    (b"\n<HTML><body>Request blocked", "page"),
    (b"<clinical_study>", "old_xml"),
    (b'<?xml version="1.0"?><rss>', "xml"),
    (b"NCT Number,Study Title,Study URL", "table"),
    (b'\xef\xbb\xbf"NCT Number","Study Title"', "table"),
    (b"nct_id|study_type", "table"),
    (b"TY  - DBASE\r\n", "ris"),
    ('{"a": 1}'.encode("utf-16"), "utf-16"),
    (b"", "empty"),
    (b"\xef\xbb\xbf \n", "empty"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"%PDF-1.7", "other"),
    (b"NCT99000101", "other"),
]


@pytest.mark.parametrize(("head", "kind"), HEADS)
def test_a_file_is_what_its_first_bytes_say(head: bytes, kind: Kind) -> None:
    assert find_kind(head) == kind


@given(st.binary(max_size=300))
def test_any_bytes_are_of_one_kind_and_each_but_json_has_a_reason_and_a_remedy(head: bytes) -> None:
    kind = find_kind(head)
    assert kind == "json" or all(explain_kind(kind))


@pytest.mark.parametrize("kind", sorted({kind for _, kind in HEADS} - {"json"}))
def test_every_refusal_says_what_to_do(kind: Kind) -> None:
    reason, remedy = explain_kind(kind)
    assert reason.startswith("it is")
    assert remedy
