"""Files of PubMed stand in the order of their numbers, and are what the checksum beside them says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from extractors.containers import DamagedError
from extractors.pubmed.files import check_md5, find_owner, find_place

NAME = "pubmed26n0001.xml.gz"
BODY = b"a file"
MD5 = hashlib.md5(BODY, usedforsecurity=False).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / NAME).write_bytes(BODY)
    return tmp_path / NAME


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (NAME, (26, 1)),
        ("pubmed26n1301.xml", (26, 1301)),
        ("PUBMED26N10001.XML.GZ", (26, 10001)),
        ("pubmed26n0001.xml.gz.md5", None),
        ("pubmed26n0001 (1).xml.gz", None),
        ("mine.xml", None),
    ],
)
def test_the_name_says_where_a_file_stands(name: str, place: tuple[int, int] | None) -> None:
    assert find_place(name) == place


def test_a_later_year_comes_after_every_number_of_the_one_before() -> None:
    places = [find_place(name) or (0, 0) for name in ("pubmed26n0900.xml", "pubmed26n1500.xml", "pubmed27n0001.xml")]
    assert places[0] < places[1] < places[2]


@pytest.mark.parametrize(
    "form",
    [
        "MD5({name})= {md5}\n",
        "MD5 ({name}) = {md5}",
        "{md5}  {name}\n",
        "{md5} *{name}\r\n",
        "{md5}",
        "{upper}  {name}\n",
    ],
)
def test_a_checksum_is_read_in_every_form_in_use(file: Path, form: str) -> None:
    sidecar = file.with_name(f"{NAME}.md5")
    sidecar.write_text(form.format(name=NAME, md5=MD5, upper=MD5.upper()))
    assert check_md5(file) == MD5
    assert find_owner(sidecar) == file
    file.write_bytes(b"another")
    with pytest.raises(DamagedError) as caught:
        check_md5(file)
    assert MD5 in caught.value.reason
    assert sidecar.name in caught.value.reason
    assert "again" in caught.value.remedy


@pytest.mark.parametrize("content", [b"", b"MD5()", b"\0" * 40, b"<html>", b"0123"])
def test_a_checksum_that_is_none_is_no_consent(file: Path, content: bytes) -> None:
    file.with_name(f"{NAME}.md5").write_bytes(content)
    with pytest.raises(DamagedError, match="holds no MD5"):
        check_md5(file)


def test_without_a_checksum_beside_it_a_file_is_taken_as_it_is(file: Path) -> None:
    assert check_md5(file) == MD5
    assert find_owner(file.with_name("pubmed26n0002.xml.gz.md5")) is None
