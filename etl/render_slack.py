"""A digest as the JSON that Slack's incoming webhooks take, and those that do as they do. Links lead to three hosts."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from etl.escaping import break_links
from etl.subject import build_subject
from etl.view import Entry, Line, Part, Run, View, build_view
from models.change import Weight
from models.digest import Digest

# Slack cuts a text at 40,000 signs.
_LONGEST = 30_000
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Signs that would set a word in bold or strike it out are followed by one that is not seen.
_EMPHASIS = str.maketrans({sign: f"{sign}\N{ZERO WIDTH NON-JOINER}" for sign in "*_~`"})


def render_slack(digest: Digest, minimum_weight: Weight, subject: str = "") -> str:
    """Return `{"text": …}`, one line an entry; the same digest gives the same bytes.

    What does not fit is left out and counted: half a line would not be true.
    """
    letter = build_view(digest, minimum_weight)
    lines = [f"*{_escape(subject or build_subject(digest))}*", *_list_lines(letter)]
    foot = [_escape(line) for line in letter.foot]
    kept, size = [], sum(map(len, foot))
    for line in lines:
        size += len(line) + 1
        if size > _LONGEST:
            break
        kept.append(line)
    rest = [f"… {len(lines) - len(kept)} more lines stand in the letter"] if len(kept) < len(lines) else []
    return msgspec.json.encode({"text": "\n".join([*kept, *rest, "", *foot])}).decode()


def _list_lines(letter: View) -> Iterator[str]:
    yield from (_escape(line) for line in letter.summary)
    if letter.band:
        yield f"*Incomplete.* {_escape(letter.band)}"
    for part in letter.parts:
        yield from _list_part(part)
    yield from (f"Older: {_escape(line)}" for line in letter.older)
    if letter.left_out:
        yield f"Left out: {_escape(', '.join(letter.left_out))}"
    yield from (_escape(line) for line in letter.health)


def _list_part(part: Part) -> Iterator[str]:
    yield ""
    for group in part.groups:
        yield f"*{_escape(part.heading)}: {_escape(group.heading)}*"
        yield from (f"• {_show_entry(entry)}" for entry in group.entries)
        yield from (f"• … {_escape(line)}" for line in group.more)


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
