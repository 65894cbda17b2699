"""The same content in the registry's two markups reads as one plain text, and no text is taken for markup."""

from __future__ import annotations

import gzip
import html
import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.canonical import build_canonical
from etl.criteria import list_criteria
from etl.markup import Markup, fold_block, fold_text, read_lines

Block = tuple[str, Any]
BOTH: tuple[Markup, Markup] = ("markdown", "html")

WORDS = st.sampled_from(
    [
        "adults", "ECOG", "<5 mg", "a <b and c>", ">=18", "m^2",
        "HLA-A*02:01", "R&D", "AT&T", "[U/L]",
        "snake_case_name", "_x_", "*note*", "1.5", "~3", "#2", "PD\u2011L1",
        "\u2265 50 %", "5-10", "C:\\dir", "\\", "`code`",
        "p<0.05", "x < y > z", "</p", "<br>", "<li>", "&lt", "(a)",
        "100,000/mm3", "grade", "2", "\u00b5g", "|", "!", "{y}", "=",
        "$5", "\u0391\u03b2",
    ]
)  # fmt: skip
SPAN = st.tuples(
    st.sampled_from(["text"] * 6 + ["strong", "em", "sup"]), st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
)
TEXT = st.lists(SPAN, min_size=1, max_size=3)
ITEM: st.SearchStrategy[Any] = st.tuples(TEXT, st.lists(TEXT, max_size=2))
DOCUMENT = st.lists(
    st.one_of(
        st.tuples(st.just("p"), TEXT),
        st.tuples(st.just("ul"), st.lists(ITEM, min_size=1, max_size=4)),
        st.tuples(st.just("ol"), st.lists(ITEM, min_size=1, max_size=4)),
    ),
    min_size=1,
    max_size=4,
)
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def escape_markdown(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#+-.!|~^&$=" else sign for sign in text)


def markdown_spans(spans: list[tuple[str, str]]) -> str:
    marks = {"strong": "**{}**", "em": "*{}*", "text": "{}", "sup": "{}"}
    return " ".join(marks[kind].format(escape_markdown(text)) for kind, text in spans)


def html_spans(spans: list[tuple[str, str]]) -> str:
    marks = {"strong": "<b>{}</b>", "em": "<em>{}</em>", "text": "{}", "sup": '<span class="x">{}</span>'}
    return " ".join(marks[kind].format(html.escape(text).replace("/", "&#x2F;")) for kind, text in spans)


def render_markdown(document: list[Block]) -> str:
    blocks = []
    for kind, content in document:
        if kind == "p":
            blocks.append(markdown_spans(content))
            continue
        lines = []
        for number, (text, below) in enumerate(content, 1):
            mark = "*" if kind == "ul" else f"{number}."
            lines.append(f"{mark} {markdown_spans(text)}")
            lines += [f"{' ' * (len(mark) + 1)}* {markdown_spans(one)}" for one in below]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def render_html(document: list[Block]) -> str:
    blocks = []
    for kind, content in document:
        if kind == "p":
            blocks.append(f"<p>{html_spans(content)}</p>")
            continue
        items = []
        for text, below in content:
            inner = "".join(f"<li>{html_spans(one)}</li>" for one in below)
            items.append(f"<li>{html_spans(text)}{f'<ul>{inner}</ul>' if inner else ''}</li>")
        blocks.append(f"<{kind}>{''.join(items)}</{kind}>")
    return "\n".join(blocks)


@settings(max_examples=100)
@given(DOCUMENT)
@example([("p", [("text", "\\")])])
@example([("p", [("text", "<br>")])])
def test_the_same_blocks_in_either_markup_are_one_text(document: list[Block]) -> None:
    assert read_lines(render_markdown(document), "markdown") == read_lines(render_html(document), "html")


@settings(max_examples=60)
@given(DOCUMENT)
def test_the_same_criteria_in_either_markup_are_one_list(document: list[Block]) -> None:
    sides: list[Block] = [("p", [("text", "Inclusion Criteria:")]), *document, ("p", [("text", "Exclusion Criteria:")])]
    sides += document
    assert list_criteria(render_markdown(sides), "markdown") == list_criteria(render_html(sides), "html")


@settings(max_examples=60)
@given(st.lists(WORDS, min_size=1, max_size=6).map(" ".join))
def test_a_line_of_text_in_either_markup_is_itself(text: str) -> None:
    escaped, coded = escape_markdown(text), html.escape(text).replace("/", "&#x2F;")
    assert fold_text(escaped) == fold_text(coded, "html") == text
    assert fold_text(coded.replace("&", "&amp;"), "html") == text


@given(st.lists(WORDS, min_size=1, max_size=6).map(" ".join))
def test_a_line_nobody_escaped_keeps_what_it_says(text: str) -> None:
    if "\\" not in text:
        assert fold_text(text) == text


@given(st.text(alphabet="aB\u00e9 \t\r\x0b\x1c\x85\xa0\u200b\u2003\u2028\u3000"))
def test_all_space_in_a_line_counts_as_one_blank(text: str) -> None:
    assert fold_block(text) == fold_text(text) == " ".join(text.split())


@pytest.mark.parametrize("sign", PUNCTUATION)
def test_every_punctuation_sign_may_be_escaped(sign: str) -> None:
    assert fold_text(f"a\\{sign}b") == f"a{sign}b"
    assert fold_block(f"a\\{sign}b") == f"a{sign}b"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("dose \\<5 mg", "dose <5 mg"),
        ("dose <5 mg", "dose <5 mg"),
        ("a <b and c> d", "a <b and c> d"),
        ("if x <p then <y>", "if x <p then <y>"),
        ("10\\^9/L", "10^9/L"),
        ("10<sup>9</sup>/L", "10^9/L"),
        ("the 1<sup>st</sup> CO<sub>2</sub>", "the 1st CO2"),
        (
            "**Bold** and *slanted* and ***both*** and __this__ and _that_",
            "Bold and slanted and both and this and that",
        ),
        ("HLA-A\\*02:01 or HLA-A\\*03:01", "HLA-A*02:01 or HLA-A*03:01"),
        ("3 * 4 * 5", "3 * 4 * 5"),
        ("snake_case_name", "snake_case_name"),
        ("[the page](https://example.org/a_b) and <https://example.org/c>", "the page and https://example.org/c"),
        ("\\[1\\](x)", "[1](x)"),
        ("# Aim\ntext", "Aim text"),
        ("the number\n# of cells", "the number # of cells"),
        ("patient #2", "patient #2"),
        ("Leukocytes \\&gt; 4", "Leukocytes > 4"),
        ("R&amp;amp;D", "R&D"),
        ("R&D; AT&T", "R&D; AT&T"),
        ("C:\\dir", "C:\\dir"),
        ("one\\\ntwo", "one two"),
        ("one  \ntwo", "one two"),
        ("\r\na\r\n\r\nb\r\n", "a b"),
        ("", ""),
    ],
)
def test_markdown_reads_as_what_it_says(text: str, plain: str) -> None:
    assert fold_block(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>one</p><p>two</p>", "one two"),
        ("one<br>two<br/>three", "one two three"),
        ("<p>10<sup>9</sup>/L</p>", "10^9/L"),
        ("x<sup>-1.5</sup> CD4<sup>+</sup> 2<sup>nd</sup> H<sub>2</sub>O", "x^-1.5 CD4+ 2nd H2O"),
        ("a &#x2F; b &lt;c&gt; &amp;#x2F; d &amp;lt;e", "a / b <c> / d <e"),
        ("dose <5 mg", "dose <5 mg"),
        ("<p>a <b and c> d</p>", "a <b and c> d"),
        ("dose <5 mg in <b>bold</b>", "dose <5 mg in bold"),
        ("<ul><li>one</li><li><p>two</p></li></ul>", "* one * two"),
        ("<ol><li>one</li><li>two<ul><li>three</li></ul>four</li></ol>", "* one * two * three four"),
        ("<p class=\"x\" style='y'>one</p>", "one"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b c"),
        ("<p>one\ntwo\n\nthree</p>", "one two three"),
        ("plain\n\n* one\n* two", "plain * one * two"),
        ("A\\*02", "A\\*02"),
        ("https://example.org/?a=1&copy=2", "https://example.org/?a=1&copy=2"),
        ("<p>&nbsp;</p>", ""),
        ("<LI>one</LI>", "* one"),
    ],
)
def test_html_reads_as_what_it_says(text: str, plain: str) -> None:
    assert fold_block(text, "html") == plain


@pytest.mark.slow
def test_deeply_nested_html_is_read_without_falling_over() -> None:
    assert fold_block("<ul><li>" * 3000 + "x", "html").endswith("x")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("* one\n* two", ["* one", "* two"]),
        ("* one\nrun on\n  and on\n* two", ["* one run on and on", "* two"]),
        ("Aims:\n- one\n- two", ["Aims:", "* one", "* two"]),
        ("1. one\n2. two\n\nafter", ["* one", "* two", "after"]),
        ("1) one\n2) two", ["* one", "* two"]),
        ("* one\n   * inner\n   * inner two\n* two", ["* one", "* inner", "* inner two", "* two"]),
        ("* cohort A\n- expansion of the dose\n* two", ["* cohort A - expansion of the dose", "* two"]),
        ("* at an age of at least\n18. Others may follow", ["* at an age of at least 18. Others may follow"]),
        ("Aims: 1) one.\n2) two", ["Aims: 1) one. 2) two"]),
        ("* grade 0 to\n1. Others", ["* grade 0 to 1. Others"]),
        ("* function\n\\* as measured\n\\- there", ["* function * as measured - there"]),
        ("13. a\n   1. inner\n   2. inner\n14. b", ["* a 1. inner 2. inner", "* b"]),
        ("13. a.\n   1. inner\n   2. inner\n14. b", ["* a.", "* inner", "* inner", "* b"]),
        ("1. one\n\n   OR\n4. four", ["* one", "OR", "* four"]),
        ("\\- dash\n\n\\- again", ["* dash", "* again"]),
        ("\\*Not an item", ["*Not an item"]),
        ("27\\. a number of its own", ["* a number of its own"]),
        ("\u2022 one\n\u2022 two", ["* one", "* two"]),
        ("one\ntwo", ["one two"]),
        ("one\n\ntwo", ["one", "two"]),
        ("", []),
    ],
)
def test_lines_are_those_of_the_lists_not_of_the_page(text: str, lines: list[str]) -> None:
    assert [f"* {line.text}" if line.is_item else line.text for line in read_lines(text)] == lines


CRITERIA = """Inclusion Criteria:

* Adults of 18 years or
  older with an ECOG status of 0 or 1
* Platelets \\>= 100 x 10\\^9/L

  * Transfusion allowed

1. Consent

Exclusion Criteria:

- Pregnancy

a) Earlier treatment with \\*any\\* inhibitor"""


@pytest.mark.parametrize(
    "text",
    [
        CRITERIA,
        CRITERIA.replace("\n* ", "\n- ").replace("- Pregnancy", "\u2022 Pregnancy"),
        CRITERIA.replace("\n", "  \r\n"),
        CRITERIA.replace("Adults of 18 years or\n  older", "Adults of\n18 years or older"),
        CRITERIA.replace("Inclusion Criteria:", "INCLUSION CRITERIA").replace("Exclusion Criteria:", "**Exclusion**:"),
        CRITERIA.replace("* Platelets", "\n\n\n+ Platelets"),
    ],
)
def test_bullets_wrapping_and_space_are_no_difference_between_criteria(text: str) -> None:
    assert list_criteria(text) == [
        {"side": "inclusion", "text": "Adults of 18 years or older with an ECOG status of 0 or 1"},
        {"side": "inclusion", "text": "Platelets >= 100 x 10^9/L"},
        {"side": "inclusion", "text": "Transfusion allowed"},
        {"side": "inclusion", "text": "Consent"},
        {"side": "exclusion", "text": "Pregnancy"},
        {"side": "exclusion", "text": "Earlier treatment with *any* inhibitor"},
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Healthy adults", [("", "Healthy adults")]),
        ("Adults\n\nExclusion Criteria:\n\n* Pregnancy", [("inclusion", "Adults"), ("exclusion", "Pregnancy")]),
        ("Inclusion Criteria: adults\n\nExclusion Criteria: none", [("inclusion", "adults"), ("exclusion", "none")]),
        (
            "Exclusion Criteria for Arm B:\n\n* Pregnancy",
            [("exclusion", "Exclusion Criteria for Arm B:"), ("exclusion", "Pregnancy")],
        ),
        ("Inclusion Criteria:\n\n\\-", []),
        ("* E. coli infection\n* 1.5 x ULN", [("", "E. coli infection"), ("", "1.5 x ULN")]),
        ("* \\> 18 years\n* \\>=2 lesions", [("", "> 18 years"), ("", ">=2 lesions")]),
        ("", []),
    ],
)  # fmt: skip
def test_a_criterion_stands_on_its_side(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one["side"], one["text"]) for one in list_criteria(text)] == expected


def test_a_whole_study_has_one_content_in_either_markup() -> None:
    def build(markup: Markup) -> dict[str, Any]:
        is_html = markup == "html"
        return {
            "protocolSection": {
                "identificationModule": {"briefTitle": "A &lt; B" if is_html else "A \\< B"},
                "eligibilityModule": {
                    "eligibilityCriteria": "<p>Exclusion Criteria:</p><ol><li>b</li><li>a &amp; c</li></ol>"
                    if is_html
                    else "Exclusion Criteria:\n\n1. b\n2. a \\& c"
                },
                "armsInterventionsModule": {
                    "armGroups": [{"label": "A", "description": "<p>75 mg&#x2F;m<sup>2</sup></p>"}]
                    if is_html
                    else [{"label": "A", "description": "75 mg/m\\^2"}]
                },
            }
        }

    old, new = (build_canonical(build(markup), markup=markup) for markup in BOTH)
    assert old == new
    assert old["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] == [
        {"side": "exclusion", "text": "a & c"},
        {"side": "exclusion", "text": "b"},
    ]


def test_real_criteria_are_the_same_however_their_lines_are_laid_out(shared: Path) -> None:
    texts: set[str] = set()
    for name in ("nightly", "trials"):
        with gzip.open(shared / "recorded" / f"{name}.jsonl.gz", "rt") as file:
            modules = (json.loads(line)["study"]["protocolSection"].get("eligibilityModule", {}) for line in file)
            texts |= {module["eligibilityCriteria"] for module in modules if "eligibilityCriteria" in module}
    assert len(texts) > 150
    for text in texts:
        criteria = list_criteria(text)
        for laid_out in (
            wrap(text),
            text.replace("\n", "\n\n"),
            text.replace("\n", "  \r\n"),
            re.sub(r"(?m)^(\s*)\* ", r"\1- ", text),
        ):
            assert list_criteria(laid_out) == criteria


def wrap(text: str) -> str:
    """Return a text with its lines cut at 80 signs, none of them inside a word."""
    lines = (textwrap.wrap(line, 80, break_long_words=False, break_on_hyphens=False) for line in text.split("\n"))
    return "\n".join("\n".join(pieces) for pieces in lines)
