"""Studies come out of every shape that people download, as they stand; what is none is named with its place."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.clinicaltrials.files import FileStudy, Flaw, read_studies
from extractors.containers import DamagedError

Json = dict[str, Any]


def build(number: int, **sections: Any) -> Json:
    """Return the least that a whole study holds."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT99{number:06d}", "nctIdAliases": [f"NCT98{number:06d}"]},
            "statusModule": {"overallStatus": "RECRUITING", "lastUpdateSubmitDate": "2026-01-05"},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Fictional Oncology BV"}},
            "descriptionModule": {"briefSummary": 'Braces { [ and "quotes" \\ in a text, \u00fcber all.'},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-02-10"}},
        "hasResults": False,
        **sections,
    }


STUDIES = [build(number) for number in range(1, 8)]
IDS = [study["protocolSection"]["identificationModule"]["nctId"] for study in STUDIES]


def encode(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(value, indent=indent, ensure_ascii=False).encode()


def pack(*contents: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, content in enumerate(contents, 1):
            archive.writestr(f"folder/{place}.json", content)
    return file.getvalue()


def read(tmp_path: Path, content: bytes, name: str = "file") -> tuple[list[FileStudy], list[Flaw]]:
    path = tmp_path / name
    path.write_bytes(content)
    found = list(read_studies(path))
    return [one for one in found if isinstance(one, FileStudy)], [one for one in found if isinstance(one, Flaw)]


def page(studies: list[Json], **others: Any) -> bytes:
    return encode({"totalCount": 7, "studies": studies, **others})


SHAPES: dict[str, bytes] = {
    "a list": encode(STUDIES),
    "a list, indented": encode(STUDIES, 2),
    "a page": page(STUDIES),
    "a page that is not the last": page(STUDIES, nextPageToken="abc"),
    "pages behind each other": page(STUDIES[:3], nextPageToken="abc") + page(STUDIES[3:]),
    "lines": b"\n".join(map(encode, STUDIES)),
    "lines, Windows": b"\r\n".join(map(encode, STUDIES)) + b"\r\n",
    "lines of pages": b"\n".join([page(STUDIES[:3]), page([]), page(STUDIES[3:])]),
    "a list of pages": encode([{"studies": STUDIES[:3]}, {"studies": STUDIES[3:]}]),
    "behind each other": b"".join(map(encode, STUDIES)),
    "a zip of studies": pack(*map(encode, STUDIES)),
    "a zip of a list": pack(encode(STUDIES)),
    "a zip of pages and lines": pack(page(STUDIES[:3]), b"\n".join(map(encode, STUDIES[3:]))),
    "gzip of a list": gzip.compress(encode(STUDIES)),
    "gzip of lines": gzip.compress(b"\n".join(map(encode, STUDIES))),
    "a zip of gzip": pack(gzip.compress(encode(STUDIES))),
    "a list behind a byte order mark": b"\xef\xbb\xbf" + encode(STUDIES),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_studies_in_order_as_they_stand(tmp_path: Path, shape: str) -> None:
    studies, flaws = read(tmp_path, SHAPES[shape])
    assert flaws == []
    assert [one.record_id.nct_id for one in studies] == IDS
    assert [json.loads(one.body) for one in studies] == STUDIES
    assert studies[0].record_id.aliases == ("NCT98000001",)


@pytest.mark.parametrize("indent", [None, 2])
def test_one_study_is_a_file_too(tmp_path: Path, indent: int | None) -> None:
    (study,), flaws = read(tmp_path, encode(STUDIES[0], indent) + b"\n", "NCT99000001.json")
    assert flaws == []
    assert study.place == "NCT99000001.json"
    assert study.body == encode(STUDIES[0], indent)


def test_a_folder_of_files_gives_the_studies_of_each(tmp_path: Path) -> None:
    folder = tmp_path / "unzipped"
    for place, study in enumerate(STUDIES):
        (folder / str(place % 2)).mkdir(parents=True, exist_ok=True)
        (folder / str(place % 2) / f"{place}.json").write_bytes(encode(study))
    found = [one for one in read_studies(folder) if isinstance(one, FileStudy)]
    assert sorted(one.record_id.nct_id for one in found) == IDS
    assert found[0].place == "unzipped/0/0.json"


def test_the_place_names_the_file_the_member_and_the_record(tmp_path: Path) -> None:
    studies, _ = read(tmp_path, pack(encode(STUDIES[0]), encode(STUDIES[1:])), "x.zip")
    assert [one.place for one in studies[:3]] == [
        "x.zip: folder/1.json",
        "x.zip: folder/2.json: record 1",
        "x.zip: folder/2.json: record 2",
    ]


@pytest.mark.parametrize("content", [b"[]", b'{"studies":[]}', b'{"studies":[],"totalCount":0}'])
def test_a_search_that_found_nothing_holds_no_study_and_no_flaw(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == ([], [])


Change = Callable[[Json], None]


def drop(*path: str) -> Change:
    def change(study: Json) -> None:
        place = study
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def put(value: Any, *path: str) -> Change:
    def change(study: Json) -> None:
        place = study
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


IDENTITY = ("protocolSection", "identificationModule")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put(None, *IDENTITY, "nctId"), "$.protocolSection.identificationModule.nctId"),
        (put("NCT123", *IDENTITY, "nctId"), '"NCT123" is no NCT number'),
        (put("x\x1b[31m", *IDENTITY, "nctId"), '"x?[31m" is no NCT number'),
        (drop(*IDENTITY, "nctId"), "missing required field `nctId`"),
        (put("NCT98000003", *IDENTITY, "nctIdAliases"), "NCT99000003: $.protocolSection"),
        (put([], "protocolSection"), "$.protocolSection: Expected `object`"),
        (drop("protocolSection"), "no study of the registry's API v2"),
        (drop("protocolSection", "sponsorCollaboratorsModule"), "chosen fields"),
        (drop("protocolSection", "statusModule", "lastUpdateSubmitDate"), "chosen fields"),
        (lambda study: [drop(name)(study) for name in ("hasResults", "derivedSection")] and None, "chosen fields"),
    ],
)
@pytest.mark.parametrize("wrap", [encode, page, lambda studies: pack(*map(encode, studies))])
def test_a_record_that_is_no_whole_study_costs_itself_alone(
    tmp_path: Path, change: Change, reason: str, wrap: Callable[[list[Json]], bytes]
) -> None:
    studies = json.loads(json.dumps(STUDIES))
    change(studies[2])
    found, flaws = read(tmp_path, wrap(studies))
    assert [one.record_id.nct_id for one in found] == IDS[:2] + IDS[3:]
    (flaw,) = flaws
    assert reason in flaw.reason
    assert "3" in flaw.place
    assert flaw.remedy
    assert not flaw.is_end


@pytest.mark.parametrize("module", ["results", "derived"])
def test_a_study_without_one_section_is_whole(tmp_path: Path, module: str) -> None:
    study = build(1)
    drop("hasResults" if module == "results" else "derivedSection")(study)
    assert len(read(tmp_path, encode(study))[0]) == 1


def test_a_withheld_study_which_says_next_to_nothing_is_whole(tmp_path: Path) -> None:
    study = build(1)
    drop("protocolSection", "descriptionModule")(study)
    study["protocolSection"]["statusModule"]["overallStatus"] = "WITHHELD"
    assert len(read(tmp_path, encode(study))[0]) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (encode({"FullStudiesResponse": {"FullStudies": []}}), "first API"),
        (encode({"FullStudy": {"Study": {"ProtocolSection": {}}}}), "first API"),
        (encode({"resourceType": "ResearchStudy"}), "FHIR"),
        (encode({"studyVersion": 3, "study": STUDIES[0]}), "record history"),
        (encode({"error": "too many requests"}), "error message"),
        (encode({"day": "2026-02-10", "study": STUDIES[0]}), "inside something else"),
        (encode({"a": 1}), "no protocolSection"),
        (encode([1, "x", None]), "Expected `object`, got `int`"),
        (b"NCT Number,Study Title\n", "table"),
        (b"<!doctype html>", "web page"),
        (b"", "empty"),
        (b"[" * 100_000 + b"]" * 100_000, "Expected `object`, got `array`"),
        (b'[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "nested too deeply"),
    ],
)
def test_what_is_no_study_says_what_it_is_instead(tmp_path: Path, content: bytes, reason: str) -> None:
    studies, flaws = read(tmp_path, content)
    assert studies == []
    assert reason in flaws[0].reason


def test_a_file_that_ends_early_gives_what_stands_before_and_says_so(tmp_path: Path) -> None:
    whole = encode(STUDIES)
    for cut in (len(whole) - 1, len(whole) - 2, len(whole) - 300):
        studies, flaws = read(tmp_path, whole[:cut])
        assert [one.record_id.nct_id for one in studies] == IDS[: len(studies)]
        assert len(studies) >= len(STUDIES) - 1
        assert [flaw.is_end for flaw in flaws] == [True]


def test_gzip_that_ends_early_is_told_once(tmp_path: Path) -> None:
    studies, flaws = read(tmp_path, gzip.compress(encode([build(number) for number in range(1, 400)]))[:-300], "x.gz")
    assert len(studies) > 100
    (flaw,) = flaws
    assert flaw.is_end
    assert flaw.reason == "it is cut off; what stands before was read"


def test_a_zip_that_ends_early_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedError):
        read(tmp_path, pack(*map(encode, STUDIES))[:-50])


@settings(max_examples=50)
@given(data=st.data())
def test_a_byte_put_wrong_anywhere_costs_few_studies_and_no_error(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(SHAPES[data.draw(st.sampled_from(["a list, indented", "lines", "a page", "a zip of studies"]))])
    content[data.draw(st.integers(200, len(content) - 1200))] = data.draw(st.integers(0, 255))
    studies, _ = read(tmp_path_factory.mktemp("hurt"), bytes(content))
    assert len(studies) >= len(STUDIES) - 3
