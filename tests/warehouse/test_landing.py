"""The landing: every page comes back byte for byte, unchanged nights cost nothing, damage is noticed."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import WarehouseError
from models.page import Page, RecordSpan
from warehouse.landed import LandedNote, LandedPage
from warehouse.landing import Landing
from warehouse.manifests import Manifest, find_manifests, read_manifest
from warehouse.pages import list_parts, rebuild_body
from warehouse.wholes import pack_page

NOW = dt.datetime.combine(dt.date(2026, 2, 10), dt.time(14))


def page(body: bytes, *spans: RecordSpan, item: str = "target:LAG-3") -> Page:
    return Page(
        source="clinicaltrials",
        item=item,
        number=1,
        url="http://127.0.0.1/studies",
        request="{}",
        status=200,
        content_type="application/json",
        fetched_at=NOW,
        body=body,
        records=spans,
    )


def stamped(*stamps: str) -> Page:
    """Return a page of two records, each with a release stamp."""
    body, spans = b'{"studies":[', []
    for place, stamp in enumerate(stamps):
        start = len(body)
        head = b'{"id":%d,"versionHolder":"' % place
        body += head + stamp.encode() + b'"}'
        spans.append(RecordSpan(start, len(body), start + len(head), start + len(head) + len(stamp)))
        body += b",\n"
    return page(body + b"]}", *spans)


def land(folder: Path, run_id: int, *pages: Page) -> Manifest:
    landing = Landing(folder, run_id)
    for one in pages:
        landing.store(one)
    landing.seal()
    return find_manifests(folder)[run_id]


def rebuild(folder: Path, manifest: Manifest) -> list[bytes]:
    return [rebuild_body(folder, line) for line in read_manifest(manifest) if isinstance(line, LandedPage)]


def objects(folder: Path) -> set[Path]:
    return {path for path in (folder / "objects").rglob("*") if path.is_file()}


@st.composite
def build_pages(draw: st.DrawFn) -> Page:
    # The byte 0 stands for a stamp in the landing; the envelope refuses pages that hold one (tested there).
    body = bytes(draw(st.lists(st.integers(1, 255), max_size=60)))
    cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=8)))
    spans = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        inner = sorted(draw(st.lists(st.integers(start, end), min_size=2, max_size=2)))
        has_stamp = draw(st.booleans()) and all(byte < 0x80 for byte in body[inner[0] : inner[1]])
        spans.append(RecordSpan(start, end, *inner) if has_stamp else RecordSpan(start, end))
    return page(body, *spans)


@settings(max_examples=60)
@given(st.lists(build_pages(), min_size=1, max_size=3))
def test_any_page_comes_back_byte_for_byte(pages: list[Page]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        assert rebuild(folder, land(folder, 1, *pages)) == [one.body for one in pages]


def test_two_nights_that_differ_in_their_stamps_alone_store_nothing_new(tmp_path: Path) -> None:
    first = land(tmp_path, 1, stamped("2026-02-10", "2026-02-10"))
    before = objects(tmp_path)
    second = land(tmp_path, 2, stamped("2026-02-11", "2026-02-11"))
    assert objects(tmp_path) == before
    assert rebuild(tmp_path, first) == [stamped("2026-02-10", "2026-02-10").body]
    assert rebuild(tmp_path, second) == [stamped("2026-02-11", "2026-02-11").body]


@pytest.mark.parametrize("stamps", [("2026-02-10", "2026-02-11"), ("", ""), ("", "x"), ("x",), ()])
def test_stamps_that_differ_within_a_page_come_back_each_in_its_place(tmp_path: Path, stamps: tuple[str, ...]) -> None:
    one = stamped(*stamps)
    assert rebuild(tmp_path, land(tmp_path, 1, one)) == [one.body]


def test_records_with_and_without_a_stamp_come_back_each_as_it_was(tmp_path: Path) -> None:
    both = stamped("2026-02-10", "2026-02-10")
    bare = page(both.body, both.records[0], RecordSpan(both.records[1].start, both.records[1].end))
    assert rebuild(tmp_path, land(tmp_path, 1, bare)) == [both.body]


def test_a_record_is_known_again_by_its_hash_whatever_its_stamp_and_page(tmp_path: Path) -> None:
    landing = Landing(tmp_path, 1)
    first = landing.store(stamped("2026-02-10", "2026-02-10"))
    second = landing.store(stamped("2026-02-11"))
    landing.seal()
    assert second == first[:1]
    assert first[0] != first[1]


def test_a_changed_record_has_another_hash(tmp_path: Path) -> None:
    landing = Landing(tmp_path, 1)
    one, two = page(b"[a]", RecordSpan(1, 2)), page(b"[b]", RecordSpan(1, 2))
    assert landing.store(one) != landing.store(two)
    landing.seal()


def test_a_page_without_records_stands_in_the_manifest(tmp_path: Path) -> None:
    body = bytes(range(256))
    assert rebuild(tmp_path, land(tmp_path, 1, page(body))) == [body]
    assert not (tmp_path / "objects").exists()


def test_notes_and_pages_come_back_in_order(tmp_path: Path) -> None:
    landing = Landing(tmp_path, 1)
    landing.note("release", data_timestamp="2026-02-10T09:00:05")
    landing.store(stamped("2026-02-10"))
    landing.note("probe", nct_id="NCT99000101", answer="not_found")
    landing.seal()
    lines = list(read_manifest(find_manifests(tmp_path)[1]))
    assert [type(line) for line in lines] == [LandedNote, LandedPage, LandedNote]
    assert lines[2] == LandedNote("probe", {"nct_id": "NCT99000101", "answer": "not_found"})


def test_the_manifest_of_a_run_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    landing = Landing(tmp_path, 7)
    landing.store(stamped("2026-02-10"))
    landing.note("probe", answer="x")
    landing.release()
    (open_manifest,) = find_manifests(tmp_path).values()
    assert open_manifest.is_open
    assert len(list(read_manifest(open_manifest))) == 2
    assert rebuild(tmp_path, open_manifest) == [stamped("2026-02-10").body]


def test_a_sealed_manifest_leaves_no_open_one(tmp_path: Path) -> None:
    sealed = land(tmp_path, 7, stamped("2026-02-10"))
    assert list((tmp_path / "runs").iterdir()) == [sealed.path]


def test_a_line_that_was_being_written_when_the_power_went_hides_none_before_it(tmp_path: Path) -> None:
    landing = Landing(tmp_path, 7)
    landing.note("first", answer="x")
    landing.store(stamped("2026-02-10"))
    (open_manifest,) = (tmp_path / "runs").iterdir()
    landing.release()
    open_manifest.write_bytes(open_manifest.read_bytes()[:-9])
    lines = read_manifest(find_manifests(tmp_path)[7])
    assert next(lines) == LandedNote("first", {"answer": "x"})
    with pytest.raises((StopIteration, WarehouseError)):
        next(lines)


def test_a_missing_object_is_named(tmp_path: Path) -> None:
    manifest = land(tmp_path, 1, stamped("2026-02-10"))
    for path in objects(tmp_path):
        path.unlink()
    with pytest.raises(WarehouseError, match=r"landing: .* cannot be read"):
        rebuild(tmp_path, manifest)


@settings(max_examples=40)
@given(st.data())
def test_any_damage_of_an_object_is_noticed(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = stamped("2026-02-10", "2026-02-10")
        manifest = land(folder, 1, one)
        path = data.draw(st.sampled_from(sorted(objects(folder), key=lambda path: path.stat().st_size)))
        whole = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] ^= data.draw(st.integers(1, 255))
        path.write_bytes(whole)
        # Some bytes of a gzip header mean nothing: then the page comes back whole.
        with contextlib.suppress(WarehouseError):
            assert rebuild(folder, manifest) == [one.body]


@pytest.mark.parametrize("size", [0, 1, 10, 25])
def test_an_object_cut_short_is_noticed(tmp_path: Path, size: int) -> None:
    manifest = land(tmp_path, 1, stamped("2026-02-10"))
    for path in objects(tmp_path):
        path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(WarehouseError):
        rebuild(tmp_path, manifest)


def test_the_same_pages_make_the_same_files_byte_for_byte(tmp_path: Path) -> None:
    manifests = [land(tmp_path / name, 1, stamped("2026-02-10")) for name in ("a", "b")]
    assert manifests[0].path.read_bytes() == manifests[1].path.read_bytes()
    left, right = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in objects(tmp_path / name)} for name in "ab"
    )
    assert left == right


def land_whole(folder: Path, run_id: int, one: Page) -> Manifest:
    landing = Landing(folder, run_id)
    landing.store_whole(one)
    landing.seal()
    return find_manifests(folder)[run_id]


def test_records_of_a_page_kept_as_one_object_are_not_kept_again(tmp_path: Path) -> None:
    first, second = stamped("2026-02-10", "2026-02-10"), stamped("2026-02-11", "2026-02-11")
    whole = land_whole(tmp_path, 1, first)
    before = objects(tmp_path)
    again = land(tmp_path, 2, second)
    (skeleton,) = objects(tmp_path) - before
    (line,) = [line for line in read_manifest(again) if isinstance(line, LandedPage)]
    assert skeleton.stem == line.skeleton
    assert rebuild(tmp_path, whole) == [first.body]
    assert rebuild(tmp_path, again) == [second.body]
    (kept,) = before
    assert set(list_parts(tmp_path, line)) == {line.skeleton, kept.stem}


def test_a_page_packed_elsewhere_is_kept_as_one_packed_here_and_mended_where_it_was_damaged(tmp_path: Path) -> None:
    one = stamped("2026-02-10", "2026-02-10")
    manifests = [land_whole(tmp_path / "here", 1, one)]
    bare = msgspec.structs.replace(one, body=b"", records=())
    for run_id in (1, 2):
        landing = Landing(tmp_path / "there", run_id)
        names = landing.store_whole(bare, pack_page(one.body, one.records))
        landing.seal()
        (kept,) = objects(tmp_path / "there")
        assert landing.mended == ([] if run_id == 1 else [kept.stem])
        assert kept.read_bytes() == next(iter(objects(tmp_path / "here"))).read_bytes()
        assert len(names) == 2
        kept.write_bytes(kept.read_bytes()[:-3])
    landing = Landing(tmp_path / "there", 3)
    landing.store_whole(bare, pack_page(one.body, one.records))
    landing.seal()
    manifests += find_manifests(tmp_path / "there").values()
    assert [rebuild(tmp_path / "here", manifests[0]), *(rebuild(tmp_path / "there", it) for it in manifests[1:])] == [
        [one.body]
    ] * 4


def test_what_an_index_that_was_torn_told_is_kept_again(tmp_path: Path) -> None:
    one = stamped("2026-02-10", "2026-02-10")
    land_whole(tmp_path, 1, one)
    (index,) = (tmp_path / "wholes").iterdir()
    index.write_bytes(b"")
    before = objects(tmp_path)
    again = land(tmp_path, 2, one)
    assert len(objects(tmp_path) - before) == 3
    assert rebuild(tmp_path, again) == [one.body]


def test_a_page_kept_as_one_object_that_never_came_to_the_disk_has_no_index(tmp_path: Path) -> None:
    landing = Landing(tmp_path, 1)
    landing.store_whole(stamped("2026-02-10"))
    landing.release()
    assert not (tmp_path / "wholes").exists()


def test_a_record_that_changed_is_told_by_its_form_of_before(tmp_path: Path) -> None:
    words = [str(pow(3, number, 10**9 + 7)) for number in range(400)]  # what no packing makes much smaller
    texts = [" ".join([*words, last]).encode() for last in ("old", "new")]
    old, new = (page(text, RecordSpan(0, len(text))) for text in texts)
    landing = Landing(tmp_path, 1)
    (name,) = landing.store(old)
    landing.store(new, [name])
    landing.seal()
    assert [path.suffix for path in objects(tmp_path)].count(".delta") == 1
    assert rebuild(tmp_path, find_manifests(tmp_path)[1]) == [old.body, new.body]
