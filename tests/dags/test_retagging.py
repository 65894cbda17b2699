"""A changed vocabulary, newer rules, overrides: what is tagged again, that nothing is missed, what is told of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from dags.article_loading import ArticleLoader
from dags.inputs import Inputs
from dags.linking import link_records
from dags.nightly import run_nightly
from dags.run import Run
from dags.run_ledger import close_run, open_run
from dags.sample.world import World
from dags.span import choose_span
from dags.vocabulary_loading import write_vocabulary
from dags.weekly import run_weekly
from dags.working_file import open_store
from models.article import Article
from models.overrides import Override
from models.vocabulary import Action, Agent, Target, Vocabulary
from tests.conftest import FirstNight, at_night

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
Change = Callable[[Vocabulary], Vocabulary]
LINKS = ("mention", "trial_target", "trial_pathway", "article_target", "tagged_document")


class Warehouse:
    """The sample world's first night, and link steps over it that ask no source."""

    def __init__(self, inputs: Inputs, ask: Ask, day: dt.date) -> None:
        self.inputs = inputs
        self._ask = ask
        self._day = day

    def link(self, *papers: Article, before: str = "") -> str:
        """Run a link step on the next night, after some papers came and `before` was executed; return what it says."""
        self._day += dt.timedelta(days=1)
        clock = at_night(self._day)
        with (
            open_store(self.inputs, clock) as store,
            open_run(self.inputs, store, "nightly", f"{clock.date()}", clock) as run,
        ):
            with store.transaction():
                write_vocabulary(run)
                ArticleLoader(run).load_records(papers, origin="live")
                if before:
                    _execute(run, before)
                said = link_records(run)
            close_run(run, exit_code=0, seconds=0, message="")
        return said

    def learn(self, change: Change) -> None:
        """Change the vocabulary."""
        vocabulary = change(self.inputs.vocabulary)
        version = f"{self.inputs.vocabulary.version}+"
        self.inputs = msgspec.structs.replace(
            self.inputs, vocabulary=msgspec.structs.replace(vocabulary, version=version)
        )

    def decide(self, *overrides: Override) -> None:
        """Put these overrides in the place of what was decided."""
        self.inputs = msgspec.structs.replace(self.inputs, overrides=tuple(overrides))

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self._ask(self.inputs, query)

    def read_links(self) -> dict[str, list[tuple[Any, ...]]]:
        return {table: self.ask(f"FROM {table} ORDER BY ALL") for table in LINKS}

    def tag_all(self) -> str:
        """Forget all that was found, and find it anew."""
        return self.link(before="; ".join(f"DELETE FROM {table}" for table in LINKS))


def _execute(run: Run, statement: str) -> None:
    run.store._connection.execute(statement)  # noqa: SLF001  what no release does: forget what was found


@pytest.fixture
def warehouse(sample_inputs: Inputs, sample_world: World, first_night: FirstNight, ask: Ask) -> Warehouse:
    first_night(sample_inputs, sample_world)
    return Warehouse(sample_inputs, ask, sample_world.days[0])


def drop_agent(name: str) -> Change:
    return lambda old: msgspec.structs.replace(old, agents=tuple(one for one in old.agents if one.name != name))


def drop_target(name: str) -> Change:
    return lambda old: msgspec.structs.replace(old, targets=tuple(one for one in old.targets if one.name != name))


def edit_target(name: str, **parts: Any) -> Change:
    def change(old: Vocabulary) -> Vocabulary:
        edited = (msgspec.structs.replace(one, **parts) if one.name == name else one for one in old.targets)
        return msgspec.structs.replace(old, targets=tuple(edited))

    return change


def add_agent(name: str, gene: str, **parts: Any) -> Change:
    agent = Agent(name=name, role="lead", source="invented", actions=(Action(gene, "blocks"),), **parts)
    return lambda old: msgspec.structs.replace(old, agents=(*old.agents, agent))


def add_target(name: str, symbol: str, **parts: Any) -> Change:
    target = Target(name=name, symbol=symbol, source="invented", **parts)
    return lambda old: msgspec.structs.replace(old, targets=(*old.targets, target))


CHANGES: dict[str, Change] = {
    "an agent goes": drop_agent("zelbarimab"),
    "a target goes": drop_target("TIGIT"),
    "a target comes with its agents": add_target("PD-1", "PDCD1", pathway="pd-1/pd-l1"),
    "an agent comes": add_agent("carboplatin", "LAG3", synonyms=("paraplatin",)),
    "a target is doubted": edit_target("LAG-3", synonyms=(), needs_context=("LAG-3",)),
    "a blocker comes": edit_target("LAG-3", blockers=("lung cancer", "solid tumors")),
    "a source is named": edit_target("LAG-3", source="another"),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_another_vocabulary_gives_what_tagging_everything_anew_gives(warehouse: Warehouse, change: Change) -> None:
    before = warehouse.read_links()
    warehouse.learn(change)
    warehouse.link()
    found = warehouse.read_links()
    warehouse.tag_all()
    assert found == warehouse.read_links()
    assert {row[-1] for row in found["mention"]} == {warehouse.inputs.vocabulary.version}
    assert len(found["tagged_document"]) == len(before["tagged_document"])


def test_only_the_documents_that_spell_what_changed_are_tagged_again(warehouse: Warehouse) -> None:
    naming = warehouse.ask("SELECT DISTINCT doc_id FROM mention WHERE agent = 'zelbarimab'")
    held = warehouse.ask("SELECT count(*) FROM tagged_document")[0][0]
    assert 0 < len(naming) < held
    warehouse.learn(drop_agent("zelbarimab"))
    assert warehouse.link() == f"{len(naming)} documents tagged"  # their texts name LAG-3 itself as well
    assert warehouse.link() == "0 documents tagged"


def test_a_vocabulary_that_reads_nothing_otherwise_tags_nothing(warehouse: Warehouse) -> None:
    warehouse.learn(edit_target("LAG-3", source="another"))
    warehouse.learn(add_agent("qwertymab", "LAG3"))
    assert warehouse.link() == "0 documents tagged"


def test_what_a_vocabulary_moved_is_listed_and_is_no_news(warehouse: Warehouse) -> None:
    events = warehouse.ask("FROM article_event ORDER BY ALL")
    news = warehouse.ask("FROM new_trial ORDER BY ALL")
    lost = warehouse.ask("SELECT 'trial', nct_id FROM trial_target WHERE target = 'TIGIT' ORDER BY 2")
    lost += warehouse.ask("SELECT 'article', pmid FROM article_target WHERE target = 'TIGIT' ORDER BY 2")
    assert lost
    warehouse.learn(drop_target("TIGIT"))
    assert f"by the changed vocabulary: TIGIT −{len(lost)}" in warehouse.link()
    moved = "SELECT doc_type, doc_id FROM link_move WHERE (target, move, cause) = ('TIGIT', 'lost', 'vocabulary')"
    assert sorted(warehouse.ask(moved)) == sorted(lost)
    assert warehouse.ask("SELECT count(*) FROM link_move") == [(len(lost),)]
    assert warehouse.ask("FROM article_event ORDER BY ALL") == events
    assert warehouse.ask("FROM new_trial ORDER BY ALL") == news


def test_the_first_links_of_a_document_are_no_moves(warehouse: Warehouse) -> None:
    assert warehouse.ask("FROM link_move") == []


@pytest.mark.parametrize(
    "earlier",
    ["UPDATE tagged_document SET rules_version = 'older'", "UPDATE tagged_document SET rules_version = NULL"],
)
def test_other_rules_tag_everything_again_and_move_nothing_that_they_leave(warehouse: Warehouse, earlier: str) -> None:
    before = warehouse.read_links()
    said = warehouse.link(before=earlier)
    assert said == f"{len(before['tagged_document'])} documents tagged"
    assert warehouse.read_links() == before


def test_links_that_other_rules_move_are_no_news(warehouse: Warehouse) -> None:
    events = warehouse.ask("FROM article_event ORDER BY ALL")
    said = warehouse.link(
        before="UPDATE tagged_document SET rules_version = 'older'; DELETE FROM article_target WHERE target = 'LAG-3'"
    )
    assert "by this release's rules: LAG-3 +" in said
    assert warehouse.ask("FROM article_event ORDER BY ALL") == events


def test_a_vocabulary_that_an_earlier_release_did_not_keep_tags_everything_again(warehouse: Warehouse) -> None:
    held = warehouse.ask("SELECT count(*) FROM tagged_document")[0][0]
    warehouse.learn(add_agent("qwertymab", "LAG3"))
    assert warehouse.link(before="UPDATE vocabulary SET content = NULL") == f"{held} documents tagged"


def test_a_vocabulary_in_use_that_was_not_kept_is_kept_from_now_on(warehouse: Warehouse) -> None:
    warehouse.link(before="UPDATE vocabulary SET content = NULL")
    warehouse.link()
    warehouse.learn(add_agent("qwertymab", "LAG3"))
    assert warehouse.link() == "0 documents tagged"


PAPER = Article(
    pmid="99000077",
    version=1,
    title="Checkpoints in lung cancer.",
    abstract="We stained LAG-3.",
    entrez_date=dt.date(2026, 2, 9),
    revised_date=dt.date(2026, 2, 9),
)


def revise(abstract: str) -> Article:
    return msgspec.structs.replace(PAPER, abstract=abstract, revised_date=dt.date(2026, 2, 11))


NAMED_SINCE = "SELECT pmid, detail FROM article_event WHERE kind = 'now_mentions' ORDER BY ALL"


def test_a_revision_on_the_night_of_another_vocabulary_is_news_where_that_cannot_be_why(warehouse: Warehouse) -> None:
    warehouse.link(PAPER)
    warehouse.learn(add_agent("qwertymab", "LAG3"))
    warehouse.link(
        msgspec.structs.replace(PAPER, abstract="We stained LAG-3 and TIGIT.", revised_date=dt.date(2026, 2, 11))
    )
    assert warehouse.ask(NAMED_SINCE) == [("99000077", "TIGIT")]


@pytest.mark.slow
def test_a_revision_on_the_night_of_another_vocabulary_is_no_news_where_that_may_be_why(warehouse: Warehouse) -> None:
    warehouse.link(PAPER)
    warehouse.learn(add_agent("qwertymab", "TIGIT"))
    warehouse.link(revise("We stained LAG-3 beside qwertymab."))
    assert warehouse.ask(NAMED_SINCE) == []
    assert warehouse.ask("SELECT target, move, cause FROM link_move") == [("TIGIT", "gained", "vocabulary")]


def choose_links(warehouse: Warehouse) -> tuple[str, str]:
    """Return a trial linked to LAG-3 and one that is not."""
    linked = "SELECT nct_id FROM trial_target WHERE target = 'LAG-3'"
    yes = warehouse.ask(f"SELECT min(nct_id) FROM ({linked})")[0][0]
    no = warehouse.ask(f"SELECT min(nct_id) FROM trial WHERE nct_id NOT IN ({linked})")[0][0]
    return yes, no


def read_lag3(warehouse: Warehouse, nct_ids: Sequence[str]) -> list[tuple[Any, ...]]:
    query = "SELECT nct_id, basis, evidence, evidence_field FROM trial_target WHERE target = 'LAG-3' ORDER BY 1"
    return [row for row in warehouse.ask(query) if row[0] in nct_ids]


def test_overrides_have_the_last_word_and_survive_every_tagging(warehouse: Warehouse) -> None:
    yes, no = choose_links(warehouse)
    before = warehouse.read_links()
    warehouse.decide(
        Override("trial", yes, "LAG-3", "deny", "It is the control arm."),
        Override("trial", no, "LAG-3", "force", "The sponsor says so."),
        Override("trial", "NCT99999999", "LAG-3", "force", "It is not held."),
    )
    assert warehouse.link() == "0 documents tagged; by overrides: LAG-3 +1 −1"
    decided = [(no, "override", "The sponsor says so.", None)]
    assert read_lag3(warehouse, (yes, no, "NCT99999999")) == decided
    assert warehouse.ask("SELECT count(*) FROM link_override") == [(3,)]
    warehouse.tag_all()
    assert read_lag3(warehouse, (yes, no, "NCT99999999")) == decided
    warehouse.learn(edit_target("LAG-3", synonyms=("CD223",)))
    warehouse.link()
    assert read_lag3(warehouse, (yes, no, "NCT99999999")) == decided
    warehouse.learn(lambda _: warehouse.inputs.vocabulary)
    warehouse.decide()
    warehouse.link()
    assert [row[1] for row in read_lag3(warehouse, (yes, no))] != ["override"]
    assert warehouse.ask("FROM link_override") == []
    assert {row[0] for row in before["trial_target"]} >= {yes}


@pytest.mark.slow
def test_an_override_of_a_paper_is_applied_and_is_no_news(warehouse: Warehouse) -> None:
    warehouse.link(PAPER)
    warehouse.decide(
        Override("article", PAPER.pmid, "TIGIT", "force", "Its figures show it."),
        Override("article", PAPER.pmid, "LAG-3", "deny", "A lag of three days."),
    )
    warehouse.link(revise("We stained LAG-3 and TIM-3."))
    rows = "SELECT target, basis, via, evidence FROM article_target WHERE pmid = '99000077' ORDER BY 1"
    assert warehouse.ask(rows) == [
        ("TIGIT", "override", "override", "Its figures show it."),
        ("TIM-3", "abstract", "name", "We stained LAG-3 and TIM-3."),
    ]
    assert warehouse.ask(NAMED_SINCE) == [("99000077", "TIM-3")]
    warehouse.decide()
    warehouse.link(revise("We stained LAG-3 and TIM-3 again."))
    assert [row[0] for row in warehouse.ask(rows)] == ["LAG-3", "TIM-3"]
    assert warehouse.ask(NAMED_SINCE) == [("99000077", "TIM-3")]


@pytest.mark.slow
def test_a_letter_counts_what_moved_and_one_of_before_stays_as_it_was(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight, ask: Ask
) -> None:
    first_night(sample_inputs, sample_world)
    for day in sample_world.days[1:]:
        sample_world.serve(day)
        assert run_nightly(sample_inputs, at_night(day)).exit_code == 0
    warehouse = Warehouse(sample_inputs, ask, dt.date(2026, 2, 16))

    def write(week: str) -> bytes:
        clock = at_night(dt.date(2026, 2, 26))
        return run_weekly(warehouse.inputs, choose_span(clock, week, None, None), clock).read_bytes()

    letter = write("2026-W07")
    warehouse.learn(add_agent("platinum chemotherapy", "NT5E"))
    said = warehouse.link()
    assert said.partition("CD73 ")[2] == "+1"
    warehouse.decide(Override("trial", "NCT99000101", "TIGIT", "force", "The sponsor says so."))
    warehouse.link()
    assert warehouse.ask("SELECT target FROM trial_target WHERE nct_id = 'NCT99000101' ORDER BY 1") == [
        ("CD73",),
        ("LAG-3",),
        ("TIGIT",),
    ]
    assert write("2026-W07") == letter
    assert " 1 link moved by a vocabulary change. 1 link moved by overrides." in write("2026-W08").decode()
