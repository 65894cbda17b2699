"""The text twin of the mail: 72 columns, an address a line, and nothing in it that a record could have put there."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from etl.escaping import break_links
from etl.render_text import WIDTH, render_text
from models.digest import Digest
from tests.etl.every_change import EVERY, LETTERS, OTHERS, gather_every
from tests.etl.facts import CATCH_UP, DEAD_SOURCE, QUIET, RICH, change, gather, move, trial, write
from tests.etl.golden import open_golden
from tests.etl.hostile import ANY_TEXT, HOSTILE, WORST, poison, spoil_rows

LETTERS_OF_WEEKS: dict[str, Digest] = {
    "rich": write(RICH),
    "quiet": write(QUIET),
    "dead_source": write(DEAD_SOURCE),
    "catch_up": CATCH_UP,
    "many": write(gather_every(EVERY)),
}
_HARM = re.compile(
    r"[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200d-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_ADDRESS = re.compile(r" {2}https://(clinicaltrials\.gov/study/NCT[0-9]{8}|pubmed\.ncbi\.nlm\.nih\.gov/[0-9]{1,8}/)")


def assert_plain(text: str) -> None:
    assert text.endswith("\n")
    for line in text.removesuffix("\n").split("\n"):
        assert len(line) <= WIDTH, line
        assert not _HARM.search(line), line
        if "https://" in line:
            assert _ADDRESS.fullmatch(line), line
        else:
            assert break_links(line.replace("\N{ZERO WIDTH NON-JOINER}", "")) == line
    text.encode()


@pytest.mark.parametrize("name", LETTERS_OF_WEEKS)
def test_a_letter_reads_as_its_golden_file(request: pytest.FixtureRequest, name: str) -> None:
    text = render_text(LETTERS_OF_WEEKS[name], "medium")
    assert_plain(text)
    assert text == open_golden(request, "txt")


def test_the_same_letter_is_the_same_bytes() -> None:
    assert render_text(write(RICH), "medium") == render_text(write(RICH), "medium")


def test_each_trial_and_paper_has_its_address_once() -> None:
    addresses = re.findall(r"https://\S+", render_text(write(RICH), "medium"))
    assert len(addresses) == len(set(addresses)) == 8 + 2 + 6


def test_a_quiet_week_is_three_lines_between_head_and_foot() -> None:
    head, quiet, foot = render_text(write(QUIET), "medium").split("\n\n")
    assert (len(head.splitlines()), len(quiet.splitlines())) == (1, 3)
    assert foot.startswith("-- \nSources:")


def test_a_text_with_entities_is_shown_as_it_was_meant() -> None:
    rows = [change("NCT99000101", "results", "posted", "false", "true")]
    facts = gather(trials=[trial("NCT99000101", title="Smith &amp; Co: p &lt; 0.05 & R&D")], changes=rows)
    assert "Smith & Co: p < 0.05 & R&D" in render_text(write(facts), "medium")


@WORST
def test_no_text_of_a_record_begins_a_line_of_its_own_or_an_address(hostile: str) -> None:
    text = render_text(poison(hostile), "medium")
    assert_plain(text)
    assert len(text) < 20_000


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in ("empty", "blank", "invisible")])
def test_a_hostile_letter_has_the_parts_of_a_harmless_one(name: str) -> None:
    parts = [render_text(poison(text), "medium").split("\n\n") for text in (HOSTILE[name], "harmless words")]
    assert len(parts[0]) == len(parts[1])


@settings(max_examples=60)
@given(text=ANY_TEXT)
def test_any_text_harms_nothing(text: str) -> None:
    assert_plain(render_text(poison(text), "medium"))


@WORST
def test_no_text_in_any_kind_of_change_harms_the_letter(hostile: str) -> None:
    for rows in (*LETTERS.values(), OTHERS):
        assert_plain(render_text(write(gather_every(spoil_rows(rows, hostile)), "low"), "low"))


def test_a_sponsor_that_ends_in_a_dot_gets_no_second_one() -> None:
    changes = [move("NCT99000130", "RECRUITING", "TERMINATED")]
    facts = gather(trials=[trial("NCT99000130", sponsor="Invented Co.,Ltd.")], changes=changes)
    assert "Invented Co.,Ltd.\n" in render_text(write(facts), "low")
