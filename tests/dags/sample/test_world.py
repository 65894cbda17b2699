from __future__ import annotations

import datetime as dt
import gzip
import json
import shutil
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dags.sample.world import SAMPLE_FOLDER, World
from models.errors import ConfigurationError
from models.nct import find_nct_ids
from models.settings import parse_settings
from models.vocabulary import parse_vocabulary

FIRST, SECOND, THIRD = dt.date(2026, 2, 10), dt.date(2026, 2, 11), dt.date(2026, 2, 12)


def read(world: World, nct_id: str) -> dict[str, Any]:
    study: dict[str, Any] = json.loads(world.studies[nct_id].render(world.day))
    return study


def read_all(world: World, day: dt.date) -> dict[str, dict[str, Any]]:
    world.serve(day)
    return {nct_id: read(world, nct_id) for nct_id in world.studies}


def status_of(study: dict[str, Any]) -> dict[str, Any]:
    module: dict[str, Any] = study["protocolSection"]["statusModule"]
    return module


@pytest.fixture
def world() -> World:
    return World.read(SAMPLE_FOLDER)


def test_the_first_day_holds_fourteen_trials_and_seventeen_papers(world: World) -> None:
    world.serve(FIRST)
    assert sorted(world.studies) == [f"NCT990001{number:02d}" for number in range(1, 15)]
    assert sorted(world.articles) == [str(pmid) for pmid in range(99000001, 99000018)]


def test_only_the_announced_trials_differ_by_more_than_the_stamp(world: World) -> None:
    def without_stamp(day: dt.date) -> dict[str, dict[str, Any]]:
        studies = read_all(world, day)
        for study in studies.values():
            assert study["derivedSection"]["miscInfoModule"].pop("versionHolder") == day.isoformat()
        return studies

    first, second, third = (without_stamp(day) for day in (FIRST, SECOND, THIRD))
    assert {nct_id for nct_id in second if second[nct_id] != first.get(nct_id)} == {"NCT99000101", "NCT99000102"}
    assert {nct_id for nct_id in third if third[nct_id] != second.get(nct_id)} == {
        "NCT99000103",
        "NCT99000104",
        "NCT99000105",
        "NCT99000115",
    }


def test_a_trial_is_terminated_on_the_second_day(world: World) -> None:
    before, after = read_all(world, FIRST)["NCT99000101"], read_all(world, SECOND)["NCT99000101"]
    assert status_of(before)["overallStatus"] == "RECRUITING"
    assert status_of(after)["overallStatus"] == "TERMINATED"
    assert status_of(after)["whyStopped"] == "Slow accrual."
    assert status_of(after)["lastUpdateSubmitDate"] == "2026-02-02"
    assert status_of(after)["lastUpdatePostDateStruct"]["date"] == "2026-02-11"
    assert before["protocolSection"]["designModule"]["enrollmentInfo"] == {"count": 142, "type": "ESTIMATED"}
    assert after["protocolSection"]["designModule"]["enrollmentInfo"] == {"count": 61, "type": "ACTUAL"}


def test_a_primary_completion_slips_on_the_second_day(world: World) -> None:
    dates = [
        status_of(read_all(world, day)["NCT99000102"])["primaryCompletionDateStruct"] for day in (FIRST, SECOND, THIRD)
    ]
    assert dates[0] == {"date": "2026-06", "type": "ESTIMATED"}
    assert dates[1] == dates[2] == {"date": "2027-03", "type": "ESTIMATED"}


@pytest.mark.parametrize(
    ("nct_id", "old", "new"),
    [
        ("NCT99000103", "RECRUITING", "SUSPENDED"),
        ("NCT99000104", "ACTIVE_NOT_RECRUITING", "COMPLETED"),
        ("NCT99000105", "RECRUITING", "UNKNOWN"),
    ],
)
def test_three_statuses_move_on_the_third_day(world: World, nct_id: str, old: str, new: str) -> None:
    before, after = (status_of(read_all(world, day)[nct_id]) for day in (SECOND, THIRD))
    assert (before["overallStatus"], after["overallStatus"]) == (old, new)
    assert "whyStopped" not in after


def test_the_registry_sets_unknown_without_moving_a_date(world: World) -> None:
    before, after = (status_of(read_all(world, day)["NCT99000105"]) for day in (SECOND, THIRD))
    assert after["lastKnownStatus"] == "RECRUITING"
    for date in ("lastUpdateSubmitDate", "lastUpdatePostDateStruct"):
        assert after[date] == before[date]


def test_a_new_trial_is_posted_on_the_third_day(world: World) -> None:
    assert "NCT99000115" not in read_all(world, SECOND)
    new = status_of(read_all(world, THIRD)["NCT99000115"])
    assert new["overallStatus"] == "NOT_YET_RECRUITING"
    assert new["studyFirstPostDateStruct"]["date"] == "2026-02-12"


def test_a_paper_is_retracted_on_the_third_day(world: World) -> None:
    world.serve(SECOND)
    assert max(world.articles) == "99000018"
    assert b"Retract" not in world.articles["99000007"].revision.xml
    world.serve(THIRD)
    retracted, notice = world.articles["99000007"], world.articles["99000020"]
    assert (retracted.entered, retracted.revised) == (dt.date(2026, 1, 29), THIRD)
    assert b'RefType="RetractionIn"' in retracted.revision.xml
    assert b">Retracted Publication<" in retracted.revision.xml
    assert b'RefType="RetractionOf"' in notice.revision.xml
    assert b">Retraction Notice<" in notice.revision.xml


def test_no_id_of_the_sample_can_be_real(world: World) -> None:
    texts = [study.raw.decode() for study in world.studies.values()]
    texts += [article.revision.xml.decode() for article in world.articles.values()]
    texts.append((SAMPLE_FOLDER / "histories.jsonl").read_text("utf-8"))
    ids = Counter(nct_id for text in texts for nct_id in find_nct_ids(text))
    assert {nct_id[:5] for nct_id in ids} == {"NCT99"}
    assert {pmid[:2] for pmid in world.articles} == {"99"}


def test_every_record_of_the_sample_says_that_it_is_invented(world: World) -> None:
    assert all("invented for demonstration" in study.whole_text for study in world.studies.values())
    for line in (SAMPLE_FOLDER / "histories.jsonl").read_text("utf-8").splitlines():
        assert line.count("invented for demonstration") == len(json.loads(line)["studies"])
    for article in world.articles.values():
        assert article.revision.xml.count(b"Invented for demonstration") == article.revision.xml.count(b"<Abstract>")
    assert "invented for demonstration" in (SAMPLE_FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_watchlist_of_the_sample_names_what_the_sample_holds(world: World) -> None:
    settings = parse_settings((SAMPLE_FOLDER / "watchlist.toml").read_bytes(), "watchlist.toml")
    assert set(settings.watch.trials) <= set(world.studies)
    folder = SAMPLE_FOLDER / settings.vocabulary.extra
    vocabulary = parse_vocabulary({path.name: path.read_bytes() for path in folder.glob("*.toml")})
    assert {agent.name for agent in vocabulary.agents} == set(settings.watch.agents)
    assert {agent.source for agent in vocabulary.agents} == {"invented for the sample world"}
    texts = " ".join(study.intervention_text for study in world.studies.values())
    assert [agent.name for agent in vocabulary.agents if agent.name.casefold() not in texts] == []


def test_the_watchlist_leaves_the_addresses_to_the_demonstration() -> None:
    sources = tomllib.loads((SAMPLE_FOLDER / "watchlist.toml").read_text(encoding="utf-8"))["source"]
    assert sources["clinicaltrials"] == {"requests_per_second": 0}
    assert "base_url" not in sources["pubmed"]


def test_one_trial_speaks_of_a_target_only_in_its_exclusion_criteria(world: World) -> None:
    study = read(world, "NCT99000111")["protocolSection"]
    criteria = study.pop("eligibilityModule")["eligibilityCriteria"]
    inclusion, exclusion = criteria.split("Exclusion Criteria:")
    assert "LAG-3" in exclusion
    assert "LAG-3" not in inclusion + json.dumps(study)


def test_two_trials_name_an_agent_and_never_its_target(world: World) -> None:
    assert "tim-3" not in world.studies["NCT99000103"].whole_text
    assert "csf1r" not in world.studies["NCT99000106"].whole_text


def test_the_newest_line_up_to_the_day_is_served_whatever_the_order_of_the_file(tmp_path: Path) -> None:
    lines = (SAMPLE_FOLDER / "studies.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "studies.jsonl").write_text("\n".join(reversed(lines)), encoding="utf-8")
    turned, straight = World.read(tmp_path), World.read(SAMPLE_FOLDER)
    for day in (FIRST, SECOND, THIRD):
        assert read_all(turned, day) == read_all(straight, day)


def test_gzipped_files_are_read_when_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl.gz").write_bytes(gzip.compress((SAMPLE_FOLDER / "studies.jsonl").read_bytes()))
    (tmp_path / "articles.xml.gz").write_bytes(gzip.compress((SAMPLE_FOLDER / "articles.xml").read_bytes()))
    world = World.read(tmp_path, ["own.jsonl.gz"])
    assert (len(world.studies), len(world.articles)) == (15, 20)


def test_a_folder_without_studies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"needs one of|no studies"):
        World.read(tmp_path)


@pytest.mark.parametrize("line", ["{", '{"day": "2026-02-10"}', '{"day": "2026-02-10", "study": {"a": 1}}'])
def test_a_line_that_is_no_study_is_refused_by_file(tmp_path: Path, line: str) -> None:
    (tmp_path / "studies.jsonl").write_text(line)
    with pytest.raises(ConfigurationError, match=r"studies\.jsonl"):
        World.read(tmp_path)


def test_a_named_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        World.read(tmp_path, ["nowhere.jsonl"])


def test_hidden_records_are_not_served_until_they_are_shown(world: World) -> None:
    world.hide("NCT99000102")
    world.hide("99000007")
    assert "NCT99000102" not in world.studies
    assert world.find_study("NCT99000902") is None
    assert "99000007" not in world.articles
    world.serve(SECOND)
    assert "NCT99000102" not in world.studies
    world.show("NCT99000102")
    world.show("99000007")
    assert {"NCT99000102"} <= world.studies.keys()
    assert {"99000007"} <= world.articles.keys()


def test_a_study_put_into_the_world_is_served_from_its_day_on(world: World) -> None:
    changed = read(world, "NCT99000106")
    changed["protocolSection"]["statusModule"]["overallStatus"] = "SUSPENDED"
    world.put(THIRD, changed)
    statuses = [status_of(read_all(world, day)["NCT99000106"])["overallStatus"] for day in (SECOND, THIRD)]
    assert statuses == ["RECRUITING", "SUSPENDED"]


def test_the_data_timestamp_follows_the_day_unless_it_is_set(world: World) -> None:
    world.serve(SECOND)
    assert world.data_timestamp == "2026-02-11T09:00:05"
    world.data_timestamp = "2026-02-10T09:00:05"
    assert (world.data_timestamp, world.day) == ("2026-02-10T09:00:05", SECOND)
    world.serve(THIRD)
    assert world.data_timestamp == "2026-02-12T09:00:05"


def test_the_stamp_is_made_where_a_derived_section_has_none_and_nowhere_else(world: World) -> None:
    study = read(world, "NCT99000106")
    study["derivedSection"] = {}
    world.put(THIRD, study)
    assert read(world, "NCT99000106")["derivedSection"] == {"miscInfoModule": {"versionHolder": "2026-02-12"}}
    del study["derivedSection"]
    world.put(THIRD, study)
    assert "derivedSection" not in read(world, "NCT99000106")


def test_a_text_that_looks_like_the_stamp_stays_as_it_is(world: World) -> None:
    study = read(world, "NCT99000106")
    study["protocolSection"]["descriptionModule"]["briefSummary"] = '"versionHolder":"@served@"'
    world.put(THIRD, study)
    served = read(world, "NCT99000106")
    assert served["protocolSection"]["descriptionModule"]["briefSummary"] == '"versionHolder":"@served@"'
    assert served["derivedSection"]["miscInfoModule"]["versionHolder"] == "2026-02-12"


def test_a_study_is_rendered_compact_and_the_same_every_time(world: World) -> None:
    body = world.studies["NCT99000101"].render(THIRD)
    assert body == world.studies["NCT99000101"].render(THIRD)
    assert b'": ' not in body
    assert json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode() == body


def test_a_history_is_served_as_far_as_it_was_submitted_by_the_day(tmp_path: Path) -> None:
    shutil.copy(SAMPLE_FOLDER / "studies.jsonl", tmp_path)
    changes = [{"version": 0, "date": "2026-02-01"}, {"version": 1, "date": "2026-02-11"}]
    history = {"nct_id": "NCT99000101", "changes": changes, "studies": {"0": {"a": 0}, "1": {"a": 1}}}
    (tmp_path / "histories.jsonl").write_text(json.dumps(history))
    world = World.read(tmp_path)
    world.serve(FIRST)
    assert world.find_history("NCT99000101") == changes[:1]
    assert world.find_version("NCT99000101", 1) is None
    world.serve(SECOND)
    assert world.find_history("NCT99000101") == changes
    assert world.find_version("NCT99000101", 1) == b'{"a": 1}'
    assert world.find_version("NCT99000101", 2) is None
    assert world.find_history("NCT99000102") is None
    world.hide("NCT99000101")
    assert world.find_history("NCT99000101") is None
    assert world.find_version("NCT99000101", 0) is None


def test_a_version_is_served_once_it_is_public_not_when_it_was_submitted(world: World) -> None:
    world.serve(FIRST)
    assert [entry["version"] for entry in world.find_history("NCT99000101") or []] == list(range(6))
    world.serve(SECOND)
    entries = world.find_history("NCT99000101") or []
    assert (entries[6]["date"], entries[6]["status"]) == ("2026-02-02", "TERMINATED")


def read_version(world: World, nct_id: str, version: int) -> dict[str, Any]:
    body = world.find_version(nct_id, version)
    assert body is not None
    study: dict[str, Any] = json.loads(body)
    return study


def test_three_trials_of_the_sample_have_a_history_that_ends_with_what_is_served(world: World) -> None:
    for nct_id, versions in (("NCT99000101", 7), ("NCT99000102", 7), ("NCT99000104", 6)):
        entries = world.find_history(nct_id) or []
        assert [entry["version"] for entry in entries] == list(range(versions))
        assert entries == sorted(entries, key=lambda entry: (entry["date"], entry["version"]))
        for entry in entries:
            status = status_of(read_version(world, nct_id, entry["version"]))
            assert (status["overallStatus"], status["lastUpdateSubmitDate"]) == (entry["status"], entry["date"])
        newest, served = status_of(read_version(world, nct_id, versions - 1)), status_of(read(world, nct_id))
        assert newest == served
    assert world.find_history("NCT99000103") is None
    assert world.find_history("NCT99000902") == world.find_history("NCT99000102")


def test_old_versions_carry_html_same_days_and_later_references(world: World) -> None:
    versions = [read_version(world, "NCT99000101", number) for number in range(7)]
    first = versions[0]["protocolSection"]
    assert (
        "<li>Absolute neutrophil count &gt;= 1.0 x 10^9&#x2F;L</li>"
        in first["eligibilityModule"]["eligibilityCriteria"]
    )
    assert "2026 Jan" in first["referencesModule"]["references"][0]["citation"]
    entries = world.find_history("NCT99000101") or []
    assert [entry["date"] for entry in entries].count("2024-03-04") == 2
    assert [entry["moduleLabels"] for entry in entries][:2] == [[], ["Study Status", "Contacts/Locations"]]
    assert ["References"] in [entry["moduleLabels"] for entry in entries]


def test_a_file_of_histories_is_a_world_of_its_own(world: World) -> None:
    alone = World.read_histories(SAMPLE_FOLDER / "histories.jsonl")
    assert alone.studies.keys() == {"NCT99000101", "NCT99000102", "NCT99000104"}
    assert status_of(read(alone, "NCT99000101"))["overallStatus"] == "TERMINATED"
    assert alone.find_history("NCT99000101") == world.find_history("NCT99000101")
    alone.serve(dt.date(2023, 5, 1))
    assert alone.studies.keys() == {"NCT99000104"}
    alone.serve(dt.date(2024, 3, 12))
    served = status_of(read(alone, "NCT99000101"))
    assert (served["overallStatus"], served["lastUpdateSubmitDate"]) == ("RECRUITING", "2024-03-04")
    # Of two versions of one day the later is served.
    assert "1.5 x 10" in read(alone, "NCT99000101")["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
