"""Adopting a text: what an article names is found as printers leave it, and nothing that it does not name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dags.inputs import read_package_vocabulary
from etl.adoption.numbers import find_numbers
from etl.adoption.reading import ACRONYMS, JOINED, NAMES, NUMBERS, REGISTRIES, TWICE, Tag, read_text
from etl.tagging import build_tagger
from models.adoption import Adoption
from models.vocabulary import Vocabulary

ADOPTED = Path(__file__).with_name("adopted")
TRIALS = [f"NCT990001{place:02}" for place in range(1, 12)]
AGENTS = {
    "relatlimab", "cobolimab", "oleclumab", "tiragolumab", "RO6874281", "ADU-S100", "mogamulizumab", "cabiralizumab",
    "RGT100", "epacadostat",
}  # fmt: skip
TARGETS = {"LAG-3", "TIM-3", "TIGIT", "CD73", "CCR4", "CSF1R", "RIG-I", "FAP"}
BACKBONES = {"nivolumab", "pembrolizumab"}


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return read_package_vocabulary()


@pytest.fixture(scope="module")
def tag(vocabulary: Vocabulary) -> Tag:
    return build_tagger(vocabulary).tag


@pytest.fixture(scope="module")
def sample(vocabulary: Vocabulary, tag: Tag) -> Adoption:
    """The invented review as pdftotext -layout would give it: its numbers are no trial's, its names are real."""
    text = (ADOPTED / "review.txt").read_bytes().decode()
    return read_text(text, "review.txt", vocabulary, tag)


def list_points(adoption: Adoption, kind: str) -> list[str]:
    return [point.text for point in adoption.points if point.kind == kind]


def test_all_numbers_are_found_and_none_is_invented(sample: Adoption) -> None:
    assert sorted(sample.nct_ids) == TRIALS
    cited = [one.nct_id for one in sample.trials]
    assert len(cited) == 12
    assert cited.count("NCT99000104") == 2
    assert list_points(sample, TWICE) == ["NCT99000104"]


def test_all_agents_and_targets_are_found_and_none_is_invented(sample: Adoption) -> None:
    assert {one.name for one in sample.agents} == AGENTS
    assert {one.name for one in sample.backbones} == BACKBONES
    assert {one.name for one in sample.targets} == TARGETS


def test_what_is_no_number_is_listed_and_not_guessed(sample: Adoption) -> None:
    assert list_points(sample, NUMBERS) == ["NCT9900012", "NCT9900O112", "NCT990001123", "NCT00000000"]


def test_numbers_put_together_are_shown_for_a_look(sample: Adoption) -> None:
    assert sorted(list_points(sample, JOINED)) == [f"NCT990001{place}" for place in ("03", "05", "07", "09", "11")]


def test_numbers_of_other_registries_are_listed(sample: Adoption) -> None:
    found = ["2099-999999-56", "ISRCTN99999901", "ChiCTR9900012345", "jRCT9931200001"]
    assert list_points(sample, REGISTRIES) == found


def test_names_that_nobody_resolves_are_listed(sample: Adoption) -> None:
    acronyms = {point.text: point.advice for point in sample.points if point.kind == ACRONYMS}
    assert set(acronyms) == {"RELATIVITY-047", "AMBER", "SAMPLESCAPE", "SAMPLE-2", "ECHO-301", "KEYNOTE-158"}
    assert "NCT99000106" in acronyms["SAMPLESCAPE"]
    assert "NCT" not in acronyms["AMBER"]
    drugs = {point.text: point.advice for point in sample.points if point.kind == NAMES}
    assert drugs == {"xyzolimab": "", "QX-9917": "", "mogamulizumap": "misspelt for mogamulizumab?"}


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("[PubMed](https://pubmed.ncbi.nlm.nih.gov/99000001/) and <https://pubmed.ncbi.nlm.nih.gov/99000002/>.", "12"),
        (
            "[x](https://www.ncbi.nlm.nih.gov/pubmed/99000001), [99000001](https://pubmed.ncbi.nlm.nih.gov/99000001)",
            "1",
        ),
        ("PMID: 99000001, 99000002; PMIDs 99000003 and 99000004, 2019; 12 patients.", "1234"),
        # An address that a line's end broke.
        ("https://pubmed.ncbi.nlm.nih.gov/9900\n0001/", "1"),
        (
            "https://pubmed.ncbi.nlm.nih.gov/?term=99000001 and https://www.ncbi.nlm.nih.gov/pmc/articles/PMC99000002",
            "",
        ),
        ('<p><a href="https://pubmed.ncbi.nlm.nih.gov/99000001/">PubMed</a></p>', "1"),
        (
            (
                '<?xml version="1.0"?><ref>A. <pub-id pub-id-type="doi">10.1/2</pub-id>'
                '<pub-id pub-id-type="pmid">99000001</pub-id></ref>'
            ),
            "1",
        ),
    ],
    ids=map(str, range(7)),
)
def test_papers_are_found_by_links_lists_and_marked_numbers(
    text: str, papers: str, vocabulary: Vocabulary, tag: Tag
) -> None:
    found = read_text(text, "a.md", vocabulary, tag).articles
    assert [pmid for pmid, _ in found] == [f"9900000{place}" for place in papers]


@pytest.mark.parametrize(
    ("text", "found", "odd"),
    [
        ("NCT number: 99000101", ["NCT99000101"], []),
        ("NCT#: 99000101", ["NCT99000101"], []),
        ("NCT no. 99000101, NCT IDs 99000102", ["NCT99000101", "NCT99000102"], []),
        ("NCT numbers only; 99000101", [], []),
        ("NCT nodes 99000101", [], []),
        ("NCT99000101, 01234567 and 01234568", ["NCT99000101"], ["01234567", "01234568"]),
    ],
)
def test_a_number_behind_a_word_is_found_and_all_behind_it_without_nct_are_listed(
    text: str, found: list[str], odd: list[str]
) -> None:
    numbers, others = find_numbers(text)
    assert ([one.nct_id for one in numbers], [one.text for one in others]) == (found, odd)


def test_what_a_cell_of_markdown_breaks_is_put_together(vocabulary: Vocabulary, tag: Tag) -> None:
    rows = ("agent | number", "---|---", "oleclu-<br>mab | NCT9900<br/>0101", "ADU-<br>S100 | NCT99000102<BR>Part 2")
    found = read_text("".join(f"| {row} |\n" for row in rows), "a.md", vocabulary, tag)
    assert found.nct_ids == ("NCT99000101", "NCT99000102")
    assert {one.name for one in found.agents} == {"oleclumab", "ADU-S100"}


def test_a_link_of_xml_gives_its_number(vocabulary: Vocabulary, tag: Tag) -> None:
    link = '<ext-link xlink:href="https://clinicaltrials.gov/study/NCT99000101">the trial</ext-link>'
    found = read_text(f'<?xml version="1.0"?><p>See {link}.</p>', "a.xml", vocabulary, tag)
    assert found.nct_ids == ("NCT99000101",)


def test_papers_that_the_text_prints_are_found_once_each(sample: Adoption) -> None:
    assert [pmid for pmid, _ in sample.articles] == ["99000001", "99000002"]


def test_every_place_is_the_line_of_the_file(sample: Adoption) -> None:
    lines = (ADOPTED / "review.txt").read_text("utf-8").split("\n")
    for one in sample.trials:
        printed = lines[one.place.line - 1]
        assert re.search(r"NCT|ＮＣＴ|\(NC$", printed), (one.nct_id, printed)
    assert "KEYNOTE-158" in lines[next(p for p in sample.points if p.text == "KEYNOTE-158").place.line - 1]


def test_sentences_keep_what_they_name_and_their_heading(sample: Adoption) -> None:
    cited = {one.nct_id: one for one in sample.trials}
    first = cited["NCT99000103"]
    assert first.section == "1. Introduction"
    assert (first.agents, first.targets) == (("relatlimab", "nivolumab"), ("LAG-3",))
    assert first.sentence.endswith("(RELATIVITY-047; NCT99000103).")
    assert cited["NCT99000110"].section == "Table 1. Trials of this review."


FORMS = {
    "html": """<!DOCTYPE html><html><head><script>NCT99000199</script></head><p>Relat&shy;limab<sup>2</sup>
(<a href="https://clinicaltrials.gov/study/NCT99000101">NCT99000101</a><sup>12</sup>), oleclu-mab
(NCT<b>99000102</b>)<br>and ADU-S100 <a href='/NCT99000103'>here</a>.</p></html>""",
    "markdown": """**Relatlimab** ([NCT99000101](https://clinicaltrials.gov/study/NCT99000101)), oleclu-
mab (NCT\\-99000102) and ADU-
S100 [here](https://clinicaltrials.gov/study/NCT99000103).""",
    "windows": "Relatlimab (NCT9900\r\n0101), oleclu\u00ad\r\nmab (nct99000102), ADU-\r\nS100 (the siteNCT99000103).",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_text_says_the_same(form: str, vocabulary: Vocabulary, tag: Tag) -> None:
    found = read_text(FORMS[form], form, vocabulary, tag)
    assert [one.nct_id for one in found.trials] == ["NCT99000101", "NCT99000102", "NCT99000103"]
    assert [one.name for one in found.agents] == ["relatlimab", "oleclumab", "ADU-S100"]
    assert not list_points(found, NUMBERS)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("NCT99000101", ["NCT99000101"]),
        ("nct 99000101, NCT-99000102; NCT: 99000103", ["NCT99000101", "NCT99000102", "NCT99000103"]),
        ("NCT9900 0101", ["NCT99000101"]),
        ("NCT9900-0101", ["NCT99000101"]),
        ("NCT9900010 1", []),  # one digit apart is too little
        ("NCT9900 2019", []),  # a year
        ("NCT99000 123 patients", []),  # a count
        ("NCT9900010, 1 of", []),
        ("NCT990001011", []),
        ("NCT9900010l", []),
        ("NCT00000000", []),
        ("distinct 20260101", []),
        ("NCT99000101A2", []),
        ("NCT99000101 25", ["NCT99000101"]),
        ("NCT99000101.12", ["NCT99000101"]),
        ("NCT99000101NCT99000102", ["NCT99000101", "NCT99000102"]),
        ("the NCT in Heidelberg", []),
    ],
)
def test_a_number_is_eight_digits_and_nothing_else(text: str, numbers: list[str]) -> None:
    found, odd = find_numbers(text)
    assert [one.nct_id for one in found] == numbers
    if not numbers and re.search(r"\bNCT[\s-]?\d{3}", text):
        assert odd, "what is not taken is shown"


def test_a_second_number_without_its_letters_is_left_to_a_person() -> None:
    found, odd = find_numbers("NCT02000101/02000102 and")
    assert [one.nct_id for one in found] == ["NCT02000101"]
    assert [one.text for one in odd] == ["02000102"]


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("oleclu-\nmab", "oleclumab"),
        ("oleclu- mab", "oleclumab"),
        ("ADU- S100", "ADU-S100"),
        ("ADU-\nS100", "ADU-S100"),
        ("RO687-\n4281", "RO6874281"),
        ("MEDI-\n9447", "oleclumab"),
        ("relat\nlimab", "relatlimab"),
        ("5-\nazacitidine", "azacitidine"),
    ],
)
def test_a_hyphen_at_a_line_end_goes_or_stays_as_the_name_wants(
    broken: str, whole: str, vocabulary: Vocabulary, tag: Tag
) -> None:
    found = read_text(f"They gave {broken} to all.", "x", vocabulary, tag)
    assert [one.name for one in (*found.agents, *found.backbones)] == [whole]
    assert not list_points(found, NAMES)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("an anti-\ninflammatory effect", "an anti-inflammatory effect"),
        ("a signifi-\ncant effect", "a significant effect"),
        ("well-known here, a well-\nknown effect", "well-known here, a well-known effect"),
        ("the PD-\n1 axis", "the PD-1 axis"),
        ("KEY-\nNOTE-158 led", "KEYNOTE-158 led"),
        ("ECHO-\n301 failed", "ECHO-301 failed"),
    ],
)
def test_words_lose_their_hyphen_and_compounds_keep_it(
    lines: str, sentence: str, vocabulary: Vocabulary, tag: Tag
) -> None:
    (found,) = read_text(f"{lines} NCT99000101.", "x", vocabulary, tag).trials
    assert found.sentence == f"{sentence} NCT99000101."


def test_a_number_goes_on_behind_a_page_and_its_running_head(vocabulary: Vocabulary, tag: Tag) -> None:
    pages = [
        "J Invent 2025, 1\n\nText of the first page (NCT9900",
        "J Invent 2025, 2\n\n0101) goes on.\n",
        "J Invent 2025, 3\n\nEnd.",
    ]
    found = read_text("\f".join(pages), "x", vocabulary, tag)
    assert [one.sentence for one in found.trials] == ["Text of the first page (NCT99000101) goes on."]


def test_what_stands_alone_again_and_again_is_no_running_head(vocabulary: Vocabulary, tag: Tag) -> None:
    cells = "\n\n".join(
        ["Pembrolizumab 200 mg", "Pembrolizumab 400 mg", "Pembrolizumab 100 mg", "Clinical translation"] * 3
    )
    heads = [f"Author et al. J Invent 2025, page {page}" for page in (1, 2, 3)]
    text = f"{heads[0]}\n\n{cells}\n\nA trial (NCT9900\n\n{heads[1]}\n\n0101) goes on.\n\n{heads[2]}\n"
    found = read_text(text, "x", vocabulary, tag)
    assert [(one.name, one.mentions) for one in found.backbones] == [("pembrolizumab", 9)]
    assert found.nct_ids == ("NCT99000101",)


def test_a_text_without_anything_gives_nothing(vocabulary: Vocabulary, tag: Tag) -> None:
    found = read_text("The weather was fine, and nobody was treated.", "x", vocabulary, tag)
    assert found.is_empty
    assert found.nct_ids == ()
