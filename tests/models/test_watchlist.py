"""Watch items: what a watchlist asks for is checked against the vocabulary before anything is asked of a source."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from dags.article_questions import Question
from dags.watching import hash_query
from etl.article_selecting import ArticleSelector
from models.article import Article
from models.errors import ConfigurationError
from models.settings import NamedItem, WatchSettings
from models.vocabulary import Vocabulary, parse_vocabulary
from models.watchlist import WatchItem, build_watch_items

VOCABULARY = b"""
[[target]]
name = "LAG-3"
symbol = "LAG3"
source = "invented for the test"
synonyms = ["CD223", "LAG3"]
needs_context = ["FDC"]

[[target]]
name = "TIGIT"
symbol = "TIGIT"
source = "invented for the test"

[[target]]
name = "FOX"
symbol = "FOXX1"
source = "invented for the test"
needs_context = ["FOX"]

[[agent]]
name = "zelbarimab"
role = "lead"
source = "invented for the test"
synonyms = ["ZLB-201"]
unverified = ["zelby"]

[[agent]]
name = "nameless"
role = "lead"
source = "invented for the test"
never_alone = ["nameless"]

[[agent]]
name = "docetaxel"
role = "backbone"
source = "invented for the test"
synonyms = ["Taxotere"]
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return parse_vocabulary({"test.toml": VOCABULARY})


def build(vocabulary: Vocabulary, **watch: object) -> tuple[WatchItem, ...]:
    return build_watch_items(WatchSettings(**watch), vocabulary, "watchlist.toml")  # type: ignore[arg-type]


def refuse(vocabulary: Vocabulary, **watch: object) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        build(vocabulary, **watch)
    return caught.value


def test_items_come_in_the_order_of_the_file_with_ids_and_search_names(vocabulary: Vocabulary) -> None:
    items = build(vocabulary, trials=("nct99000102", "NCT99000101"), agents=("ZLB-201",), targets=("lag3", "TIGIT"))
    assert [item.item_id for item in items] == [
        "trial:NCT99000102", "trial:NCT99000101", "agent:zelbarimab", "target:LAG-3", "target:TIGIT",
    ]  # fmt: skip
    assert items[0].terms == ("NCT99000102",)
    assert items[2].terms == ("zelbarimab", "ZLB-201")
    assert items[3].terms == ("LAG-3", "CD223", "LAG3")


def test_a_malformed_number_is_named_with_its_place(vocabulary: Vocabulary) -> None:
    error = refuse(vocabulary, trials=("NCT99000101", "NCT99000102", "NCT9900010"))
    assert error.message == 'watchlist.toml: watch.trials[2]: "NCT9900010" has 7 digits, needs 8'
    assert error.hint == "correct it, then `trialwatch check`"


@pytest.mark.parametrize(
    ("kind", "name", "near"),
    [("agents", "zelbarimob", "zelbarimab"), ("targets", "TIGTI", "TIGIT"), ("targets", "lag-33", "LAG-3")],
)
def test_an_unknown_name_is_named_with_its_place_and_the_nearest(
    vocabulary: Vocabulary, kind: str, name: str, near: str
) -> None:
    error = refuse(vocabulary, **{kind: (name,)})
    assert error.message.startswith(f'watchlist.toml: watch.{kind}[0]: "{name}"')
    assert error.hint == f'did you mean "{near}"?'


def test_a_name_like_no_other_gets_the_way_to_add_it(vocabulary: Vocabulary) -> None:
    error = refuse(vocabulary, targets=("LAG-3", "Q"))
    assert "watch.targets[1]" in error.message
    assert "[[target]]" in error.hint


@pytest.mark.parametrize("name", ["docetaxel", "Taxotere", "DOCETAXEL"])
def test_a_backbone_agent_is_never_searched_for(vocabulary: Vocabulary, name: str) -> None:
    error = refuse(vocabulary, agents=("zelbarimab", name))
    assert re.match(r"watchlist\.toml: watch\.agents\[1\]: .*backbone", error.message)


def test_an_agent_without_a_safe_name_is_refused(vocabulary: Vocabulary) -> None:
    assert "no verified name" in refuse(vocabulary, agents=("nameless",)).message


def test_a_target_without_a_safe_name_is_refused_for_its_search_would_be_for_everything(
    vocabulary: Vocabulary,
) -> None:
    refuse(vocabulary, targets=("FOX",))


def test_unverified_and_ambiguous_names_are_never_searched(vocabulary: Vocabulary) -> None:
    terms = {term for item in build(vocabulary, agents=("zelbarimab",), targets=("LAG-3",)) for term in item.terms}
    assert not terms & {"zelby", "FDC"}


def test_the_default_condition_narrows_agents_and_targets_that_name_none(vocabulary: Vocabulary) -> None:
    items = build(
        vocabulary,
        condition=" cancer ",
        trials=("NCT99000101",),
        agents=("zelbarimab",),
        targets=(NamedItem(name="LAG-3", condition="lung"), NamedItem(name="TIGIT", condition="")),
    )
    assert [item.condition for item in items] == ["", "cancer", "lung", ""]


@pytest.mark.parametrize(
    "condition",
    [
        '"lung',
        'lung"',
        '("lung"',
        '"a" OR "b")',
        ')"lung"(',
        '"a" OR',
        'AND "a"',
        '"a" "b"',
        '"a" OR lung',
        '"a" ()',
        '""',
        '"a" OR " "',
    ],
)
def test_a_condition_that_is_not_whole_is_refused(vocabulary: Vocabulary, condition: str) -> None:
    error = refuse(vocabulary, targets=("TIGIT", NamedItem(name="LAG-3", condition=condition)))
    assert error.message.startswith("watchlist.toml: watch.targets[1]: condition")


def test_a_parenthesis_inside_a_quoted_phrase_is_text(vocabulary: Vocabulary) -> None:
    items = build(vocabulary, targets=(NamedItem(name="LAG-3", condition='"stage III)"'),))
    assert items[0].condition == '"stage III)"'


def test_the_same_thing_by_two_names_is_one_item(vocabulary: Vocabulary) -> None:
    items = build(
        vocabulary,
        trials=("NCT99000101", "nct99000101"),
        agents=("zelbarimab", "ZLB-201"),
        targets=("LAG-3", "CD223", "lag-3"),
    )
    assert [item.item_id for item in items] == ["trial:NCT99000101", "agent:zelbarimab", "target:LAG-3"]


def test_naming_a_target_again_more_narrowly_never_silently_narrows_what_was_asked(vocabulary: Vocabulary) -> None:
    try:
        items = build(vocabulary, targets=("LAG-3", NamedItem(name="LAG-3", condition="lung")))
    except ConfigurationError as error:
        assert "watch.targets[1]" in error.message  # noqa: PT017  saying so is as good as reading it widely
    else:
        assert items[0].condition == ""


def test_papers_are_watched_by_number_each_once(vocabulary: Vocabulary) -> None:
    items = build_watch_items(WatchSettings(articles=("99000001", 99000002, "PMID: 99000001")), vocabulary, "w.toml")
    assert [item.item_id for item in items] == ["article:99000001", "article:99000002"]
    assert items[0].terms == ("99000001",)


@pytest.mark.parametrize("number", ["PMC99000001", "0", "0123", "123456789", "", -5, "10.1000/1"])
def test_what_is_no_pmid_is_named_with_its_place(number: str | int, vocabulary: Vocabulary) -> None:
    with pytest.raises(ConfigurationError, match=r"^w.toml: watch.articles\[1\]: .* is no PMID"):
        build_watch_items(WatchSettings(articles=("99000001", number)), vocabulary, "w.toml")


def test_nothing_watched_is_no_item(vocabulary: Vocabulary) -> None:
    assert build(vocabulary) == ()


AMBIGUOUS = b"""
[[target]]
name = "FOX"
symbol = "FOXX1"
source = "invented for the test"
synonyms = ["fox protein"]
needs_context = ["FOX", "FX"]
"""


def test_an_ambiguous_name_is_searched_for_in_papers_under_a_condition_alone() -> None:
    def build(condition: str) -> WatchItem:
        entry = NamedItem(name="FOX", condition=condition)
        (item,) = build_watch_items(
            WatchSettings(targets=(entry,)), parse_vocabulary({"invented.toml": AMBIGUOUS}), "w.toml"
        )
        return item

    def ask(item: WatchItem) -> list[str]:
        return Question(item.item_id, (item,), dt.date(2026, 2, 10), is_first=True).build_terms()

    narrow, wide = build("cancer"), build("")
    assert ask(narrow) == ['("fox protein"[tiab] OR "FOX"[tiab]) AND ("cancer"[tiab])']
    assert ask(wide) == ['"fox protein"[tiab]']
    assert narrow.terms == wide.terms == ("fox protein",)  # those of the registry
    assert hash_query(wide) != hash_query(narrow)
    papers = [Article(pmid="99000001", version=1, title=title) for title in ("FOX in cancer", "FOX", "Cancer")]
    assert [list(ArticleSelector([narrow], {}).find_matches(paper)) for paper in papers] == [["target:FOX"], [], []]
    assert [list(ArticleSelector([wide], {}).find_matches(paper)) for paper in papers] == [[], [], []]
