"""What happened to a paper since it was last seen: each fact once, and nothing where only the indexing moved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from etl.articles import (
    Finding,
    Row,
    build_article_row,
    build_correction_rows,
    build_event_row,
    find_findings,
    find_notices,
    hash_article,
)
from etl.schemas import ARTICLE_CORRECTION, ARTICLE_EVENT, ARTICLE_RECORD, build_frame
from models.article import Article, Author, Correction, MeshHeading
from models.partial_date import parse_partial_date

PAPER = Article(
    pmid="99000031",
    version=1,
    title="Zelbarimab in NSCLC.",
    abstract="We gave zelbarimab.",
    journal="J Fict Oncol",
    pub_date=parse_partial_date("2026-02"),
    pub_date_text="2026 Feb",
    entrez_date=dt.date(2026, 2, 10),
    publication_types=("Journal Article",),
    authors=(Author(last_name="Person", initials="AB"), Author(collective_name="The ZELDA Group")),
    databank_nct_ids=("NCT99000101",),
    text_nct_ids=("NCT99000102", "NCT99000101"),
)
RETRACTION = Correction("RetractionIn", "99000040")


def held(article: Article = PAPER) -> Row:
    return build_article_row(article, 1)


def revise(**parts: Any) -> Article:
    return msgspec.structs.replace(PAPER, **parts)


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
        {"version": 2},
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
    [("ExpressionOfConcernIn", "concern"), ("ErratumIn", "corrected"), ("CorrectedandRepublishedIn", "corrected")],
)
def test_a_concern_and_a_correction_are_told_once(ref_type: str, kind: str) -> None:
    after = revise(corrections=(Correction(ref_type, "99000042"),))
    assert find(after, held()) == [Finding(kind, related_pmid="99000042")]
    assert find(after, held(after), build_correction_rows(after)) == []


@pytest.mark.parametrize("ref_type", ["CommentIn", "UpdateOf", "RetractionOf", "ErratumFor", "Cites"])
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
            Correction("CommentOn", "99000034"),
        ),
    )
    assert list(find_notices(notice)) == [
        ("99000031", Finding("retracted", related_pmid="99000040")),
        ("99000032", Finding("concern", related_pmid="99000040")),
        ("99000033", Finding("corrected", related_pmid="99000040")),
    ]


def test_a_row_says_what_people_cite() -> None:
    row = held()
    assert build_frame([row], ARTICLE_RECORD).height == 1
    assert row["authors"] == ["Person AB", "The ZELDA Group"]
    assert (row["pub_date"], row["pub_date_precision"]) == (dt.date(2026, 2, 1), "month")
    assert row["doi"] is None
    assert row["databank_nct_ids"] == ["NCT99000101"]


def test_a_bare_paper_is_a_row_too() -> None:
    assert build_frame([held(Article(pmid="99000099", version=1, title=""))], ARTICLE_RECORD).height == 1


def test_the_day_nlm_last_touched_a_record_is_no_content() -> None:
    assert hash_article(PAPER) == hash_article(revise(revised_date=dt.date(2026, 2, 12)))


@pytest.mark.parametrize(
    "parts", [{"title": "x"}, {"mesh": (MeshHeading("x"),)}, {"is_retracted": True}, {"corrections": (RETRACTION,)}]
)
def test_any_content_counts_for_the_hash(parts: dict[str, Any]) -> None:
    assert hash_article(PAPER) != hash_article(revise(**parts))


def test_ties_and_events_have_exactly_the_declared_columns() -> None:
    ties = build_correction_rows(revise(corrections=(RETRACTION, Correction("ErratumIn", citation="J 2026"))))
    assert build_frame(ties, ARTICLE_CORRECTION).height == 2
    assert ties[1]["note"] == "J 2026"
    event = build_event_row(
        "99000031", Finding("new"), None, dt.datetime.combine(dt.date(2026, 2, 10), dt.time()), origin="live", run_id=1
    )
    assert build_frame([event], ARTICLE_EVENT).height == 1
