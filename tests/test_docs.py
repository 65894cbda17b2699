from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
import typing
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
import typer

from dags.cli import app
from dags.history_view import read_life
from dags.home import Home
from dags.inputs import read_inputs
from dags.review_command import read_pages
from etl.render_history import render_history
from etl.review.render_text import render_text
from models.change import WEIGHT_OF, Transition
from models.overrides import parse_overrides
from models.review import parse_reviews
from models.settings import Settings, parse_settings
from models.trial_life import FirstVersion, TrialLife, WhyHere
from models.verdicts import VERDICTS, read_rules
from models.vocabulary import parse_vocabulary
from models.watchlist import build_watch_items
from tests.conftest import at_night
from warehouse.reader import connect, query_rows
from warehouse.reference import MARK, render_reference
from warehouse.store import Store

ROOT = Path(__file__).parents[1]
HIDDEN = {".venv", "node_modules"}
DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") or part in HIDDEN for part in path.relative_to(ROOT).parts[:-1])
    and path.relative_to(ROOT).parts[0] not in {"data", "demo"}
)
README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
SETTINGS, CONTRACT, SQL = (ROOT / "docs" / name for name in ("settings.md", "contract.md", "sql.md"))
OPERATE, REVIEW = ROOT / "docs" / "operate.md", ROOT / "docs" / "review.md"
# The only hosts a document may name in an address: the sources, standards, and names that stand for anyone's.
HOSTS = {
    "clinicaltrials.gov", "pubmed.ncbi.nlm.nih.gov", "eutils.ncbi.nlm.nih.gov", "www.ncbi.nlm.nih.gov",
    "keepachangelog.com", "example.org", "distributed.dask.org", "filesystem-spec.readthedocs.io",
}  # fmt: skip
# Absolute paths a document may name: where systemd wants its units, and the two made-up homes of the examples.
PATHS = ("/etc/systemd/system/", "/opt/trialwatch", "/srv/trialwatch", "/dev/null", "/healthz", "/readyz", "/metrics")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("docs") / "warehouse.duckdb"
    with Store.open(path, at_night(dt.date(2026, 2, 12))) as store:
        store.checkpoint()
    with connect(path) as connection:
        yield connection


def _tables(text: str, level: int) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield each heading of a level with the cells of the table rows under it."""
    for part in re.split(rf"(?m)^{'#' * level} ", text)[1:]:
        title, _, body = part.partition("\n")
        body = re.split(r"(?m)^#{1,6} ", body)[0]
        rows = [line.strip("|").split(" | ") for line in body.splitlines() if line.startswith("|")]
        yield title, [[cell.strip() for cell in row] for row in rows if not set("".join(row)) <= set("-|: ")][1:]


def _blocks(language: str, path: Path) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", path.read_text("utf-8"))


def _show(default: Any) -> str:
    if default is msgspec.NODEFAULT:
        return "required"
    if default is None:
        return "none"
    if isinstance(default, dt.date):
        return default.isoformat()
    return json.dumps(list(default) if isinstance(default, tuple) else default)


def _find_structs(kind: Any) -> list[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [kind]
    return [struct for part in typing.get_args(kind) for struct in _find_structs(part)]


def _walk(kind: type[msgspec.Struct], place: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield table, key and default of every setting, as TOML writes them."""
    hints = typing.get_type_hints(kind)
    for field in msgspec.structs.fields(kind):
        inner = f"{place}.{field.encode_name}".lstrip(".")
        if typing.get_origin(hints[field.name]) is dict:
            yield inner, "kind.action", "as in the contract"
            continue
        if hints[field.name] not in _find_structs(hints[field.name]):
            yield place, field.encode_name, _show(field.default)
        for struct in _find_structs(hints[field.name]):
            yield from _walk(struct, inner)


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    query = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(query).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_every_command_stands_in_the_readme_and_no_other() -> None:
    group = typer.main.get_command(app)
    written = re.findall(r"(?m)^\| `trialwatch (\w+)` \| \S", README.read_text("utf-8"))
    assert written == list(group.commands)  # type: ignore[attr-defined]  # an app of several commands is a group


def test_every_setting_stands_in_its_table_with_its_default_and_no_other() -> None:
    written = {
        (place, key.strip("`"), default.strip("`"))
        for title, rows in _tables(SETTINGS.read_text("utf-8"), 2)
        for place in re.findall(r"\[\[?([a-z.]+)\]", title)
        for key, _, default, meaning in rows
        if meaning
    }
    assert written == set(_walk(Settings))


def test_every_secret_stands_in_the_settings() -> None:
    text = (ROOT / "dags" / "inputs.py").read_text("utf-8")
    names = re.findall(r'"([A-Z_]+)"', text[text.index("_SECRETS = (") :].split(")", 1)[0])
    assert len(names) >= 4
    assert not [name for name in (*names, "SECRETS") if f"`TRIALWATCH_{name}`" not in SETTINGS.read_text("utf-8")]


def test_every_table_and_column_stands_in_the_reference_with_what_it_means(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    held = _columns(warehouse)
    behind = dict(re.findall(r"(?m)^\| `(\w+)` \| `(\w+)` \|", CONTRACT.read_text("utf-8").split("## Behind")[1]))
    written = {
        title: {column.strip("`"): meaning for column, _, meaning in rows}
        for title, rows in _tables(SQL.read_text("utf-8"), 3)
    }
    names = {table: list(rows) for table, rows in written.items()}
    assert names == {table: list(columns) for table, columns in held.items() if table not in behind}
    assert [(table, column) for table, rows in written.items() for column, said in rows.items() if not said] == []


def test_the_reference_is_what_the_comments_say(warehouse: duckdb.DuckDBPyConnection) -> None:
    head, mark, _ = SQL.read_text("utf-8").partition(MARK)
    assert mark
    assert SQL.read_text("utf-8") == head + render_reference(warehouse), "run `make reference`"


def test_what_a_table_holds_beyond_its_view_stands_in_the_contract(warehouse: duckdb.DuckDBPyConnection) -> None:
    held = _columns(warehouse)
    rows = next(rows for title, rows in _tables(CONTRACT.read_text("utf-8"), 2) if title == "Behind the views")
    assert rows
    for table, view, own in rows:
        written = set(re.findall(r"`(\w+)`", own)) - {"nct_ids"}
        assert written == held[table.strip("`")].keys() - held[view.strip("`")].keys(), table


def test_the_contract_states_the_schema_version(warehouse: duckdb.DuckDBPyConnection) -> None:
    newest = warehouse.execute("SELECT max(version) FROM schema_version").fetchall()[0][0]
    assert re.findall(r"Schema version \*\*(\d+)\*\*", CONTRACT.read_text("utf-8")) == [str(newest)]


def test_every_weight_of_a_change_is_the_one_the_contract_gives() -> None:
    tables = dict(_tables(CONTRACT.read_text("utf-8"), 2))
    written = {
        (kind, action): weight
        for title in ("Kinds and actions", "Special weights")
        for kinds, actions, weight, *_ in tables[title]
        for kind in re.findall(r"`(\w+)`", kinds)
        for action in re.findall(r"`(\w+)`", actions)
    }
    moves = {name.strip("`"): weight for name, _, _, weight in tables["Transitions"]}
    assert moves.keys() == set(typing.get_args(Transition))
    assert written.pop(("status", "set")) == "by transition"
    written |= {("status", name): weight for name, weight in moves.items()}
    assert written == WEIGHT_OF


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"(?ms)^```.*?^```$", "", path.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://|mailto:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name) if name else path
        assert file.exists(), target
        if anchor:
            assert anchor in map(_slug, re.findall(r"(?m)^#+ (.*)$", file.read_text("utf-8"))), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_holds_a_path_of_a_machine_or_the_host_of_a_registry(path: Path) -> None:
    text = path.read_text("utf-8")
    hosts = set(re.findall(r"https?://(?:[^\s/@]*@)?([\w.-]+)", text))
    assert hosts <= HOSTS
    assert not re.findall(r"(?i)index-url|find-links|\bpypi\b|artifactory|/simple/", text)
    absolute = re.findall(r"(?<![\w.~:/>)\]*-])/[a-z][\w.-]*/[\w./-]+|[A-Z]:\\\w+", text)
    assert not [found for found in absolute if not found.startswith(PATHS)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_example_of_toml_is_accepted(path: Path) -> None:
    package = {file.name: file.read_bytes() for file in (ROOT / "models" / "vocabulary").glob("*.toml")}
    for block in _blocks("toml", path):
        if tomllib.loads(block).keys() & {"force", "deny"}:
            assert parse_overrides(block.encode(), path.name, parse_vocabulary(package))
        elif tomllib.loads(block).keys() & {"claim", "misprint"}:
            assert parse_reviews({path.name: block.encode()})[0].claims
        elif tomllib.loads(block).keys() & {"agent", "target", "pathway"}:
            own = parse_vocabulary({"example": block.encode(), "pathways.toml": package["pathways.toml"]})
            both = parse_vocabulary(package | {"example": block.encode()})
            assert {thing.name for thing in (*own.targets, *own.agents)} <= {
                thing.name for thing in (*both.targets, *both.agents)
            }
        else:
            watch = parse_settings(block.encode(), path.name).watch
            named = (*watch.trials, *watch.agents, *watch.targets, *watch.articles)
            assert len(build_watch_items(watch, parse_vocabulary(package), path.name)) == len(named)


@pytest.mark.parametrize("path", [CONTRACT, ROOT / "docs" / "operate.md"], ids=lambda path: path.name)
def test_every_query_of_the_documents_can_be_asked(path: Path, demo: Path) -> None:
    queries = [query for block in _blocks("sql", path) for query in block.split(";") if query.strip()]
    assert queries
    # What went wrong is the one thing of which the demo holds nothing.
    assert all(
        query_rows(demo / "data" / "warehouse.duckdb", query)[1] for query in queries if "FROM issue" not in query
    )
    assert all(query_rows(demo / "data" / "warehouse.duckdb", query)[0] for query in queries)


def test_the_answer_that_the_readme_shows_is_that_of_the_demo(demo: Path) -> None:
    block = next(block for block in _blocks("console", README) if " sql " in block)
    query, answer = re.findall(r'(?s)sql "(.*?)"\n(.*)', block)[0]
    names, rows = query_rows(demo / "data" / "warehouse.duckdb", query)
    shown = [re.split(r"\s{2,}", line.strip()) for line in answer.splitlines()]
    assert shown == [names, *([str(cell) for cell in row if cell is not None] for row in rows)]


def test_the_letter_that_the_readme_shows_is_that_of_the_demo(demo: Path) -> None:
    letter = (demo / "data" / "digests" / "2026-W07.md").read_text("utf-8")
    excerpts = _blocks("markdown", README)
    assert excerpts
    assert [excerpt for excerpt in excerpts if excerpt not in letter] == []


def test_the_life_that_the_documents_show_is_that_of_the_demo(demo: Path) -> None:
    shown = next(block for block in _blocks("console", OPERATE) if " history " in block)
    command, _, answer = shown.partition("\n")
    life = read_life(Home(demo / "data"), command.split()[-1])
    assert answer == "".join("".join(piece.text for piece in line).rstrip() + "\n" for line in render_history(life))


def test_the_living_review_that_the_documents_show_is_that_of_the_demo(demo: Path) -> None:
    inputs = read_inputs(demo / "watchlist.toml", environment={})
    (page,) = read_pages(inputs, inputs.reviews, dt.datetime.combine(dt.date(2026, 2, 16), dt.time(7)))
    text = "".join("".join(piece.text for piece in line).rstrip() + "\n" for line in render_text(page, 100))
    for path in (README, REVIEW):
        shown = _blocks("text", path)
        assert shown
        assert [block for block in shown if block not in text] == []
    assert Counter(claim.verdict for claim in page.claims).keys() == set(VERDICTS)


def test_every_rule_of_the_review_stands_in_its_table_as_it_is_and_no_other() -> None:
    rows = next(rows for title, rows in _tables(REVIEW.read_text("utf-8"), 2) if title == "The rules")
    said = [
        (rule.strip("`"), tuple(re.findall(r"`(\w+)`", states)), verdict, means)
        for rule, states, verdict, means in rows
    ]
    assert said == [
        (rule.id, rule.said, f"{rule.verdict}{', or at press' if rule.at_press else ''}", rule.means)
        for rule in read_rules()
    ]


def test_every_key_of_a_life_in_json_stands_in_the_documents_and_no_other() -> None:
    section = OPERATE.read_text("utf-8").split("\n## One trial's life\n")[1].split("\n## ")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    written = [key for keys, _ in rows for key in re.findall(r"`(\w+)`", keys)]
    assert sorted(written) == sorted(field.encode_name for field in msgspec.structs.fields(TrialLife))
    meanings = {re.findall(r"`(\w+)`", keys)[0]: re.findall(r"`(\w+)`", meaning) for keys, meaning in rows}
    assert meanings["why_here"] == [field.encode_name for field in msgspec.structs.fields(WhyHere)]
    assert meanings["first_version"] == [field.encode_name for field in msgspec.structs.fields(FirstVersion)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_named_is_there(path: Path) -> None:
    place = r"`((?:dags|etl|warehouse|extractors|models|tests|benchmarks|docs)/[\w/.-]+)`"
    assert [name for name in re.findall(place, path.read_text("utf-8")) if not (ROOT / name).exists()] == []


def test_every_benchmark_says_in_the_documents_what_it_measures() -> None:
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    told = re.findall(r"(?m)^\| `benchmarks/(\w+\.py)[^`]*` \| \S", page)
    scripts = {path.name for path in (ROOT / "benchmarks").glob("*.py")}
    assert set(told) == scripts - {"about.py"}  # it measures nothing
