"""What the decoder passes, the walk finds nothing in; what holds anything undocumented, or a null, it does not pass."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl.documented import read_documented
from etl.sentinel import find_drift

STUDY: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT99000001"},
        "statusModule": {"overallStatus": "RECRUITING"},
        "contactsLocationsModule": {"locations": [{"facility": "Here", "geoPoint": {"lat": 1.5, "lon": 2}}]},
    },
    "hasResults": False,
}


def encode(path: str, value: Any) -> bytes:
    """Return the study with another value at a path."""
    study = msgspec.json.decode(msgspec.json.encode(STUDY))
    *holders, key = path.split(".")
    place = study
    for holder in holders:
        place = place.setdefault(holder, {})
    place[key] = value
    return msgspec.json.encode(study)


def test_a_study_of_documented_fields_is_passed() -> None:
    study = read_documented(msgspec.json.encode(STUDY))
    assert study
    assert study.get("protocolSection").get("identificationModule").get("nctId") == "NCT99000001"
    assert study.get("resultsSection") is None
    assert study.get("mood") is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("newSection", {}),
        ("protocolSection.newModule", {"a": 1}),
        ("protocolSection.statusModule.newField", "a"),
        ("protocolSection.statusModule.overallStatus", "A_NEW_WORD"),
        ("protocolSection.statusModule.overallStatus", {"deep": "a"}),
        ("protocolSection.statusModule", "a"),
        ("protocolSection.conditionsModule.keywords", [["a"]]),
        ("protocolSection.designModule.phases", ["PHASE2", "PHASE9"]),
    ],
)
def test_what_is_undocumented_is_looked_at_closer(path: str, value: Any) -> None:
    record = encode(path, value)
    assert find_drift(msgspec.json.decode(record))
    assert not read_documented(record)


@pytest.mark.parametrize("path", ["protocolSection.statusModule.whyStopped", "protocolSection.designModule"])
def test_a_null_is_looked_at_closer(path: str) -> None:
    assert not read_documented(encode(path, None))


@pytest.mark.parametrize("record", [b"", b"{", b"\xff{}", b'{"hasResults":"\xff"}', b"[" * 100_000])
def test_what_is_no_json_is_looked_at_closer(record: bytes) -> None:
    assert not read_documented(record)


def test_of_real_records_those_passed_hold_nothing_undocumented(shared: Path) -> None:
    lines = gzip.decompress((shared / "recorded" / "trials.jsonl.gz").read_bytes()).splitlines()
    studies = [msgspec.json.decode(line)["study"] for line in lines]
    passed = [study for study in studies if read_documented(msgspec.json.encode(study))]
    assert len(passed) > len(studies) / 2
    assert not any(map(find_drift, passed))
