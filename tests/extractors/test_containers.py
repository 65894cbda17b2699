"""Files, folders, zips and gzip, whole and damaged: each gives its streams, and says what it could not give."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from extractors import containers
from extractors.containers import ClosedPart, DamagedError, Part, list_files, open_parts, show_name


def pack(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def read(path: Path) -> dict[str, bytes | str]:
    """Return what each part gives, or why it gives nothing (more)."""
    found: dict[str, bytes | str] = {}
    for part in open_parts(path):
        if isinstance(part, ClosedPart):
            found[part.place] = part.reason
        else:
            content = part.read(1 << 30)
            found[part.place] = part.fault.reason if part.fault else content
    return found


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["a.json", "a.zip", "a"])
def test_what_a_file_is_shows_in_its_bytes_not_in_its_name(tmp_path: Path, name: str) -> None:
    assert read(write(tmp_path, name, b"text")) == {name: b"text"}
    assert read(write(tmp_path, name, gzip.compress(b"text"))) == {name: b"text"}
    assert read(write(tmp_path, name, pack({"b": b"text"}))) == {f"{name}: b": b"text"}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_the_members_of_a_zip_come_in_its_order_however_packed(tmp_path: Path, method: int) -> None:
    members = {"b/NCT2.json": b"2", "a/NCT1.json": b"1" * 100_000, "c.json.gz": gzip.compress(b"3")}
    found = read(write(tmp_path, "x.zip", pack(members, method)))
    assert list(found.items()) == [
        ("x.zip: b/NCT2.json", b"2"),
        ("x.zip: a/NCT1.json", b"1" * 100_000),
        ("x.zip: c.json.gz", b"3"),
    ]


def test_a_folder_gives_its_files_by_name_and_passes_over_what_is_hidden_or_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "studies"
    for name in ("b.json", "a/z.json", "a/.DS_Store", ".git/config"):
        write(folder, name, name.encode())
    write(folder, "c.zip", pack({"d.json": b"d"}))
    os.mkfifo(folder / "pipe")
    assert read(folder) == {
        "studies/b.json": b"b.json",
        "studies/c.zip: d.json": b"d",
        "studies/a/z.json": b"a/z.json",
    }


def test_what_macos_puts_beside_the_files_of_a_zip_is_passed_over(tmp_path: Path) -> None:
    content = pack({"__MACOSX/._a.json": b"x", "folder/": b"", "folder/.DS_Store": b"x", "folder/a.json": b"a"})
    assert read(write(tmp_path, "x.zip", content)) == {"x.zip: folder/a.json": b"a"}


def test_a_member_that_is_damaged_costs_itself_alone(tmp_path: Path) -> None:
    content = bytearray(pack({"a": b"a" * 50, "b": b"b" * 50, "c": b"c" * 50}, zipfile.ZIP_STORED))
    content[content.index(b"b" * 50) + 7] ^= 1
    found = read(write(tmp_path, "x.zip", bytes(content)))
    assert found["x.zip: a"] == b"a" * 50
    assert "CRC" in str(found["x.zip: b"])
    assert found["x.zip: c"] == b"c" * 50


def test_an_encrypted_member_says_so(tmp_path: Path) -> None:
    content = bytearray(pack({"a": b"text"}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + flags] |= 1
    assert "encrypted" in str(read(write(tmp_path, "x.zip", bytes(content)))["x.zip: a"])


def test_a_zip_inside_a_zip_is_left_to_people(tmp_path: Path) -> None:
    content = pack({"a.zip": pack({"b": b"b"}), "c": b"c"})
    assert read(write(tmp_path, "x.zip", content)) == {"x.zip: a.zip": "a zip inside a zip", "x.zip: c": b"c"}


def test_a_zip_cut_short_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = write(tmp_path, "x.zip", pack({"a": b"a" * 1000})[:-30])
    with pytest.raises(DamagedError, match="damaged zip"):
        list(open_parts(path))


def test_in_a_folder_a_zip_cut_short_costs_itself_alone(tmp_path: Path) -> None:
    write(tmp_path / "f", "x.zip", pack({"a": b"a" * 1000})[:-30])
    write(tmp_path / "f", "y.json", b"y")
    found = read(tmp_path / "f")
    assert "damaged zip" in str(found["f/x.zip"])
    assert found["f/y.json"] == b"y"


def test_gzip_cut_short_gives_all_that_came_before(tmp_path: Path) -> None:
    text = os.urandom(100_000).hex().encode()
    parts = open_parts(write(tmp_path, "x.gz", gzip.compress(text)[:-5000]))
    part = next(parts)
    assert isinstance(part, Part)
    content = part.read(1 << 30)
    assert text.startswith(content)
    assert len(content) > 150_000
    assert part.fault
    assert part.fault.reason == "it is cut off"
    assert part.read(10) == b""


@pytest.mark.parametrize("is_zip", [True, False])
def test_what_unpacks_to_far_more_than_it_is_gets_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_zip: bool
) -> None:
    monkeypatch.setattr(containers, "_ALWAYS_ALLOWED", 1 << 20)
    blank = b" " * (20 << 20)
    path = write(tmp_path, "bomb", pack({"a": blank}) if is_zip else gzip.compress(blank))
    if is_zip:
        with pytest.raises(DamagedError, match="200 times"):
            list(open_parts(path))
    else:
        parts = open_parts(path)
        part = next(parts)
        assert isinstance(part, Part)
        assert len(part.read(len(blank))) < 10 << 20
        assert part.fault
        assert "200 times" in part.fault.reason


def test_a_file_that_is_not_there_or_cannot_be_read_twice_says_so(tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match="No such file"):
        list(open_parts(tmp_path / "nothing"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DamagedError, match="read twice"):
        list(open_parts(tmp_path / "pipe"))


def test_a_name_out_of_an_archive_cannot_write_to_the_terminal() -> None:
    assert show_name("a\x1b[31m\nb\u202e.json") == "a?[31m?b?.json"
    assert len(show_name("x" * 5000)) < 300


def test_gzip_members_behind_each_other_are_one_stream_and_zeros_behind_them_are_filling(tmp_path: Path) -> None:
    body = b"".join(gzip.compress(piece) for piece in (b"a" * 300_000, b"", b"b"))
    for name, end in (("plain", b""), ("filled", b"\0" * 70_000)):
        assert read(write(tmp_path, name, body + end)) == {name: b"a" * 300_000 + b"b"}
    assert "damaged" in str(read(write(tmp_path, "more", body + b"more"))["more"])
    assert "cut off" in str(read(write(tmp_path, "cut", body[:-3]))["cut"])


DAMAGE = {
    "the head": (0, b"\0\0", "incorrect header check"),
    "the method": (2, b"\x09", "unknown compression method"),
    "a block": (10, b"\x07", "invalid block type"),
    "the checksum": (-8, b"\0\0\0", "incorrect data check"),
    "the length": (-4, b"\0\0\0", "incorrect data check"),
}


@pytest.mark.parametrize("place", DAMAGE)
def test_damage_in_gzip_is_told_in_the_words_people_know(tmp_path: Path, place: str) -> None:
    where, put, words = DAMAGE[place]
    packed = bytearray(gzip.compress(os.urandom(50_000).hex().encode()))
    whole = gzip.compress(b"whole")
    where %= len(packed)
    packed[where : where + len(put)] = put
    path = write(tmp_path, "x.gz", whole + packed)  # the first bytes say what a file is
    assert read(path)["x.gz"] == f"it is damaged: {words}"


def test_gzip_gives_its_bytes_whatever_the_pieces_it_is_read_in(tmp_path: Path) -> None:
    text = os.urandom(30_000).hex().encode() * 3
    path = write(
        tmp_path, "x.gz", b"".join(gzip.compress(text[place : place + 7_000]) for place in range(0, 180_000, 7_000))
    )
    for size in (1, 1_000, 65_536, 1 << 20):
        parts = open_parts(path)
        part = next(parts)
        assert isinstance(part, Part)
        pieces = list(iter(lambda: part.read(size), b"")) if size > 1 else [part.read(1) for _ in range(100)]  # noqa: B023
        assert b"".join(pieces) == (text if size > 1 else text[:100])
        assert max(map(len, pieces)) <= size


def test_a_link_that_leads_out_of_a_folder_is_refused_and_one_within_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "one.json").write_text("{}")
    (folder / "same.json").symlink_to("one.json")
    assert [file.name for file in list_files(folder)] == ["one.json", "same.json"]
    (tmp_path / "secret").write_text("not for anyone")
    (folder / "two.json").symlink_to(tmp_path / "secret")
    with pytest.raises(DamagedError, match=r"two\.json is a link that leads out of the folder"):
        list(list_files(folder))


@pytest.mark.parametrize("name", ["../../outside.json", "/etc/outside.json", "a/../../outside.json"])
def test_a_name_in_an_archive_becomes_no_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        archive.writestr(name, b"{}")
    before = sorted(tmp_path.rglob("*"))
    for part in open_parts(folder / "x.zip"):
        if isinstance(part, Part):
            part.read(10)
    assert sorted(tmp_path.rglob("*")) == before
