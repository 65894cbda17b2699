from __future__ import annotations

import re
import subprocess
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from models.settings import Settings, parse_settings
from models.vocabulary import Agent, Grade, Names, Vocabulary, parse_vocabulary
from models.watchlist import build_watch_items

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "models" / "vocabulary"
WATCHLIST = ROOT / "watchlist.toml"
PACKAGED = ROOT / "dags" / "default_watchlist.toml"

# target → HGNC symbol
SYMBOLS = {
    "LAG-3": "LAG3",
    "TIM-3": "HAVCR2",
    "TIGIT": "TIGIT",
    "CD73": "NT5E",
    "CCR4": "CCR4",
    "CSF1R": "CSF1R",
    "RIG-I": "RIGI",
    "FAP": "FAP",
}
# Names that mostly mean something else, and descriptions that fit many things: none may be searched with.
TRAPS = """
    DPPIV; DPP4; FAP; FAPI; SIMP; APCE; NT5; eNT; eN; CALJA; FMS; CSFR; FIM2; CSF1; M-CSF; RIG; RIG1; RIG-1; RLR-1;
    TIM; TIM-1; LAG; CKR4; k5-5; 5-AC; NIVO; Atezo; efti; JM-8; SB3; PT-100; HH185; Q702; M8; M8 RNA; F19; K777; BR101;
    FAP-TAc; HVJ-E; GI108; APCP; 3pRNA; triphosphate RNA; CCR4 CAR; PD1-TIM3 BsAb; anti-VEGF; anti-CD73; anti-LAG-3;
    anti-TIGIT; HER2 monoclonal antibody; recombinant humanized anti-TIGIT monoclonal antibody; WHO 11182; WHO 10742;
    WHO 11185; WHO 10516; FAPI radioligand (unspecified); cifroadenant; bevacicumab; R07121661; leramilimab; MGB453
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return parse_vocabulary({path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.toml"))})


@pytest.fixture(scope="module")
def default_settings() -> Settings:
    return parse_settings(PACKAGED.read_bytes(), PACKAGED.name)


def _read_table(path: Path) -> list[dict[str, str]]:
    header, *rows = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    names = header.split("\t")
    return [dict(zip(names, [*row.split("\t"), *[""] * len(names)], strict=False)) for row in rows]


def _fold(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _get(vocabulary: Vocabulary, name: str) -> Agent:
    """The agent of that name; its own name may be too ambiguous for `find_agent`, which trusts safe names only."""
    by_name = {agent.name.casefold(): agent for agent in vocabulary.agents}
    agent = vocabulary.find_agent(name) or by_name.get(name.casefold())
    assert agent is not None, name
    return agent


def _grades(thing: Names) -> dict[str, Grade]:
    return dict(thing.graded())


def test_the_files_hold_targets_agents_and_pathways(vocabulary: Vocabulary) -> None:
    assert {target.name for target in vocabulary.targets} == set(SYMBOLS)
    assert len(vocabulary.agents) > 260
    assert {target.pathway for target in vocabulary.targets} <= {pathway.name for pathway in vocabulary.pathways}


def test_every_pathway_holds_an_agent_and_says_what_it_is(vocabulary: Vocabulary) -> None:
    used = {name for agent in vocabulary.agents for name in agent.pathways}
    assert {pathway.name for pathway in vocabulary.pathways} == used
    assert all(pathway.description and pathway.name == pathway.name.lower() for pathway in vocabulary.pathways)


@pytest.mark.parametrize(("name", "symbol"), SYMBOLS.items())
def test_a_target_is_found_by_its_name_and_its_symbol(vocabulary: Vocabulary, name: str, symbol: str) -> None:
    target = vocabulary.find_target(symbol)
    assert target is not None
    assert (target.name, target.symbol) == (name, symbol)
    assert vocabulary.find_target(name) == target


def test_the_targets_bear_the_ids_of_the_facts(vocabulary: Vocabulary, shared: Path) -> None:
    for row in _read_table(shared / "facts" / "targets.tsv"):
        target = vocabulary.find_target(row["target"])
        assert target is not None
        genes = tuple(int(row[f"ncbi_gene_{species}"]) for species in ("human", "mouse", "rat"))
        assert (target.symbol, target.hgnc_id) == (row["hgnc_symbol"], row["hgnc_id"])
        assert (target.ncbi_gene, target.uniprot) == (genes, row["uniprot"])


@pytest.mark.parametrize("table", ["agents.tsv", "agents_more.tsv"])
def test_every_agent_of_the_facts_is_in_the_vocabulary(vocabulary: Vocabulary, shared: Path, table: str) -> None:
    for row in _read_table(shared / "facts" / table):
        agent = _get(vocabulary, row["agent"])
        assert agent.name == row["agent"]
        if vocabulary.find_agent(row["agent"]) is None:
            assert _grades(agent)[agent.name] != "safe"
        if "role" in row:
            assert agent.role == row["role"], agent.name


def test_names_without_a_source_are_never_searched_with(vocabulary: Vocabulary, shared: Path) -> None:
    facts = shared / "facts"
    sourced = {
        _fold(name)
        for row in _read_table(facts / "agents_additions.tsv")
        for column in ("new_synonyms", "spelling_variants")
        for name in row[column].split("|")
    }
    for row in [*_read_table(facts / "agents.tsv"), *_read_table(facts / "agents_more.tsv")]:
        agent = _get(vocabulary, row["agent"])
        terms = set(agent.search_terms())
        unverified = {name for name in row["unverified_synonyms"].split("|") if name and _fold(name) not in sourced}
        assert not terms & unverified, agent.name
        assert not (row["source"] == "unverified" and terms), agent.name


def test_names_noted_as_ambiguous_are_not_graded_safe(vocabulary: Vocabulary, shared: Path) -> None:
    checked = 0
    for row in _read_table(shared / "facts" / "agents_more.tsv"):
        grades = _grades(_get(vocabulary, row["agent"]))
        for note in re.findall(r"needs context \(short code\): ([^;]+)", row["note"]):
            for name in note.split(","):
                checked += 1
                assert grades[name.strip()] != "safe", (row["agent"], name)
    assert checked > 100


def test_a_name_that_needs_context_has_cues(vocabulary: Vocabulary) -> None:
    things: list[Names] = [*vocabulary.targets, *vocabulary.agents]
    assert not [thing.name for thing in things if thing.needs_context and not thing.cues]


def test_no_search_term_is_too_short_or_a_known_trap(vocabulary: Vocabulary) -> None:
    traps = {trap.strip().casefold() for trap in TRAPS.split(";")}
    assert len(traps) > 50
    things: list[Names] = [*vocabulary.targets, *vocabulary.agents]
    for thing in things:
        for term in thing.search_terms():
            assert len(term) >= 4, (thing.name, term)
            assert term.casefold() not in traps, (thing.name, term)


@pytest.mark.parametrize("name", ["DPPIV", "DPP4", "anti-VEGF", "RIG", "TIM", "TIM-1", "v-fms", "GM-CSF", "PLAAT4"])
def test_what_means_another_thing_is_no_name_of_anything(vocabulary: Vocabulary, name: str) -> None:
    things: list[Names] = [*vocabulary.targets, *vocabulary.agents]
    listed = {_fold(text) for thing in things for text, _ in thing.graded()}
    assert _fold(name) not in listed


@pytest.mark.parametrize(
    ("target", "name", "grade"),
    [
        ("FAP", "FAP", "needs_context"),
        ("FAP", "fibroblast activation protein", "safe"),
        ("CD73", "NT5", "never_alone"),
        ("CD73", "eN", "never_alone"),
        ("CSF1R", "FMS", "needs_context"),
        ("CSF1R", "c-fms", "safe"),
        ("RIG-I", "RIG-1", "needs_context"),
        ("RIG-I", "RIG-I", "safe"),
        ("CCR4", "CCR4", "safe"),
    ],
)
def test_an_ambiguous_name_of_a_target_is_graded_so(
    vocabulary: Vocabulary, target: str, name: str, grade: Grade
) -> None:
    found = vocabulary.find_target(target)
    assert found is not None
    assert _grades(found)[name] == grade


def test_no_name_belongs_to_two_things(vocabulary: Vocabulary) -> None:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    things: list[Names] = [*vocabulary.targets, *vocabulary.agents]
    for thing in things:
        for text, _ in thing.graded():
            owners[_fold(text)].add(thing.name)
    assert {name: things for name, things in owners.items() if len(things) > 1} == {}


@pytest.mark.parametrize(
    ("name", "targets"),
    [
        ("relatlimab", ("LAG-3",)),
        ("BMS-986016", ("LAG-3",)),
        ("eftilagimod alpha", ("LAG-3",)),
        ("IMP321", ("LAG-3",)),
        ("TSR-022", ("TIM-3",)),
        ("lomvastomig", ("TIM-3",)),
        ("rilvegostomig", ("TIGIT",)),
        ("ZGGS15", ("LAG-3", "TIGIT")),
        ("oleclumab", ("CD73",)),
        ("ciforadenant", ()),
        ("cifroadenant", ()),
        ("AZD4635", ()),
        ("mogamulizumab", ("CCR4",)),
        ("ATLCAR.CD30.CCR4", ()),
        ("nagrestipen", ()),
        ("navarixin", ()),
        ("cabiralizumab", ("CSF1R",)),
        ("lacnotuzumab", ()),
        ("nintedanib", ()),
        ("ripretinib", ()),
        ("quizartinib", ()),
        ("dasatinib", ()),
        ("MK-4621", ("RIG-I",)),
        ("FAP-IL2v", ("FAP",)),
        ("FAP-2286", ("FAP",)),
        ("AVA6000", ()),
        ("AVA6103", ()),
        ("5-azacitidine", ()),
        ("pembrolizumab", ()),
    ],
)
def test_naming_an_agent_links_to_what_it_acts_on(vocabulary: Vocabulary, name: str, targets: tuple[str, ...]) -> None:
    agent = vocabulary.find_agent(name)
    assert agent is not None
    assert vocabulary.targets_of(agent) == targets


def test_soluble_lag3_is_no_blocker_of_lag3(vocabulary: Vocabulary) -> None:
    actions = {action.gene: action.action for action in _get(vocabulary, "eftilagimod alpha").actions}
    assert actions["LAG3"] == "derived_from"


def test_tracers_image_their_target(vocabulary: Vocabulary) -> None:
    for name in ("89Zr-DFO-fianlimab", "FAPI-46", "FAPI-74", "89Zr-atezolizumab"):
        assert "images" in {action.action for action in _get(vocabulary, name).actions}, name


def test_a_source_is_an_identifier_or_a_short_word_not_a_place_on_the_web(vocabulary: Vocabulary) -> None:
    things: list[Names] = [*vocabulary.targets, *vocabulary.agents]
    for thing in things:
        assert 0 < len(thing.source) <= 100, thing.name
        assert not re.search(r"https?:|www\.|github|\.com\b|\.org\b", thing.source), thing.name


def test_the_watchlist_names_known_things_and_no_backbone(vocabulary: Vocabulary, default_settings: Settings) -> None:
    items = build_watch_items(default_settings.watch, vocabulary, PACKAGED.name)
    kinds = [item.kind for item in items]
    assert (kinds.count("trial"), kinds.count("agent"), kinds.count("target")) == (33, 25, 8)
    assert {item.name for item in items if item.kind == "target"} == set(SYMBOLS)
    assert all(item.terms for item in items)


def test_the_watchlist_names_vocabulary_names_not_synonyms(vocabulary: Vocabulary, default_settings: Settings) -> None:
    named = [entry if isinstance(entry, str) else entry.name for entry in default_settings.watch.agents]
    assert set(named) <= {agent.name for agent in vocabulary.agents if agent.role == "lead"}


def test_the_watchlist_holds_every_trial_of_the_review(default_settings: Settings, shared: Path) -> None:
    rows = _read_table(shared / "facts" / "review_map.tsv")
    printed = {row["nct_id"][:11] for row in rows if row["kind"] in {"trial", "trial_named"} and row["nct_id"]}
    assert set(default_settings.watch.trials) == printed | {"NCT03386721"}


def test_the_commented_settings_of_the_watchlist_can_be_used_as_they_stand() -> None:
    text = PACKAGED.read_text(encoding="utf-8")
    _, _, commented = text.partition("# The settings people edit most")
    uncommented = re.sub(r"^# (?=\[|[a-z_]+ = )", "", f"#{commented}", flags=re.MULTILINE)
    assert {"source", "schedule", "digest", "review"} == set(tomllib.loads(uncommented))
    settings = parse_settings(uncommented.encode(), PACKAGED.name)
    assert settings.digest == Settings().digest
    assert settings.schedule == Settings().schedule


def test_init_writes_the_watchlist_of_this_repository() -> None:
    if not WATCHLIST.exists():
        pytest.skip("no watchlist.toml beside the packages (an installed copy)")
    if WATCHLIST.read_bytes() == PACKAGED.read_bytes():
        return
    edited = subprocess.run(
        ["git", "diff", "--quiet", "HEAD", "--", WATCHLIST.name], cwd=ROOT, check=False, capture_output=True
    )
    if edited.returncode == 1:
        pytest.skip("watchlist.toml is edited here; the committed one is what must be equal")
    pytest.fail("watchlist.toml and dags/default_watchlist.toml differ: copy one over the other")
