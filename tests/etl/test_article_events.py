"""What happened to a paper since it was last seen: each fact once, and nothing where only the indexing moved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from etl.article_events import (
    Finding,
    Row,
    build_event_row,
    drop_told,
    find_departure,
    find_findings,
    find_notices,
)
from etl.article_schemas import ARTICLE_EVENT
from etl.articles import build_correction_rows
from etl.schemas import build_frame
from models.article import Article, Correction, MeshHeading
from tests.etl.paper import PAPER, RETRACTION, held, revise


def find(article: Article, before: Row | None = None, ties: list[Row] | None = None) -> list[Finding]:
    return list(find_findings(article, before, ties or []))


def kinds(found: list[Finding]) -> list[str]:
    return [one.kind for one in found]


def test_a_paper_never_seen_is_new_and_nothing_else() -> None:
    assert find(PAPER) == [Finding("new")]


def test_a_paper_as_it_is_held_says_nothing() -> None:
    assert find(PAPER, held()) == []


@pytest.mark.parametrize(
    ("parts", "detail"),
    [
        ({"title": "Another title."}, "title"),
        ({"abstract": "We gave less."}, "abstract"),
        ({"abstract": ""}, "abstract"),
        ({"journal": "Other J"}, "journal"),
        ({"authors": PAPER.authors[:1]}, "authors"),
        ({"publication_types": ("Journal Article", "Review")}, "publication_types"),
        ({"doi": "10.9999/x"}, "doi"),
        ({"databank_nct_ids": ()}, "databank_nct_ids"),
        ({"title": "Other.", "doi": "10.9999/x"}, "title, doi"),
        ({"version": 2, "title": "Another"}, "version, title"),
        ({"version": 2}, "version"),
    ],
)
def test_a_revision_names_what_was_revised(parts: dict[str, Any], detail: str) -> None:
    assert find(revise(**parts), held()) == [Finding("revised", detail=detail)]


@pytest.mark.parametrize(
    "parts",
    [
        {"mesh": (MeshHeading("Neoplasms"),)},
        {"keywords": ("x",)},
        {"revised_date": dt.date(2026, 2, 12)},
        {"pmcid": "PMC99"},
    ],
)
def test_indexing_is_no_revision(parts: dict[str, Any]) -> None:
    assert find(revise(**parts), held()) == []


def test_an_abstract_that_comes_later_is_told_as_such_alone() -> None:
    assert find(PAPER, held(revise(abstract=""))) == [Finding("abstract_added")]


def test_an_abstract_that_comes_with_another_edit_is_told_beside_it() -> None:
    found = find(revise(doi="10.9999/x"), held(revise(abstract="")))
    assert kinds(found) == ["abstract_added", "revised"]
    assert "doi" in (found[1].detail or "")


def test_a_retraction_is_told_once_with_its_notice() -> None:
    retracted = revise(is_retracted=True, corrections=(RETRACTION,))
    assert find(retracted, held()) == [Finding("retracted", related_pmid="99000040")]
    assert find(retracted, held(retracted), build_correction_rows(retracted)) == []


def test_a_retraction_known_by_the_publication_type_alone_is_told() -> None:
    assert find(revise(is_retracted=True), held()) == [Finding("retracted")]


def test_a_retraction_told_before_its_notice_was_known_is_not_told_again() -> None:
    before = held(revise(is_retracted=True))
    assert "retracted" not in kinds(find(revise(is_retracted=True, corrections=(RETRACTION,)), before))


def test_a_second_notice_of_a_retraction_is_no_second_retraction() -> None:
    before = revise(is_retracted=True, corrections=(RETRACTION,))
    after = revise(is_retracted=True, corrections=(RETRACTION, Correction("RetractionIn", "99000041")))
    assert "retracted" not in kinds(find(after, held(before), build_correction_rows(before)))


def test_two_notices_that_come_together_are_one_retraction() -> None:
    after = revise(is_retracted=True, corrections=(RETRACTION, Correction("RetractionIn", "99000041")))
    assert kinds(find(after, held())).count("retracted") == 1


def test_a_notice_without_a_number_is_told_without_one() -> None:
    found = find(revise(corrections=(Correction("RetractionIn", citation="J Fict Oncol"),), is_retracted=True), held())
    assert found == [Finding("retracted")]


@pytest.mark.parametrize(
    ("ref_type", "kind"),
    [("ExpressionOfConcernIn", "concern"), ("ErratumIn", "corrected")],
)
def test_a_concern_and_a_correction_are_told_once(ref_type: str, kind: str) -> None:
    after = revise(corrections=(Correction(ref_type, "99000042"),))
    assert find(after, held()) == [Finding(kind, related_pmid="99000042")]
    assert find(after, held(after), build_correction_rows(after)) == []


@pytest.mark.parametrize("ref_type", ["CommentIn", "UpdateOf", "RetractionOf", "ErratumFor", "Cites", "ReprintIn"])
def test_other_ties_are_no_event_of_the_paper_that_carries_them(ref_type: str) -> None:
    assert find(revise(corrections=(Correction(ref_type, "99000042"),)), held()) == []


def test_a_new_paper_that_is_retracted_already_says_both() -> None:
    assert kinds(find(revise(is_retracted=True, corrections=(RETRACTION,)))) == ["new", "retracted"]


def test_an_old_correction_of_a_new_paper_is_no_news() -> None:
    assert find(revise(corrections=(Correction("ErratumIn", "99000042"),))) == [Finding("new")]


def test_a_notice_speaks_of_the_paper_it_names() -> None:
    notice = revise(
        pmid="99000040",
        corrections=(
            Correction("RetractionOf", "99000031"),
            Correction("ExpressionOfConcernFor", "99000032"),
            Correction("ErratumFor", "99000033"),
            Correction("RetractionOf", ""),
            Correction("RetractionOf", "99000040"),
            Correction("CommentOn", "99000034"),
        ),
    )
    assert list(find_notices(notice)) == [
        ("99000031", Finding("retracted", related_pmid="99000040")),
        ("99000032", Finding("concern", related_pmid="99000040")),
        ("99000033", Finding("corrected", related_pmid="99000040")),
    ]


@pytest.mark.parametrize(
    ("ref_type", "finding"),
    [
        ("RetractedandRepublishedIn", Finding("retracted", "RetractedandRepublishedIn", "99000042")),
        ("CorrectedandRepublishedIn", Finding("corrected", "CorrectedandRepublishedIn", "99000042")),
        ("RepublishedIn", Finding("revised", "RepublishedIn", "99000042")),
        ("UpdateIn", Finding("revised", "UpdateIn", "99000042")),
    ],
)
def test_a_tie_with_a_name_of_its_own_keeps_it(ref_type: str, finding: Finding) -> None:
    after = revise(corrections=(Correction(ref_type, "99000042"),))
    assert find(after, held()) == [finding]
    assert find(after, held(after), build_correction_rows(after)) == []


@pytest.mark.parametrize(
    ("on_the_notice", "on_the_paper"),
    [
        ("RetractionOf", "RetractionIn"),
        ("RetractedandRepublishedFrom", "RetractedandRepublishedIn"),
        ("ExpressionOfConcernFor", "ExpressionOfConcernIn"),
        ("ErratumFor", "ErratumIn"),
        ("CorrectedandRepublishedFrom", "CorrectedandRepublishedIn"),
        ("RepublishedFrom", "RepublishedIn"),
        ("UpdateOf", "UpdateIn"),
    ],
)
def test_a_tie_says_the_same_from_either_end_and_is_told_of_the_paper_alone(
    on_the_notice: str, on_the_paper: str
) -> None:
    notice = revise(pmid="99000040", corrections=(Correction(on_the_notice, "99000031"),))
    by_paper = find(revise(corrections=(Correction(on_the_paper, "99000040"),)), held())
    assert list(find_notices(notice)) == [("99000031", by_paper[0])]
    assert find(notice) == [Finding("new")]
    assert list(drop_told(by_paper, [msgspec.structs.asdict(by_paper[0])])) == []


def test_a_notice_that_said_so_before_says_nothing_when_it_is_revised() -> None:
    notice = revise(pmid="99000040", corrections=(Correction("ErratumFor", "99000031"),))
    assert list(find_notices(notice, build_correction_rows(notice))) == []


def test_two_corrections_are_two_facts_and_one_without_a_number_is_the_one_that_is_known() -> None:
    told = [{"kind": "corrected", "detail": None, "related_pmid": "99000041"}]
    assert list(drop_told([Finding("corrected", related_pmid="99000042")], told)) == [
        Finding("corrected", related_pmid="99000042")
    ]
    assert list(drop_told([Finding("corrected")], told)) == []
    assert list(drop_told([Finding("concern", related_pmid="99000041")], told)) != []


def test_what_was_revised_is_told_each_time() -> None:
    told = [{"kind": "revised", "detail": "title", "related_pmid": None}]
    assert list(drop_told([Finding("revised", "title")], told)) == [Finding("revised", "title")]


def test_a_paper_taken_out_is_merged_only_where_another_carries_its_doi() -> None:
    twins = [{"pmid": "99000052", "doi": "10.9999/X"}, {"pmid": "99000031", "doi": "10.9999/x"}]
    assert find_departure("99000031", "10.9999/x", twins) == Finding("merged", related_pmid="99000052")
    assert find_departure("99000031", "10.9999/other", twins) == Finding("deleted")
    assert find_departure("99000031", None, [{"pmid": "99000052", "doi": None}]) == Finding("deleted")


def test_an_event_has_exactly_the_declared_columns() -> None:
    event = build_event_row(
        "99000031", Finding("new"), None, dt.datetime.combine(dt.date(2026, 2, 10), dt.time()), origin="live", run_id=1
    )
    assert build_frame([event], ARTICLE_EVENT).height == 1
