"""The letter as HTML mail: whole, harmless, readable in light and dark, and never so large that it is clipped."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from syrupy.assertion import SnapshotAssertion

from etl.chips import LOOKS, find_look
from etl.render_html import LARGEST_HTML, find_widths, render_html
from etl.view.pieces import Cell
from models.digest import GROUPS, Digest
from tests.chromium import EXECUTABLE, Chromium
from tests.etl.every_change import EVERY, LETTERS, OTHERS, gather_every
from tests.etl.facts import CATCH_UP, DEAD_SOURCE, QUIET, RICH, change, gather, move, paper, trial, write
from tests.etl.golden import open_golden
from tests.etl.hostile import ANY_TEXT, HOSTILE, WORST, poison, spoil_rows
from tests.etl.pages import assert_clean, find_links, list_contrasts, measure_contrast, outline, read_page

LETTERS_OF_WEEKS: dict[str, Digest] = {
    "rich": write(RICH),
    "quiet": write(QUIET),
    "dead_source": write(DEAD_SOURCE),
    "catch_up": CATCH_UP,
}
MANY = write(gather_every(EVERY))


def build_huge(trials: int, sections: int = 1) -> Digest:
    """Return a letter of so many stopped trials with long names, spread over some sections."""
    ids = [f"NCT9{number:07}" for number in range(trials)]
    return write(
        gather(
            trials=[
                trial(nct_id, title="A long title " * 20, sponsor="A sponsor " * 10, home=f"T{place % sections}")
                for place, nct_id in enumerate(ids)
            ],
            changes=[move(nct_id, "RECRUITING", "TERMINATED", why_stopped="Words " * 40) for nct_id in ids],
            papers=[paper(f"99{number:06}", title="A long title " * 20) for number in range(trials)],
        )
    )


@pytest.mark.parametrize("name", LETTERS_OF_WEEKS)
def test_a_letter_reads_as_its_golden_file(request: pytest.FixtureRequest, name: str) -> None:
    golden: SnapshotAssertion = open_golden(request, "html")
    text = render_html(LETTERS_OF_WEEKS[name], "medium")
    assert_clean(text)
    assert text == golden


@pytest.mark.parametrize("digest", [*LETTERS_OF_WEEKS.values(), MANY], ids=[*LETTERS_OF_WEEKS, "many"])
def test_the_same_letter_is_the_same_bytes(digest: Digest) -> None:
    assert render_html(digest, "medium") == render_html(digest, "medium")


@pytest.mark.parametrize("digest", [*LETTERS_OF_WEEKS.values(), MANY], ids=[*LETTERS_OF_WEEKS, "many"])
def test_mail_programs_find_what_they_need(digest: Digest) -> None:
    text = render_html(digest, "medium")
    page = read_page(text)
    assert text.startswith("<!DOCTYPE html>")
    assert text.encode().find(b"charset") < 1024
    assert page.get("lang") == "en"
    metas = {meta.get("name"): meta.get("content") for meta in page.iter("meta")}
    assert metas["color-scheme"] == metas["supported-color-schemes"] == "light dark"
    assert all(table.get("role") == "presentation" for table in page.iter("table"))
    # Gmail drops styles that are not inline where it cannot read one of them: only what it may ignore stands there.
    (style,) = page.iter("style")
    assert re.findall(r"@media[^{]+", str(style.text)) == [
        "@media (max-width: 479px) ",
        "@media (prefers-color-scheme: dark) ",
    ]
    assert all(element.get("style") for element in page.xpath("//body//*[@class]"))
    levels = [int(str(element.tag)[1]) for element in page.iter("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("digest", [*LETTERS_OF_WEEKS.values(), MANY], ids=[*LETTERS_OF_WEEKS, "many"])
def test_every_text_has_contrast_to_what_lies_behind_it(digest: Digest) -> None:
    contrasts = dict(list_contrasts(render_html(digest, "medium")))
    assert len(contrasts) > 5
    assert {text: ratio for text, ratio in contrasts.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_chip_is_read_on_light_paper_and_on_dark(look: object) -> None:
    one = find_look("") if look is None else look
    parts = {name: getattr(one, name) for name in ("fill", "text", "edge", "dark_fill", "dark_text", "dark_edge")}
    assert measure_contrast(parts["fill"], parts["text"]) >= 8
    assert measure_contrast(parts["dark_fill"], parts["dark_text"]) >= 8
    assert measure_contrast(parts["edge"], "#FFFFFF") >= 3
    assert measure_contrast(parts["dark_edge"], "#12161C") >= 3


def test_the_colours_of_the_dark_have_contrast_too() -> None:
    (style,) = read_page(render_html(write(RICH), "medium")).iter("style")
    dark = str(style.text).partition("dark)")[2]
    paper = re.search(r"body, \.frame \{ background: (#\w{6})", dark)
    assert paper
    for colour in re.findall(r"(?<!-)color: (#\w{6})", re.sub(r"\{ background[^}]*\}", "", dark)):
        assert measure_contrast(colour, paper[1]) >= 4.5


def test_a_status_is_a_chip_with_its_glyph_and_its_word() -> None:
    page = read_page(render_html(write(RICH), "medium"))
    chips = [(chip.text_content(), chip.get("class")) for chip in page.xpath("//span[contains(@class, 'chip')]")]
    assert chips[:2] == [("●\xa0Recruiting", "chip open"), ("×\xa0Terminated", "chip stopped")]
    assert ("?\xa0Unknown", "chip unsaid") in chips


def test_the_bar_counts_what_the_letter_tells() -> None:
    page = read_page(render_html(write(RICH), "medium"))
    cells = [cell.text_content().replace("\xa0", " ") for cell in page.xpath("//td[contains(@class, 'cell')]")]
    assert cells == ["× 1", "‖ 1", "→ 4", "↔ 1", "+ 1", "¶ 4", "! 2"]
    assert page.xpath("//td[contains(@class, 'cell')]/@width") == ["12%", "12%", "20%", "12%", "12%", "18%", "14%"]


@pytest.mark.parametrize("numbers", [[1], [1, 1], [1, 1000], [500, 1, 1, 1, 1, 1, 1, 1, 1]])
def test_the_cells_of_a_bar_fill_it_and_none_is_too_narrow(numbers: list[int]) -> None:
    widths = find_widths([Cell("×", number, "stopped", "TERMINATED") for number in numbers])
    assert sum(widths) == 100
    assert min(widths) >= 8


def test_the_line_beside_the_subject_is_the_gravest_item() -> None:
    page = read_page(render_html(write(RICH), "medium"))
    (preheader,) = page.xpath("//div[@class='preheader']")
    assert preheader.text_content().startswith("Recruiting → Terminated: NCT99000101")
    assert "display:none" in preheader.get("style")


@pytest.mark.parametrize("letter", [*LETTERS, "others"])
def test_every_kind_of_change_is_told_as_in_the_other_forms(letter: str) -> None:
    digest = write(gather_every({**LETTERS, "others": OTHERS}[letter]), "low")
    page = read_page(render_html(digest, "low"))
    told = {item.nct_id for part in digest.sections for group in GROUPS for item in getattr(part, group)}
    assert {link.rpartition("/")[2] for link in find_links(page) if "clinicaltrials" in link} == told


# Size ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("trials", "sections"), [(60, 1), (400, 1), (3000, 1), (2000, 400)])
def test_a_letter_too_large_for_a_mail_is_shortened_and_says_so(trials: int, sections: int) -> None:
    digest = build_huge(trials, sections)
    text = render_html(digest, "medium")
    assert len(text.encode()) < LARGEST_HTML
    assert_clean(text)
    assert "plain text of this letter holds all of it" in text or trials == 60


def test_a_letter_is_shortened_no_more_than_it_must_be() -> None:
    digest = build_huge(60)
    links = find_links(read_page(render_html(digest, "medium")))
    assert sum("clinicaltrials" in link for link in links) == 60


# Hostile texts -------------------------------------------------------------------------------------------------------


@WORST
def test_no_text_of_a_record_becomes_markup_or_leads_elsewhere(hostile: str) -> None:
    text = render_html(poison(hostile), "medium")
    assert_clean(text)
    assert len(text.encode()) < 30_000


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in ("empty", "blank", "invisible")])
def test_a_hostile_letter_is_built_like_a_harmless_one(name: str) -> None:
    harmless = render_html(poison("harmless words " * (1000 if len(HOSTILE[name]) > 1000 else 1)), "medium")
    assert outline(render_html(poison(HOSTILE[name]), "medium")) == outline(harmless)


@settings(max_examples=60)
@given(text=ANY_TEXT)
def test_any_text_harms_nothing(text: str) -> None:
    assert_clean(render_html(poison(text), "medium"))


@pytest.mark.parametrize("hostile", ["script", "attribute", "style", "conditional", "double", "lines", "half", "long"])
@pytest.mark.parametrize("letter", [*LETTERS, "others"])
def test_no_text_in_any_kind_of_change_becomes_markup(letter: str, hostile: str) -> None:
    rows = spoil_rows({**LETTERS, "others": OTHERS}[letter], HOSTILE[hostile])
    assert_clean(render_html(write(gather_every(rows), "low"), "low"))


def test_a_text_with_entities_is_shown_as_it_was_meant() -> None:
    rows = [change("NCT99000101", "results", "posted", "false", "true")]
    facts = gather(trials=[trial("NCT99000101", title="Smith &amp; Co: p &lt; 0.05 & R&D")], changes=rows)
    page = read_page(render_html(write(facts), "medium"))
    assert "Smith & Co: p < 0.05 & R&D" in page.text_content()


# As a browser shows it -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(EXECUTABLE is None, reason="there is no chromium here: apt-get install chromium")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 800])
def test_no_letter_is_wider_than_the_screen_and_all_of_it_is_read(width: int, scheme: str, tmp_path: Path) -> None:
    letters = {**LETTERS_OF_WEEKS, "many": MANY, "long": poison("x" * 10_000), "huge": build_huge(60)}
    with Chromium() as browser:
        for name, digest in letters.items():
            browser.show(render_html(digest, "medium"), width, "dark" if scheme == "dark" else "light")
            assert browser.read("document.documentElement.scrollWidth") <= width, name
            assert browser.read(_COUNT_CUT) == [], name
            low = [one for one in browser.read(_MEASURE) if measure_contrast(one[1], one[2]) < 4.5]
            assert low == [], name
            browser.take_picture(tmp_path / f"{name}-{width}-{scheme}.png")
            assert (tmp_path / f"{name}-{width}-{scheme}.png").stat().st_size > 5_000


# Texts that stand out of their cell, and each text's own colour with the fill of what it stands on.
_COUNT_CUT = """[...document.querySelectorAll('td, p, h1, h2, h3')]
    .filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth)
    .map(one => one.textContent.slice(0, 60))"""
_MEASURE = """(() => {
    const hex = colour => '#' + colour.match(/[\\d.]+/g).slice(0, 3)
        .map(part => Number(part).toString(16).padStart(2, '0')).join('');
    const fill = one => {
        for (; one; one = one.parentElement) {
            const colour = getComputedStyle(one).backgroundColor;
            if (!/, 0\\)$/.test(colour) && colour !== 'transparent') return hex(colour);
        }
        return '#ffffff';
    };
    return [...document.querySelectorAll('body *')]
        .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
        .filter(one => getComputedStyle(one).display !== 'none')
        .map(one => [one.textContent.slice(0, 60), hex(getComputedStyle(one).color), fill(one)]);
})()"""
