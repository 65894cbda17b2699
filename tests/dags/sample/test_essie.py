from __future__ import annotations

import pytest

from dags.sample.essie import QueryError, find_articles, find_studies, has_phrase
from dags.sample.world import World, fold


def holds(text: str, phrase: str) -> bool:
    return has_phrase(fold(text), phrase)


def test_a_phrase_is_found_in_any_case_and_over_any_whitespace() -> None:
    assert holds("blocks Lymphocyte\n  Activation gene 3", "lymphocyte activation gene 3")


def test_a_phrase_is_not_found_inside_a_longer_word() -> None:
    assert not holds("a FAPI tracer", "FAP")
    assert not holds("the myFAP project", "FAP")
    assert holds("an anti-FAP antibody", "FAP")


def test_a_phrase_in_another_place_counts_though_the_first_one_lies_inside_a_word() -> None:
    assert holds("FAPI binds FAP", "FAP")


def test_a_phrase_that_ends_in_a_sign_is_found() -> None:
    assert holds("CD8+ T cells", "CD8+")


@pytest.mark.parametrize("query", ["", "(lung", "lung cancer", '"a" "b"'])
def test_a_term_that_is_not_whole_is_refused_as_the_source_would(sample_world: World, query: str) -> None:
    with pytest.raises(QueryError):
        find_articles(sample_world, query, None)


def test_a_query_is_read_with_and_before_or_and_pubmeds_from_left_to_right(sample_world: World) -> None:
    query = "zelbarimab OR fictional AND nosuchword"
    assert find_studies(sample_world, {"query.term": query})
    tagged = '"zelbarimab"[tiab] OR "fictional"[tiab] AND "nosuchword"[tiab]'
    assert find_articles(sample_world, '"zelbarimab"[tiab]', None)[0]
    assert not find_articles(sample_world, tagged, None)[0]
