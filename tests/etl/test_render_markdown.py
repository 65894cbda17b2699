"""The letter as Markdown: read as a person reads it, and safe whatever stands in the records."""

from __future__ import annotations

import datetime as dt
import html
import re
import urllib.parse
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from syrupy.assertion import SnapshotAssertion

from etl.digest import Facts
from etl.escaping import escape_markdown
from etl.letter.trials import MOST_WHOLE
from etl.render_markdown import render_markdown
from models.change import Weight
from tests.etl.every_change import EVERY, LETTERS, OTHERS, gather_every
from tests.etl.facts import (
    CATCH_UP,
    DEAD_SOURCE,
    QUIET,
    RICH,
    Row,
    change,
    check,
    feb,
    gather,
    move,
    older,
    paper,
    trial,
    write,
)
from tests.etl.golden import open_golden
from tests.etl.hostile import HOSTILE, WORST, poison, spoil_rows

HOSTS = {"clinicaltrials.gov", "pubmed.ncbi.nlm.nih.gov"}
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
NCT = "NCT99000101"
ALL_CHANGES = {**LETTERS, "others": OTHERS}


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """The golden files of this module (the shared fixture `snapshot` is another thing)."""
    return open_golden(request, "md")


def render(facts: Facts, minimum_weight: Weight = "medium") -> str:
    return render_markdown(write(facts, minimum_weight), minimum_weight)


def read(text: str) -> Iterator[Token]:
    """Yield every token of a text, those inside lines too."""
    for token in READER.parse(text):
        yield token
        yield from token.children or []


def skeleton(text: str) -> list[str]:
    """Return what a letter is made of, without its words."""
    return [token.type for token in read(text) if token.type not in ("text", "text_special")]


def words(text: str) -> str:
    """Return what a reader sees of a text."""
    return "".join(
        token.content if token.type in ("text", "text_special", "code_inline", "html_inline") else "\n"
        for token in read(text)
        if not token.children
    )


def find_links(text: str) -> list[str]:
    return [str(token.attrs["href"]) for token in read(text) if token.type == "link_open"]


def assert_harmless(text: str) -> None:
    types = {token.type for token in read(text)}
    assert not types & {
        "html_inline",
        "html_block",
        "image",
        "fence",
        "code_block",
        "code_inline",
        "table_open",
        "s_open",
    }
    for link in find_links(text):
        address = urllib.parse.urlsplit(link)
        assert (address.scheme, address.netloc) in {("https", host) for host in HOSTS}, link
    assert not re.search(r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)


# Golden letters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rich", "quiet", "dead_source", "first_night", "no_run", "many", *LETTERS])
def test_a_letter_reads_as_its_golden_file(golden: SnapshotAssertion, name: str) -> None:
    facts = {
        "rich": RICH,
        "quiet": QUIET,
        "dead_source": DEAD_SOURCE,
        "first_night": gather(
            counts={"trials_now_tracked": 312, "papers_now_tracked": 57},
            nights=[{"night": feb(15), "first_night": feb(15)}],
        ),
        "no_run": gather(nights=[], checks=[]),
        "many": gather_every(EVERY),
        **{letter: gather_every(rows) for letter, rows in LETTERS.items()},
    }[name]
    text = render(facts, "low" if name in LETTERS else "medium")
    assert_harmless(text)
    assert text == golden


def test_a_letter_of_three_weeks_reads_as_its_golden_file(golden: SnapshotAssertion) -> None:
    text = render_markdown(CATCH_UP, "medium")
    assert_harmless(text)
    assert text == golden


@pytest.mark.parametrize("facts", [RICH, QUIET, DEAD_SOURCE], ids=["rich", "quiet", "dead"])
def test_the_same_letter_is_the_same_bytes(facts: Facts) -> None:
    assert render(facts) == render(facts)


@pytest.mark.parametrize(
    "facts",
    [
        QUIET,
        gather(checks=[check("pubmed", last_read_on=feb(12), failed_nights=[feb(13), feb(14), feb(15)])]),
        gather(older=[older(NCT, 1, 0, 2021, 2021)]),
        gather(nights=[]),
        RICH,
        DEAD_SOURCE,
    ],
    ids=["quiet", "quiet_incomplete", "quiet_older", "no_run", "rich", "dead"],
)
def test_headings_are_those_that_were_meant(facts: Facts) -> None:
    tokens = READER.parse(render(facts))
    heads = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "heading_open"]
    levels = [token.tag for token in tokens if token.type == "heading_open"]
    assert levels[0] == "h1"
    assert levels.count("h1") == 1
    # A line above the closing rule would become a heading of its own.
    assert all(len(head) < 60 and not head.endswith(".") for head in heads)
    assert sum(token.type == "hr" for token in tokens) == 1


def test_a_trial_and_a_paper_are_linked_once() -> None:
    links = find_links(render(RICH))
    assert len(links) == len(set(links)) == 8 + 2 + 6


def test_a_chain_of_moves_reads_from_the_first_to_the_last() -> None:
    assert "**Recruiting → Suspended → Recruiting**, there and back [NCT99000130]" in render(RICH)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("RECRUITING", "WITHDRAWN", "before anyone enrolled"),
        ("RECRUITING", "UNKNOWN", "Set by the registry"),
        ("RECRUITING", "TERMINATED", "No reason in the record"),
    ],
)
def test_a_status_is_told_in_the_words_agreed(old: str, new: str, said: str) -> None:
    text = render(gather(trials=[trial(NCT)], changes=[move(NCT, old, new)]))
    assert said.lower() in text.lower()
    assert not re.search(r"failed|halted|promising|positive|readout|deleted", text, re.IGNORECASE)


def test_a_status_set_by_the_registry_claims_no_sponsors_date() -> None:
    row = move(NCT, "RECRUITING", "UNKNOWN", source_submit_date=None, source_post_date=None)
    text = render(gather(trials=[trial(NCT)], changes=[row]))
    assert "Sponsor dated" not in text
    assert "11 Feb 2026" in text


def test_a_trial_that_left_the_registry_is_told_without_the_word_deleted() -> None:
    row = change(NCT, "registry_state", "gone", "missing", "gone")
    text = render(gather(trials=[trial(NCT)], changes=[row]))
    assert NCT in text
    assert "deleted" not in text.lower()


def test_a_source_that_was_not_read_is_named_however_much_else_there_is_to_say() -> None:
    facts = gather(
        checks=[
            check("clinicaltrials", unproved=[f"target:a target with a long name {number}" for number in range(40)]),
            check("pubmed", last_read_on=feb(12), failed_nights=[feb(13), feb(14), feb(15)]),
        ]
    )
    health = render(facts).rpartition("---")[0]
    assert "PubMed stale since 12 Feb 2026" in health


def test_both_sources_are_named_where_neither_was_read_for_weeks() -> None:
    nights = [dt.date(2026, 1, 19) + dt.timedelta(days=number) for number in range(28)]
    facts = gather(
        checks=[check(name, last_read_on=None, failed_nights=nights) for name in ("clinicaltrials", "pubmed")]
    )
    band = render(facts).partition("> **Incomplete.**")[2].partition("\n\n")[0]
    assert "ClinicalTrials.gov was not read" in band
    assert "PubMed was not read" in band
    assert "next letter" in band


def test_a_quiet_letter_that_could_not_read_everything_does_not_claim_it_did() -> None:
    text = render(gather(checks=[check("pubmed", last_read_on=feb(12), failed_nights=[feb(13)])]))
    assert "were proved on all" not in text
    assert "that were read" in text


# Hostile texts -------------------------------------------------------------------------------------------------------


@WORST
def test_no_text_of_a_record_becomes_markup_or_leads_elsewhere(hostile: str) -> None:
    text = render_markdown(poison(hostile), "medium")
    assert_harmless(text)
    assert len(find_links(text)) == 6
    assert len(text) < 20_000


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in ("empty", "blank", "invisible")])
def test_a_hostile_letter_is_built_like_a_harmless_one(name: str) -> None:
    harmless = render_markdown(poison("harmless words " * (1000 if len(HOSTILE[name]) > 1000 else 1)), "medium")
    assert skeleton(render_markdown(poison(HOSTILE[name]), "medium")) == skeleton(harmless)


@WORST
def test_a_text_alone_on_its_line_is_one_paragraph_that_says_what_the_text_says(hostile: str) -> None:
    escaped = escape_markdown(hostile)
    assert "\n" not in escaped
    if not escaped:
        return
    assert skeleton(escaped) == ["paragraph_open", "inline", "paragraph_close"]
    hidden = re.compile(
        r"[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\U000e0041\s]+"
    )
    # A source's entities are read: what they stand for is shown, as text; half a character is shown as one missing.
    read = re.sub(r"[\ud800-\udfff]", "\ufffd", html.unescape(html.unescape(hostile)))
    read = re.sub(r"([\u0300-\u036f]{3})[\u0300-\u036f]+", r"\1", read)  # no more accents than a language has
    said, meant = (hidden.sub("", one) for one in (words(escaped), read))
    assert said == meant or (len(said) <= 300 and said.endswith("…") and meant.startswith(said[:-1]))


@settings(max_examples=150)
@given(st.text(st.sampled_from("ab1 .\\`*_{}[]()#+-!<>=~|&;:/\"'\n\t\r\u2028\u202e\u200b@x"), max_size=30))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    escaped = escape_markdown(text)
    before, after = f"- [a](https://clinicaltrials.gov/x) {escaped}\\\n  {escaped} b", f"*{escaped}* c"
    assert set(skeleton(before)) <= {
        "bullet_list_open", "list_item_open", "paragraph_open", "inline", "link_open", "link_close", "hardbreak",
        "softbreak", "paragraph_close", "list_item_close", "bullet_list_close",
    }  # fmt: skip
    assert len(find_links(before)) == 1
    assert not {"html_inline", "html_block", "link_open", "code_inline"} & set(skeleton(after))


@pytest.mark.parametrize(
    "address", ["https://evil.example", "HTTP://evil.example", "www.evil.example", "ftp://evil.example"]
)
@pytest.mark.parametrize("before", ["", "see ", "(", "*", "_", "~", '"', ">", "x_"])
def test_a_bare_address_is_broken_so_that_github_links_none(before: str, address: str) -> None:
    escaped = escape_markdown(before + address)
    # GitHub links an address at the start, after a blank, or after one of * _ ~ (.
    assert not re.search(r"(?i)(^|[\s*_~(\\])(https?://|ftp://|www\.)", escaped)


@pytest.mark.parametrize("name", ["evil.example", "see evil.example/x", "a-b.co", "x.y.museum", "Evil.Example"])
def test_a_bare_host_is_broken_so_that_no_mail_program_links_it(name: str) -> None:
    assert not re.search(r"(?i)[a-z0-9]\.[a-z]{2,}", escape_markdown(name))


@pytest.mark.parametrize("name", ["CSPC Co.,Ltd.", "M.D. Anderson", "of 12.5 mg", "e.g. this", "ClinicalTrials.gov"])
def test_a_dot_that_makes_no_host_stays_as_it_is(name: str) -> None:
    assert escape_markdown(name) == name


def test_a_long_text_is_cut_and_says_so() -> None:
    assert escape_markdown("x" * 300) == "x" * 300
    assert escape_markdown("x" * 301) == "x" * 299 + "…"


def assert_built_as_meant(rows: list[Row]) -> None:
    text = render(gather_every(rows), "low")
    assert_harmless(text)
    trials = len({row["nct_id"] for row in rows})
    # One item a trial, one of the summary, none that a text of a record began.
    assert skeleton(text).count("list_item_open") == trials + 1
    links = [link for link in find_links(text) if "clinicaltrials.gov" in link]
    assert len(links) == len(set(links)) == trials
    tokens = READER.parse(text)
    opened = [place for place, token in enumerate(tokens) if (token.type, token.tag) == ("heading_open", "h2")]
    heads = {tokens[place + 1].content for place in opened}
    assert {"LAG-3", "Health"} <= heads <= {"LAG-3", "Left out", "Health"}
    assert not re.search(r"\n\s*\n {2}", text)  # a paragraph of its own inside an item


@WORST
@pytest.mark.parametrize("letter", ALL_CHANGES)
def test_no_text_in_any_kind_of_change_becomes_markup_or_an_item_of_its_own(letter: str, hostile: str) -> None:
    assert_built_as_meant(spoil_rows(ALL_CHANGES[letter], hostile))


@pytest.mark.parametrize("letter", ALL_CHANGES)
@settings(max_examples=15)
@given(text=st.text(st.sampled_from("ab1 .,\\`*_{}[]()#+-!<>=~|&;:/\"'\n\t\r\u2028\u202e\u200b@x"), max_size=30))
def test_any_text_in_any_kind_of_change_is_shown_as_it_is(letter: str, text: str) -> None:
    assert_built_as_meant(spoil_rows(ALL_CHANGES[letter], text))


@pytest.mark.parametrize("letter", ALL_CHANGES)
def test_no_change_is_long_in_a_letter_however_long_it_is_in_the_record(letter: str) -> None:
    rows = [
        row | {"nct_id": f"NCT990004{number:02}"}
        for number, row in enumerate(spoil_rows(ALL_CHANGES[letter], "long words " * 1000))
    ]
    for start in range(0, len(rows), MOST_WHOLE):
        text = render(gather_every(rows[start : start + MOST_WHOLE]), "low")
        assert max(map(len, text.split("\n- "))) < 1_500


# Values the registry sends as codes are texts from outside too: nothing checks them on their way in.
CODES = pytest.mark.parametrize("code", ["<b>X</b>", "[x](https://evil.example)", "X_Y\n\n# Z", "\u202eX"])


@CODES
def test_a_status_nobody_has_documented_is_shown_and_not_obeyed(code: str) -> None:
    rows = [move(NCT, "RECRUITING", "TERMINATED"), {**move(NCT, "TERMINATED", "RECRUITING"), "new_value": code}]
    assert_harmless(render(gather(trials=[trial(NCT)], changes=rows)))
    assert_harmless(render(gather(trials=[trial(NCT, status=code)], new_trials=[{"nct_id": NCT}])))


@CODES
def test_a_phase_nobody_has_documented_is_shown_and_not_obeyed(code: str) -> None:
    row = change(NCT, "start_date", "slipped", "2026-06", "2027-03")
    assert_harmless(render(gather(trials=[trial(NCT, phases=[f"PHASE{code}"])], changes=[row])))


@CODES
def test_a_type_of_date_nobody_has_documented_is_shown_and_not_obeyed(code: str) -> None:
    row = change(NCT, "start_date", "slipped", "2026-06", "2027-03", old_type=code, new_type=code)
    assert_harmless(render(gather(trials=[trial(NCT)], changes=[row])))


@pytest.mark.parametrize("number", ["NCT99000101](https://evil.example) [x", "<b>NCT99000101</b>"])
def test_a_number_that_is_none_leads_nowhere_else(number: str) -> None:
    row = change(number, "start_date", "slipped", "2026-06", "2027-03")
    assert_harmless(render(gather(trials=[trial(number)], changes=[row])))


@pytest.mark.parametrize("number", ["99000040](https://evil.example) [x", "<b>1</b>", "[x](https://evil.example)"])
def test_a_notices_number_that_is_none_leads_nowhere_else(number: str) -> None:
    assert_harmless(render(gather(papers=[paper("99000031", kind="retracted", related_pmid=number)])))
    assert_harmless(render(gather(papers=[paper("99000031", nct_ids=[number])])))


def test_an_abstract_never_stands_in_a_letter() -> None:
    fields = {
        field
        for one in write(RICH).sections
        for paper_item in one.papers
        for field in msgspec.structs.asdict(paper_item)
    }
    assert fields
    assert not any("abstract" in field for field in fields)
