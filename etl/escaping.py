"""Text from outside as each form shows it: as it is, with no markup, HTML or links of its own. Pure text."""

from __future__ import annotations

import re

from etl.wording import flatten, shorten

LONGEST_TEXT = 300
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#])")
# What would be read as an entity, did it stand unescaped.
_AMPERSAND = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
# What would begin a list or underline a heading at the start of a line.
_LINE_START = re.compile(r"^(\d*)([-+=]|(?<=\d)[.)])")
# What mail programs and GitHub would make a link of without being asked.
_BARE_LINK = re.compile(
    r"(?i)((?<![A-Za-z0-9])(?:https?|ftp|mailto|www)(?=[:.])|@"
    # A host's name alone is one to Gmail; not so a sponsor's `Co.,Ltd.`, and the registry's own name may be one.
    r"|(?<=[a-z0-9-])\.(?=[a-z]{2,24}(?![a-z]))(?!gov\b))"
)


def escape_markdown(text: str, longest: int | None = LONGEST_TEXT, *, begins_line: bool = True) -> str:
    """Return a text that Markdown shows as it is: one line, no markup, no HTML, no links, bounded in length.

    In a table's cell nothing begins a line, and a date may stand there unescaped.
    """
    line = _SPECIAL.sub(r"\\\1", shorten(text, longest) if longest else flatten(text))
    line = break_links(_AMPERSAND.sub(r"\\&", line))
    return _LINE_START.sub(r"\1\\\2", line) if begins_line else line


def break_links(text: str) -> str:
    """Return a text in which no mail program finds an address to link: a sign of no width breaks it."""
    return _BARE_LINK.sub("\\1\N{ZERO WIDTH NON-JOINER}", text)
