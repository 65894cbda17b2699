"""`trialwatch adopt` as a user meets it: files that a run and the review can read, refusals that say what to do."""

from __future__ import annotations

import datetime as dt
import functools
import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from dags.adopting import CLAIMS, POINTS, WATCHLIST, Wish, adopt
from dags.cli import app
from dags.inputs import Inputs, read_inputs
from dags.sample.world import World
from etl.tagging import Tagger, build_tagger
from models.errors import ConfigurationError, TrialwatchError
from models.review import parse_reviews
from models.vocabulary import Vocabulary

TEXT = Path(__file__).parent.parent / "etl/adopted/review.txt"
CLOCK = dt.datetime(2026, 2, 13, 12)  # noqa: DTZ001  instants are UTC without saying so, as in the warehouse
SENTENCE = "Relatlimab blocks LAG-3 (NCT99000101) with nivolumab. SAMPLE-22 has no number.\n"


def write(folder: Path, body: bytes | str, name: str = "text.txt") -> str:
    file = folder / name
    file.write_bytes(body.encode() if isinstance(body, str) else body)
    return str(file)


@functools.cache
def build_once(_: str) -> list[Tagger]:
    return []


@pytest.fixture(autouse=True)
def tagger_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tagger of a vocabulary is built once for all tests: that takes seconds."""

    def build(vocabulary: Vocabulary) -> Tagger:
        kept = build_once(vocabulary.version)
        kept += [] if kept else [build_tagger(vocabulary)]
        return kept[0]

    monkeypatch.setattr("dags.adopting.build_tagger", build)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a watchlist, to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_written_is_what_a_run_reads(alone: Path) -> None:
    source = write(alone, TEXT.read_bytes(), "review.txt")
    adopted = adopt(Wish(source=source, config=None, printed=dt.date(2025, 6, 30)), CLOCK)
    folder = Path("adopted-review")
    assert [file.name for file in adopted.files] == [WATCHLIST, CLAIMS, POINTS]
    inputs = read_inputs(folder / WATCHLIST, environment={})
    watched = {item.item_id for item in inputs.items}
    assert {f"trial:{nct_id}" for nct_id in adopted.adoption.nct_ids} <= watched
    assert {"agent:oleclumab", "target:RIG-I", "article:99000001"} <= watched
    assert not any(item.name == "nivolumab" for item in inputs.items)
    (review,) = inputs.reviews
    assert review.printed == dt.date(2025, 6, 30)
    assert {claim.state for claim in review.claims} == {"unsorted"}
    assert {nct_id for claim in review.claims for nct_id in claim.trials} == set(adopted.adoption.nct_ids)
    assert all(
        line.split("# ")[1].startswith("line ")
        for line in (folder / WATCHLIST).read_text().splitlines()
        if '"NCT' in line
    )
    assert "xyzolimab" in (folder / POINTS).read_text()


def test_files_that_are_there_stay_unless_it_is_forced(alone: Path) -> None:
    source = write(alone, SENTENCE)
    folder = alone / "out"
    wish = Wish(source=source, config=None, folder=folder)
    adopt(wish, CLOCK)
    (folder / CLAIMS).write_text("mine")
    (folder / WATCHLIST).unlink()
    with pytest.raises(ConfigurationError, match=r"claims.toml, .*open.md: there already; nothing was written"):
        adopt(wish, CLOCK)
    assert (folder / CLAIMS).read_text() == "mine"
    assert not (folder / WATCHLIST).exists()
    adopt(msgspec.structs.replace(wish, is_forced=True), CLOCK)
    assert parse_reviews({CLAIMS: (folder / CLAIMS).read_bytes()})
    assert sorted(file.name for file in folder.iterdir()) == sorted([WATCHLIST, CLAIMS, POINTS])


@pytest.mark.parametrize(
    ("body", "message", "hint"),
    [
        (b"%PDF-1.7\n\xe2\xe3", "is a PDF", "pdftotext -layout"),
        (b"PK\x03\x04word", "as Word and OpenDocument", "save it as text"),
        (b"{\\rtf1 x}", "is RTF", "save it"),
        (b"\x1f\x8b\x08", "gzip", "gzip -d"),
        (b"", "holds no text", "ocrmypdf"),
        (b"\x0c\x0c\n", "holds no text", "ocrmypdf"),
        (b"NCT99000101\x00\x01", "control characters", "save it"),
        (b"\x81\x8d NCT99000101", "neither UTF-8 nor Windows-1252", "iconv"),
        (b'<html><meta charset="x-none">NCT99000101', "x-none is not known", "iconv"),
        (b'<html><meta charset="utf-8">\xff NCT99000101', "invalid start byte", "iconv"),
    ],
)
def test_what_is_no_text_is_refused_with_a_remedy(body: bytes, message: str, hint: str, alone: Path) -> None:
    with pytest.raises(ConfigurationError, match=message) as refusal:
        adopt(Wish(source=write(alone, body), config=None), CLOCK)
    assert hint in refusal.value.hint
    assert list(alone.iterdir()) == [alone / "text.txt"]


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("\ufeff" + SENTENCE, ""),
        (SENTENCE.encode("utf-16"), ""),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><p>\xb5 ' + SENTENCE.encode(), ""),
        (b"caf\xe9 " + SENTENCE.encode(), "read as Windows-1252"),
    ],
    ids=["mark", "utf-16", "declared", "guessed"],
)
def test_other_encodings_are_read_and_a_guess_is_said(body: bytes | str, note: str, alone: Path) -> None:
    adopted = adopt(Wish(source=write(alone, body), config=None, printed=CLOCK.date()), CLOCK)
    assert adopted.adoption.nct_ids == ("NCT99000101",)
    assert [one for one in adopted.notes if note in one] == list(adopted.notes)
    assert bool(adopted.notes) == bool(note)


def test_a_text_that_names_nothing_writes_nothing(alone: Path) -> None:
    with pytest.raises(TrialwatchError, match="names no trial, agent or target") as refusal:
        adopt(Wish(source=write(alone, "Fine weather."), config=None), CLOCK)
    assert refusal.value.exit_code == 1
    assert list(alone.iterdir()) == [alone / "text.txt"]


def test_standard_input_and_json(alone: Path) -> None:
    result = CliRunner().invoke(app, ["adopt", "-", "--format", "json", "--condition", "lung"], input=SENTENCE)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [one["nct_id"] for one in found["trials"]] == ["NCT99000101"]
    assert [one["text"] for one in found["points"]] == ["SAMPLE-22"]
    written = tomllib.loads((alone / "adopted-standard-input" / WATCHLIST).read_text())
    assert written["watch"]["condition"] == "lung"
    assert written["watch"]["agents"] == ["relatlimab"]
    assert "to do" in (alone / "adopted-standard-input" / CLAIMS).read_text()


def test_hostile_text_stays_text(alone: Path) -> None:
    body = 'Relatlimab """ \\u0000 \x1b[31m # ] [x](javascript:1) (NCT99000101) "quoted" \u2028 <b>LAG-3</b>.\n'
    adopted = adopt(Wish(source=write(alone, body, 'a "name".txt'), config=None), CLOCK)
    assert read_inputs(adopted.files[0], environment={}).items
    assert "\x1b" not in "".join(file.read_text() for file in adopted.files)


def test_a_paper_is_adopted_by_its_number_with_the_vocabulary_of_its_watchlist(
    sample_inputs: Inputs, sample_world: World, first_night: Callable[[Inputs, World], None], tmp_path: Path
) -> None:
    first_night(sample_inputs, sample_world)
    wish = Wish(source="99000001", config=sample_inputs.file, folder=tmp_path / "adopted")
    adopted = adopt(wish, CLOCK)
    assert adopted.adoption.articles[0][0] == "99000001"
    inputs = read_inputs(adopted.files[0], environment={})
    assert "article:99000001" in {item.item_id for item in inputs.items}
    assert inputs.reviews[0].pmid == "99000001"
    with pytest.raises(ConfigurationError, match="PMID 99999999 is not in the warehouse") as refusal:
        adopt(Wish(source="99999999", config=sample_inputs.file), CLOCK)
    assert "watch add 99999999" in refusal.value.hint
