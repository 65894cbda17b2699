"""The children's tables: every recorded study's rows go in, and the questions they are for can be asked."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl.child_schemas import CHILD_SCHEMAS
from etl.children import CHILDREN
from etl.schemas import build_frame
from tests.etl.child_study import make_study
from tests.warehouse.rows import NCT_ID, open_store, query
from warehouse.store import Store

Json = dict[str, Any]


def write_children(store: Store, studies: list[Json]) -> dict[str, int]:
    """Replace the children of some studies, as a night does; return how many rows each table got."""
    ids = [study["protocolSection"]["identificationModule"]["nctId"] for study in studies]
    written = {}
    for table, build in CHILDREN.items():
        frame = build_frame((row for study in studies for row in build(study)), CHILD_SCHEMAS[table])
        store.remove(table, ids, "nct_id")
        store.append(table, frame)
        written[table] = frame.height
    return written


@pytest.fixture(scope="module")
def loaded(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, int]]]:
    """A store with the children of the newest recorded state of each study."""
    newest: dict[str, Json] = {}
    for name in ("nightly", "trials"):
        with gzip.open(shared / "recorded" / f"{name}.jsonl.gz") as lines:
            for line in sorted(map(msgspec.json.decode, lines), key=lambda line: str(line["day"])):
                newest[line["study"]["protocolSection"]["identificationModule"]["nctId"]] = line["study"]
    with open_store(tmp_path_factory.mktemp("children")) as store:
        yield store, write_children(store, list(newest.values()))


def test_every_recorded_study_goes_in_row_for_row(loaded: tuple[Store, dict[str, int]]) -> None:
    store, written = loaded
    for table, rows in written.items():
        assert query(store, f"SELECT count(*) FROM {table}") == [(rows,)]
        assert rows > 0, table
    assert [name for name, _ in store.find_failures() if name.startswith("child")] == []


def test_arms_and_interventions_join_by_label(loaded: tuple[Store, dict[str, int]]) -> None:
    store, _ = loaded
    named, missing = query(
        store,
        """
        SELECT count(*), count(*) FILTER (a.label IS NULL)
        FROM (SELECT nct_id, unnest(arm_labels) AS label FROM trial_intervention) AS i
        LEFT JOIN trial_arm AS a USING (nct_id, label)
        """,
    )[0]
    assert named > 500
    assert missing == 0


def test_a_posted_outcome_joins_the_registered_one(loaded: tuple[Store, dict[str, int]]) -> None:
    store, _ = loaded
    posted, registered = query(
        store,
        """
        SELECT count(*), count(o.measure)
        FROM (SELECT DISTINCT nct_id, outcome_key FROM trial_result) AS r
        LEFT JOIN trial_outcome AS o USING (nct_id, outcome_key)
        """,
    )[0]
    assert posted > 50
    assert registered == posted


def test_every_analysis_joins_the_arms_it_compares(loaded: tuple[Store, dict[str, int]]) -> None:
    store, _ = loaded
    lost = query(
        store,
        """
        SELECT a.nct_id, a.arm_title
        FROM (SELECT nct_id, outcome_key, p_value, unnest(arm_titles) AS arm_title FROM trial_result_analysis) AS a
        LEFT JOIN trial_result AS r
            ON r.nct_id = a.nct_id AND r.outcome_key = a.outcome_key AND r.arm_title = a.arm_title
            AND (a.p_value IS NULL OR list_contains(r.p_values, a.p_value))
        WHERE r.nct_id IS NULL
        """,
    )
    assert lost == []


def test_a_paper_stands_once_beside_its_trial(loaded: tuple[Store, dict[str, int]]) -> None:
    store, _ = loaded
    assert (
        query(store, "SELECT nct_id, pmid FROM trial_reference WHERE pmid IS NOT NULL GROUP BY ALL HAVING count(*) > 1")
        == []
    )
    assert query(store, "SELECT count(*) > 0 FROM trial_reference WHERE pmid IS NULL AND citation IS NOT NULL") == [
        (True,)
    ]


def test_numbers_of_the_two_eu_registers_have_their_form(loaded: tuple[Store, dict[str, int]]) -> None:
    store, _ = loaded
    forms = {"eudract": r"\d{4}-\d{6}-\d{2}", "ctis": r"\d{4}-5\d{5}-\d{2}(-\d{2})?"}
    for scheme, form in forms.items():
        rows = query(
            store,
            f"SELECT count(*), bool_and(id SIMILAR TO '{form}') FROM trial_secondary_id WHERE scheme = '{scheme}'",
        )
        assert rows[0][0] > 5
        assert rows[0][1]


def test_writing_the_same_study_again_changes_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        write_children(store, [make_study()])
        before = {table: query(store, f"FROM {table} ORDER BY ALL") for table in CHILDREN}
        write_children(store, [make_study()])
        assert {table: query(store, f"FROM {table} ORDER BY ALL") for table in CHILDREN} == before


def test_every_table_of_items_is_filled_by_a_builder(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        query_keys = "SELECT table_name FROM duckdb_columns() WHERE column_name LIKE '%_key' AND NOT internal"
        tables = {name for (name,) in query(store, query_keys)}
    assert tables == CHILDREN.keys()


def test_every_child_says_in_the_file_what_it_holds(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        rows = query(store, "SELECT table_name FROM duckdb_tables() WHERE comment IS NULL")
        keys = query(store, "SELECT table_name, comment FROM duckdb_columns() WHERE column_index = 2")
    assert not {name for (name,) in rows} & CHILDREN.keys()
    assert not [name for name, comment in keys if name in CHILDREN and not comment]


def test_a_text_with_a_null_character_goes_in(tmp_path: Path) -> None:
    arms = {"armGroups": [{"label": "A\u0000B"}]}
    with open_store(tmp_path) as store:
        write_children(store, [make_study(arms=arms)])
        assert query(store, "SELECT label FROM trial_arm") == [("A\u0000B",)]


def test_a_citation_without_a_number_makes_no_link_to_a_paper(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        write_children(store, [make_study()])
        query(
            store,
            """
            INSERT INTO article_record BY NAME
            SELECT '99000031' AS pmid, 1 AS version, '' AS title, '' AS abstract, [] AS abstract_sections,
                [] AS publication_types, [] AS languages, [] AS authors, [] AS mesh, [] AS databank_nct_ids,
                [] AS text_nct_ids, FALSE AS is_retracted, '' AS content_hash, 1 AS run_id
            """,
        )
        links = store.read("stated_trial_articles", clock="2026-02-10 14:00:00")
    assert links.select("nct_id", "pmid", "origin", "reference_type").rows() == [
        (NCT_ID, "99000031", "registry", "RESULT")
    ]
