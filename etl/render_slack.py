"""A digest as the JSON that Slack's incoming webhooks take, and those that do as they do. Links lead to three hosts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from etl.escaping import break_links
from etl.subject import LONGEST_SUBJECT, build_subject
from etl.view import Entry, Line, Part, Run, View, build_view
from models.change import Weight
from models.digest import Digest

# Slack cuts a text at 40,000 signs.
_LONGEST = 30_000
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Signs that would set a word in bold or strike it out are followed by one that is not seen.
_EMPHASIS = str.maketrans({sign: f"{sign}\N{ZERO WIDTH NON-JOINER}" for sign in "*_~`"})


class Post(msgspec.Struct, frozen=True):
    """One JSON body, and the numbers of the records that are told in it."""

    body: bytes
    records: frozenset[str]


class _Line(msgspec.Struct, frozen=True):
    text: str
    record: str = ""


def render_slack(digest: Digest, minimum_weight: Weight, subject: str = "") -> list[Post]:
    """Return a letter as `{"text": …}`, one line an entry; the same digest gives the same bytes.

    What is too long for one text is told in several, numbered: none is cut, for half a line would not be true.
    """
    letter = build_view(digest, minimum_weight)
    foot = [_escape(line) for line in letter.foot]
    texts = list(_divide(list(_list_lines(letter)), _LONGEST - sum(map(len, foot)) - LONGEST_SUBJECT * 2))
    title = subject or build_subject(digest)
    posts = []
    for place, lines in enumerate(texts, start=1):
        number = f" ({place} of {len(texts)})" if len(texts) > 1 else ""
        end = ["", *foot] if place == len(texts) else []
        text = "\n".join([f"*{_escape(title)}{number}*", *(line.text for line in lines), *end])
        body = msgspec.json.encode({"text": text})
        posts.append(Post(body, frozenset(line.record for line in lines if line.record)))
    return posts


def _divide(lines: Sequence[_Line], room: int) -> Iterator[list[_Line]]:
    """Yield the lines in texts that have room for them; a heading stands with what follows it."""
    text: list[_Line] = []
    size = 0
    for place, line in enumerate(lines):
        own = len(line.text) + 1
        with_next = len(lines[place + 1].text) + 1 if not line.record and place + 1 < len(lines) else 0
        if text and size + own + with_next > room:
            yield text
            text, size = [], 0
        text.append(line)
        size += own
    yield text


def _list_lines(letter: View) -> Iterator[_Line]:
    yield from (_Line(_escape(line)) for line in letter.summary)
    if letter.band:
        yield _Line(f"*Incomplete.* {_escape(letter.band)}")
    for part in letter.parts:
        yield from _list_part(part)
    yield from (_Line(f"Older: {_escape(line)}") for line in letter.older)
    if letter.left_out:
        yield _Line(f"Left out: {_escape(', '.join(letter.left_out))}")
    yield from (_Line(_escape(line)) for line in letter.health)


def _list_part(part: Part) -> Iterator[_Line]:
    for place, group in enumerate(part.groups):
        gap = "" if place else "\n"
        yield _Line(f"{gap}*{_escape(part.heading)}: {_escape(group.heading)}*")
        yield from (_Line(f"• {_show_entry(entry)}", entry.name.text.rpartition(" ")[2]) for entry in group.entries)
        yield from (_Line(f"• … {_escape(line)}") for line in group.more)


def _show_entry(entry: Entry) -> str:
    head = " ".join(filter(None, (_show(entry.head), _show_run(entry.name), _show(entry.title))))
    return " · ".join(filter(None, (head, *map(_escape, entry.about), *map(_show, entry.lines))))


def _show(line: Line) -> str:
    return "".join(map(_show_run, line))


def _show_run(run: Run) -> str:
    text = _escape(run.text)
    if run.url:
        return f"<{run.url}|{text}>"
    return f"*{text}*" if run.style == "strong" and text.strip() else text


def _escape(text: str) -> str:
    return break_links(text.translate(_MARKUP).translate(_EMPHASIS))
