"""What is told of papers in the warehouse: each fact once, whichever record says it first, and nothing on a replay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pytest

from dags.article_loading import ArticleLoader
from dags.inputs import Inputs
from dags.linking import link_records
from dags.run_ledger import open_run
from dags.vocabulary_loading import write_vocabulary
from dags.working_file import open_store
from models.article import Article, Correction, Deletion
from tests.conftest import at_night

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
FIRST = dt.date(2026, 2, 10)
PAPER = Article(
    pmid="99000031",
    version=1,
    title="LAG-3 in lung cancer.",
    abstract="We stained LAG-3.",
    doi="10.9999/one",
    entrez_date=dt.date(2026, 2, 9),
    revised_date=dt.date(2026, 2, 9),
)
NOTICE = Article(
    pmid="99000040",
    version=1,
    title="Retraction: LAG-3 in lung cancer.",
    entrez_date=dt.date(2026, 2, 10),
    corrections=(Correction("RetractionOf", "99000031"),),
)
RETRACTED = msgspec.structs.replace(
    PAPER,
    publication_types=("Retracted Publication",),
    is_retracted=True,
    revised_date=dt.date(2026, 2, 11),
    corrections=(Correction("RetractionIn", "99000040"),),
)
EVENTS = "SELECT pmid, kind, detail, related_pmid FROM article_event ORDER BY observed_at, pmid, kind, detail"
ONCE = [("99000031", "retracted", None, "99000040")]


def revise(article: Article = PAPER, **parts: Any) -> Article:
    return msgspec.structs.replace(article, **parts)


class Nights:
    """Loads some records a night, each night in a run of its own."""

    def __init__(self, inputs: Inputs, ask: Ask) -> None:
        inputs.home.prepare()
        self.inputs = inputs
        self._ask = ask
        self._day = FIRST

    def spend(self, *records: Article | Deletion, absent: Iterable[str] = (), origin: str = "live") -> list[Any]:
        clock = at_night(self._day)
        self._day += dt.timedelta(days=1)
        with (
            open_store(self.inputs, clock) as store,
            open_run(self.inputs, store, "nightly", f"{clock.date()}", clock) as run,
            store.transaction(),
        ):
            loader = ArticleLoader(run)
            write_vocabulary(run)
            loader.load_records(records, origin=origin)
            loader.note_absent(absent)
            loader.write_notices()
            link_records(run)
        return self.ask(EVENTS)

    def ask(self, query: str) -> list[Any]:
        return self._ask(self.inputs, query)

    def told(self, *kinds: str) -> list[Any]:
        return [row for row in self.ask(EVENTS) if row[1] in kinds]


@pytest.fixture
def nights(sample_inputs: Inputs, ask: Ask) -> Nights:
    return Nights(sample_inputs, ask)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "spent",
    [
        [[PAPER], [NOTICE], [RETRACTED]],
        [[PAPER], [RETRACTED], [NOTICE]],
        [[PAPER], [RETRACTED, NOTICE]],
        [[PAPER], [NOTICE, RETRACTED]],
        [[PAPER], [RETRACTED]],
        [[PAPER], [NOTICE]],
        [[NOTICE], [PAPER]],
        [[NOTICE], [RETRACTED]],
        [[NOTICE], [PAPER], [RETRACTED]],
        [[NOTICE, PAPER]],
        [[PAPER, NOTICE]],
        [[RETRACTED, NOTICE]],
        [[NOTICE, RETRACTED]],
    ],
)
def test_a_retraction_is_told_once_of_the_paper_whichever_record_comes_first(
    nights: Nights, spent: list[list[Article]]
) -> None:
    for records in spent:
        nights.spend(*records)
    assert nights.told("retracted") == ONCE
    before = nights.ask(EVENTS)
    assert nights.spend(*spent[-1]) == before
    assert nights.told("revised") == []


@pytest.mark.sampled(1)
@pytest.mark.parametrize("says_so", [RETRACTED, NOTICE, revise(RETRACTED, corrections=())])
def test_a_retraction_taken_back_is_told_and_so_is_the_next_one(nights: Nights, says_so: Article) -> None:
    is_notice = says_so is NOTICE
    calm = revise(says_so if is_notice else PAPER, corrections=(), revised_date=dt.date(2026, 2, 12))
    again = revise(says_so, revised_date=dt.date(2026, 2, 13))
    kinds = ("retracted", "retraction_withdrawn")
    nights.spend(PAPER)
    nights.spend(says_so)
    assert [row[1] for row in nights.told(*kinds)] == ["retracted"]
    for _ in range(2):
        nights.spend(calm)
        assert [row[:2] for row in nights.told(*kinds)] == [("99000031", kind) for kind in kinds]
    for _ in range(2):
        nights.spend(again)
        assert [row[1] for row in nights.told(*kinds)] == [*kinds, "retracted"]
    nights.spend(revise(calm, revised_date=dt.date(2026, 2, 14)))
    assert [row[1] for row in nights.told(*kinds)] == [*kinds, *kinds]


def test_a_retraction_stands_while_one_of_paper_and_notice_says_so(nights: Nights) -> None:
    nights.spend(PAPER)
    nights.spend(RETRACTED, NOTICE)
    nights.spend(revise(revised_date=dt.date(2026, 2, 12)))
    assert nights.told("retracted", "retraction_withdrawn") == ONCE
    nights.spend(revise(NOTICE, corrections=()))
    assert len(nights.told("retraction_withdrawn")) == 1


def test_a_paper_is_retracted_also_where_only_its_notice_says_so(nights: Nights) -> None:
    query = "SELECT is_retracted FROM article WHERE pmid = '99000031'"
    nights.spend(PAPER)
    assert nights.ask(query) == [(False,)]
    nights.spend(NOTICE)
    assert nights.ask(query) == [(True,)]
    nights.spend(revise(NOTICE, corrections=()))
    assert nights.ask(query) == [(False,)]


UNNAMED = revise(RETRACTED, corrections=())
WITHOUT_NUMBER = revise(RETRACTED, corrections=(Correction("RetractionIn", ""),))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("unnamed", [UNNAMED, WITHOUT_NUMBER])
@pytest.mark.parametrize("naming", [NOTICE, RETRACTED])
def test_a_retraction_without_a_notice_is_told_once_and_names_it_when_it_is_known(
    nights: Nights, unnamed: Article, naming: Article
) -> None:
    nights.spend(PAPER)
    nights.spend(unnamed)
    assert nights.told("retracted") == [("99000031", "retracted", None, None)]
    for _ in range(2):
        nights.spend(naming)
        assert nights.told("retracted") == ONCE
        assert nights.told("revised") == [("99000031", "revised", "RetractionIn", "99000040")]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("records", [[UNNAMED, NOTICE], [NOTICE, UNNAMED], [WITHOUT_NUMBER, NOTICE]])
@pytest.mark.parametrize("is_held", [False, True])
def test_a_retraction_without_a_notice_names_the_one_that_comes_with_it(
    nights: Nights, records: list[Article], *, is_held: bool
) -> None:
    if is_held:
        nights.spend(PAPER)
    nights.spend(*records)
    assert nights.told("retracted", "revised") == ONCE


def test_a_notice_of_a_paper_that_nobody_holds_tells_nothing(nights: Nights) -> None:
    assert nights.spend(NOTICE) == [("99000040", "new", None, None)]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("on_notice", "on_paper", "kind", "detail"),
    [
        ("ExpressionOfConcernFor", "ExpressionOfConcernIn", "concern", None),
        ("ErratumFor", "ErratumIn", "corrected", None),
        ("CorrectedandRepublishedFrom", "CorrectedandRepublishedIn", "corrected", "CorrectedandRepublishedIn"),
        ("UpdateOf", "UpdateIn", "revised", "UpdateIn"),
        ("RepublishedFrom", "RepublishedIn", "revised", "RepublishedIn"),
    ],
)
@pytest.mark.parametrize("is_notice_first", [True, False])
def test_the_other_ties_are_told_once_from_either_end(
    nights: Nights, on_notice: str, on_paper: str, kind: str, detail: str | None, *, is_notice_first: bool
) -> None:
    nights.spend(PAPER)
    notice = revise(NOTICE, corrections=(Correction(on_notice, "99000031"),))
    paper = revise(corrections=(Correction(on_paper, "99000040"),))
    for one in (notice, paper) if is_notice_first else (paper, notice):
        nights.spend(one)
    assert nights.told(kind) == [("99000031", kind, detail, "99000040")]


def test_a_second_correction_is_told_beside_the_first(nights: Nights) -> None:
    first, second = Correction("ErratumIn", "99000041"), Correction("ErratumIn", "99000042")
    nights.spend(PAPER)
    nights.spend(revise(corrections=(first,)))
    nights.spend(revise(corrections=(first, second)))
    assert [row[3] for row in nights.told("corrected")] == ["99000041", "99000042"]


def test_an_old_notice_that_a_new_item_brings_is_history_and_one_of_now_is_news(nights: Nights) -> None:
    nights.spend(PAPER, revise(pmid="99000032"))
    old = revise(NOTICE, entrez_date=dt.date(2020, 1, 1))
    new = revise(NOTICE, pmid="99000041", corrections=(Correction("RetractionOf", "99000032"),))
    nights.spend(old, new, origin="backfill")
    query = "SELECT pmid, origin FROM article_event WHERE kind = 'retracted' ORDER BY pmid"
    assert nights.ask(query) == [("99000031", "backfill"), ("99000032", "live")]


def test_what_a_revised_paper_names_since_is_told_a_target_a_row(nights: Nights) -> None:
    nights.spend(PAPER)
    assert nights.told("now_mentions") == []
    nights.spend(revise(abstract="We stained LAG-3, TIGIT and TIM-3.", revised_date=dt.date(2026, 2, 11)))
    assert nights.told("now_mentions") == [
        ("99000031", "now_mentions", "TIGIT", None),
        ("99000031", "now_mentions", "TIM-3", None),
    ]
    assert nights.ask("SELECT DISTINCT source_date FROM article_event WHERE kind = 'now_mentions'") == [
        (dt.date(2026, 2, 11),)
    ]
    before = nights.ask(EVENTS)
    assert nights.spend() == before


def test_another_vocabulary_is_no_revision(nights: Nights) -> None:
    nights.spend(revise(abstract="We stained LAG-3 and the Quux receptor."))
    old = nights.inputs.vocabulary
    (tigit,) = (one for one in old.targets if one.name == "TIGIT")
    renamed = msgspec.structs.replace(tigit, synonyms=(*tigit.synonyms, "Quux receptor"))
    targets = tuple(renamed if one.name == "TIGIT" else one for one in old.targets)
    nights.inputs = msgspec.structs.replace(
        nights.inputs, vocabulary=msgspec.structs.replace(old, targets=targets, version="another")
    )
    nights.spend()
    assert nights.ask("SELECT target FROM article_target ORDER BY 1") == [("LAG-3",), ("TIGIT",)]
    assert nights.told("now_mentions") == []


def test_a_deletion_takes_a_paper_out_and_its_return_is_told(nights: Nights) -> None:
    nights.spend(PAPER)
    nights.spend(Deletion("99000031"), Deletion("99000099"))
    state = "SELECT state FROM article WHERE pmid = '99000031'"
    assert nights.ask(state) == [("deleted",)]
    nights.spend(Deletion("99000031"))
    assert nights.told("deleted") == [("99000031", "deleted", None, None)]
    nights.spend(PAPER)
    nights.spend(PAPER)
    assert nights.ask(state) == [("active",)]
    assert nights.told("restored", "revised") == [("99000031", "restored", None, None)]


def test_a_paper_taken_out_is_merged_where_another_carries_its_doi(nights: Nights) -> None:
    nights.spend(PAPER, revise(pmid="99000032", doi="10.9999/ONE"))
    nights.spend(Deletion("99000031"))
    assert nights.ask("SELECT pmid, state FROM article ORDER BY 1") == [("99000031", "merged"), ("99000032", "active")]
    assert nights.told("merged", "deleted") == [("99000031", "merged", None, "99000032")]


def test_word_that_an_old_version_was_deleted_says_nothing_of_the_newest(nights: Nights) -> None:
    nights.spend(revise(version=2))
    nights.spend(Deletion("99000031", version=1))
    assert nights.ask("SELECT state FROM article") == [("active",)]


def test_a_paper_that_does_not_come_back_counts_as_gone_after_three_days_in_a_row_only(nights: Nights) -> None:
    nights.spend(PAPER)
    for _ in range(2):
        nights.spend(absent=["99000031"])
    nights.spend(PAPER)
    for _ in range(2):
        nights.spend(absent=["99000031"])
    assert nights.told("deleted", "restored") == []
    nights.spend(absent=["99000031", "99000077"])
    assert nights.told("deleted", "restored") == [("99000031", "deleted", None, None)]


def test_a_record_as_it_stood_before_is_history(nights: Nights) -> None:
    newer = revise(title="LAG-3 in cancer.", revised_date=dt.date(2026, 2, 11))
    nights.spend(newer)
    before = nights.ask(EVENTS)
    assert nights.spend(PAPER) == before
    assert nights.ask("SELECT title FROM article") == [("LAG-3 in cancer.",)]
