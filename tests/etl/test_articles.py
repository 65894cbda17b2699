"""A paper as rows and as a hash."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from etl.article_schemas import ARTICLE_CORRECTION, ARTICLE_RECORD
from etl.articles import build_correction_rows, hash_article
from etl.schemas import build_frame
from models.article import Article, Correction, MeshHeading
from tests.etl.paper import PAPER, RETRACTION, held, revise


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


def test_ties_have_exactly_the_declared_columns() -> None:
    ties = build_correction_rows(revise(corrections=(RETRACTION, Correction("ErratumIn", citation="J 2026"))))
    assert build_frame(ties, ARTICLE_CORRECTION).height == 2
    assert ties[1]["note"] == "J 2026"
