"""Texts that a record could hold to harm a letter, and letters that hold them wherever a text from outside stands."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from models.digest import Digest
from tests.etl.facts import Row, change, check, gather, move, paper, trial, write

NCT = "NCT99000101"
ANY_TEXT = st.text(
    st.sampled_from("ab1 .,\\`*_{}[]()#+-!<>=~|&;:/\"'\n\t\r\u2028\u202e\u200b\x00\ud800\ufffe\U0001f600@x")
    | st.characters(),
    max_size=30,
)

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": '<img src="https://evil.example/x.png" onerror=alert(1)>',
    "comment": "<!-- -- > <? <![CDATA[",
    "link": "](javascript:alert(1))",
    "whole_link": "[click](https://evil.example)",
    "autolink": "<https://evil.example> <a@evil.example>",
    "reference": "[x]: https://evil.example\n\n[x]",
    "picture": "![x](https://evil.example/x.png)",
    "pipe": "a | b\n|---|---|\n| c | d |",
    "lines": "a\r\n\r\n# Heading\r\n- item\r\n> quote\r\n\r\n---\r\n",
    "unicode_lines": "a\u2028# b\u2029- c\u0085d\x0bc\x0ce",
    "setext": "a\n===\nb\n---",
    "bidi": "abc\u202etxt.exe\u202c \u2066x\u2069 \u200fy\u200e \u061cz",
    "heading": "# heading",
    "dash": "- item",
    "plus": "+ item",
    "star": "* item",
    "number": "1. item",
    "number_paren": "12) item",
    "quote": "> quote",
    "emphasis": "**bold** __bold__ *it* _it_ ~~gone~~ `code` ***",
    "fence": "```\ncode\n```",
    "entity": "&lt;b&gt; &#60;b&#62; &amp; &copy;",
    "backslash": "ends with \\",
    "backslashes": "\\<b> \\\\[x](y) \\",
    "long": "x" * 10_000,
    "long_marks": "[" * 10_000,
    "template": "{{ 7 * 7 }} {% for x in y %} {# c #}",
    "nul": "a\x00b\x1bc",
    "empty": "",
    "blank": " \n\t ",
    "invisible": "\u200b\u200d\ufeff",
    "half": "a\ud800b\udfffc",
    "no_character": "a\ufffeb\uffffc\U000e0041d",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f9ea e\u0301" + "\u0301" * 5,
    "accents": "Z" + "\u0301\u0316" * 200 + "algo",
    "header": "x\r\nBcc: evil@evil.example\r\n\r\n<b>",
    "attribute": "\" onmouseover=alert(1) x='",
    "style": "</style></title></td></table><style>*{display:none}",
    "conditional": "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "cdata": "]]><x/><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///x'>]>&e;",
    "double": "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    "numeric": "&#x202e;&#0;&#27;&#xd800;&#10;&#13;# x",
    "rtl": "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
}  # fmt: skip
WORST = pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())


def poison(text: str) -> Digest:
    """Return a rich letter with this text wherever a text from outside stands in it."""
    rows = [
        move(NCT, "RECRUITING", "TERMINATED", why_stopped=text),
        change(NCT, "enrollment", "actual", "142", "61", old_type="ESTIMATED", new_type="ACTUAL"),
        change("NCT99000102", "primary_completion_date", "set", None, text, weight="medium"),
        change("NCT99000103", "why_stopped", "set", None, text or "x", weight="high"),
    ]
    # What is longer stands on a line of its own.
    rows += [change(NCT, "title", "changed", f"{text} {'x' * 60}", f"{text} {'y' * 60}")]
    return write(
        gather(
            trials=[
                trial(nct_id, title=text, sponsor=text) for nct_id in (NCT, "NCT99000102", "NCT99000103", "NCT99000104")
            ],
            changes=rows,
            new_trials=[{"nct_id": "NCT99000104"}],
            papers=[
                paper("99000031", title=text, journal=text, pub_date_text=text),
                paper("99000032", title=text, kind="retracted", related_pmid="99000040"),
            ],
            checks=[check("clinicaltrials", unproved=[f"target:{text}"])],
        )
    )


def spoil(value: Any, text: str) -> Any:
    """Return a value with a text in the place of every text in it."""
    if isinstance(value, str):
        return text
    if isinstance(value, dict):
        return {(text if name[0].isupper() else name): spoil(one, text) for name, one in value.items()}
    return [spoil(one, text) for one in value] if isinstance(value, list) else value


def spoil_rows(rows: list[Row], text: str) -> list[Row]:
    """Return changes with this text wherever a text from outside stands in them."""
    kept = {"transition", "type"}  # by these a change is told, or not: ours, and a paper's background
    return [
        {
            **row,
            **{name: spoil(row[name], text) for name in ("old_value", "new_value", "item")},
            "detail": {name: one if name in kept else spoil(one, text) for name, one in row["detail"].items()},
        }
        for row in rows
    ]
