"""JSON of any shape is split into its records as json.loads would, however it comes and wherever it is damaged."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import json_records
from extractors.json_records import Gap, Record, Shape, split_records

SHAPE = Shape(re.compile(rb'\{\s*+"(?:study|done)"\s*+:'), b"studies")
# Keys that open a record or hold a page's list are drawn where a test is about them.
KEYS = st.text(max_size=5) | st.sampled_from(["a", "{", "]", '"', "\\", "studies"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS.filter(lambda key: key != "studies"), VALUES, max_size=3)
BUFFERS = st.integers(1, 40)  # bytes: every seam falls somewhere
INDENTS = st.sampled_from([None, 0, 2])


def split(text: bytes, buffer_bytes: int = 7, first: int = 0) -> list[bytes | Gap]:
    found = split_records(io.BytesIO(text[first:]), SHAPE, text[:first], buffer_bytes)
    return [one if isinstance(one, Gap) else one.body for one in found]


def load(records: list[bytes | Gap]) -> list[Any]:
    return [record if isinstance(record, Gap) else json.loads(record) for record in records]


def encode(value: Any, indent: int | None = None, *, is_ascii: bool = True) -> bytes:
    return json.dumps(value, indent=indent, ensure_ascii=is_ascii).encode("utf-8", "replace")


@given(st.lists(VALUES, max_size=6), INDENTS, st.booleans(), BUFFERS)
def test_a_list_is_split_into_its_elements(
    values: list[Any], indent: int | None, is_ascii: bool, buffer_bytes: int
) -> None:
    text = encode(values, indent, is_ascii=is_ascii)
    assert load(split(text, buffer_bytes)) == json.loads(text)


@given(st.lists(VALUES, max_size=5), OBJECTS, st.integers(0, 3), INDENTS, BUFFERS)
def test_a_page_is_split_into_the_elements_of_its_list_wherever_that_stands(
    values: list[Any], others: dict[str, Any], place: int, indent: int | None, buffer_bytes: int
) -> None:
    items = list(others.items())
    items.insert(place, ("studies", values))
    assert load(split(encode(dict(items), indent), buffer_bytes)) == values


@given(st.lists(OBJECTS, max_size=5), st.sampled_from(["\n", "", "\r\n", " \n\n ", ",\n"]), st.integers(0, 50), BUFFERS)
def test_lines_and_values_behind_each_other_are_records_each(
    values: list[Any], between: str, first: int, buffer_bytes: int
) -> None:
    text = between.join(json.dumps(value) for value in values).encode()
    assert load(split(text, buffer_bytes, first)) == values


@given(st.lists(st.lists(OBJECTS, max_size=3), max_size=3), BUFFERS)
def test_pages_behind_each_other_are_one_sequence(pages: list[list[Any]], buffer_bytes: int) -> None:
    text = b"\n".join(encode({"totalCount": 9, "studies": page, "nextPageToken": "x"}) for page in pages)
    assert load(split(text, buffer_bytes)) == [study for page in pages for study in page]


STUDIES = st.lists(
    st.dictionaries(KEYS, VALUES, max_size=3).map(lambda value: {"study": value}), min_size=1, max_size=6
)
LAYOUTS = {
    "list": (b"[", b",", b"]"),
    "lines": (b"", b"\n", b""),
    "page": (b'{"totalCount":3,"studies":[', b",", b'],"nextPageToken":"x"}'),
    "pretty": (b"[\n", b",\n", b"\n]"),
}


@given(STUDIES, st.data(), st.sampled_from(sorted(LAYOUTS)), BUFFERS)
def test_a_record_cut_short_anywhere_costs_itself_alone(
    studies: list[Any], data: st.DataObject, layout: str, buffer_bytes: int
) -> None:
    before, between, after = LAYOUTS[layout]
    texts = [encode(study, 2 if layout == "pretty" else None) for study in studies]
    hurt = data.draw(st.integers(0, len(texts) - 1))
    texts[hurt] = texts[hurt][: data.draw(st.integers(len('{\n  "study":'), len(texts[hurt]) - 1))]
    whole = []
    for record in split(before + between.join(texts) + after, buffer_bytes):
        try:
            whole.append(json.loads(record) if isinstance(record, bytes) else None)
        except ValueError:
            continue
    for place, study in enumerate(studies):
        assert place == hurt or study in whole


@given(st.binary(max_size=200), BUFFERS)
def test_any_bytes_at_all_come_to_an_end(content: bytes, buffer_bytes: int) -> None:
    split(b"[" + content, buffer_bytes)
    split(b'{"studies":[' + content, buffer_bytes)
    split(content, buffer_bytes)


def test_a_list_that_does_not_close_ends_in_a_gap_though_each_record_is_whole() -> None:
    assert split(b'[{"study":1},{"study":2}') == [
        b'{"study":1}',
        b'{"study":2}',
        Gap("it ends before its list does", is_end=True),
    ]


def test_a_record_that_the_file_ends_in_is_a_gap_and_the_end() -> None:
    whole, gap = split(b'[{"study":1},{"study":"ab')
    assert whole == b'{"study":1}'
    assert gap == Gap("the file ends in the middle of it", is_end=True)


def test_what_lies_about_behind_a_broken_page_is_no_record() -> None:
    found = split(b'{"totalCount":"x\n","studies":[{"study":1},{"study":2}],"nextPageToken":"abc"}')
    assert found == [Gap("a line ends inside a text"), b'{"study":1}', b'{"study":2}']


def test_a_record_larger_than_allowed_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "MAX_RECORD_BYTES", 1000)
    large = encode({"study": "x" * 2000})
    found = split(b"[" + large + b"," + encode({"study": 1}) + b"]", 64)
    assert isinstance(found[0], Gap)
    assert "larger" in found[0].reason
    assert found[1:] == [b'{"study": 1}']


def test_no_more_than_the_buffer_and_a_record_is_in_memory() -> None:
    record, records = b'{"study":1},', 100_000

    class Long:
        """Many records; remembers how much of them was asked for at once."""

        def __init__(self) -> None:
            self.largest = 0
            self.given = 0

        def read(self, size: int, /) -> bytes:
            self.largest = max(self.largest, size)
            start, size = self.given % len(record), min(size, records * len(record) - self.given)
            self.given += size
            return (record * (size // len(record) + 2))[start : start + size]

    stream = Long()
    found = sum(isinstance(one, Record) for one in split_records(stream, SHAPE, b"[", 1 << 12))
    assert found == records
    assert stream.largest <= 1 << 13
