"""The tagger against experts' annotations, which are never copied into the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from etl.tagging import Tagger, build_article_fields, build_tagger
from models.mention import TextField
from tests.etl.tagging_vocabulary import read_vocabulary

# Only these corpora annotate every gene of a text, so that what they leave out is no mention.
COMPLETE = {"NLM-Gene", "BioRED", "tmVar3", "GNormPlus(BC2GN+IGN)"}
Span = tuple[int, int, str]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return build_tagger(read_vocabulary())


def read_lines(shared: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (shared / "gold" / name).read_text("utf-8").splitlines()]


def find_spans(tagger: Tagger, record: dict[str, Any]) -> set[Span]:
    text = f"{record['title']} {record['abstract']}"
    mentions = tagger.tag([TextField("abstract", "abstract", text)])
    return {(found.start, found.end, found.target) for found in mentions if found.target and found.via == "name"}


def read_spans(record: dict[str, Any], *, is_class: bool) -> set[Span]:
    rows = [row for row in record["mentions"] or [] if row["class_level"] == is_class]
    return {(row["start"], row["end"], row["target"]) for row in rows}


def test_every_annotated_mention_of_a_target_is_found_with_its_exact_span(shared: Path, tagger: Tagger) -> None:
    missed = [
        (record["docid"], span)
        for record in read_lines(shared, "spans.jsonl")
        for span in read_spans(record, is_class=False) - find_spans(tagger, record)
    ]
    assert missed == []


def test_nothing_is_found_that_complete_annotations_leave_out(shared: Path, tagger: Tagger) -> None:
    invented = [
        (record["docid"], span)
        for record in read_lines(shared, "spans.jsonl")
        if record["corpus"] in COMPLETE and record["mentions"] is not None
        for span in find_spans(tagger, record) - read_spans(record, is_class=False) - read_spans(record, is_class=True)
    ]
    assert invented == []


def test_no_look_alike_is_taken_for_a_target(shared: Path, tagger: Tagger) -> None:
    taken = [
        (record["docid"], row["text"], span)
        for record in read_lines(shared, "spans.jsonl")
        for row in record.get("not_targets") or []
        for span in find_spans(tagger, record)
        if span[0] < row["end"] and row["start"] < span[1]
    ]
    assert taken == []


def test_a_paper_is_about_the_targets_a_reader_gave_it(shared: Path, tagger: Tagger) -> None:
    for record in read_lines(shared, "documents.jsonl"):
        mentions = tagger.tag(build_article_fields(record["title"], record["abstract"]))
        assert {found.target for found in mentions if found.target} == set(record["targets"]), record["pmid"]
