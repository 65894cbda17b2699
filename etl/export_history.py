"""A trial's life for machines and documents: JSON, CSV, Markdown. Nothing is cut; nothing from outside acts as code."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from etl.change_words import describe_change, describe_why, show_reason
from etl.escaping import escape_markdown
from etl.wording import INVISIBLE, count, show_phases, show_status
from models.trial_life import LifeChange, Spell, TrialLife

CSV_COLUMNS = (
    "nct_id", "source_submit_date", "source_post_date", "lag_days", "source_day", "observed_at", "origin", "weight",
    "kind", "action", "item", "old_value", "new_value", "field", "detail", "version_no", "change_id",
)  # fmt: skip
# What a spreadsheet would run as a formula.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_MD_HEAD = ("Sponsor", "Public", "First seen", "Origin", "Weight", "What", "Before", "After", "Note")
_ORIGINS = {"backfill": "back-fill"}


def render_json(life: TrialLife) -> str:
    """Return one object with the keys of `TrialLife`, indented; control characters stand as escapes."""
    text = json.dumps(msgspec.to_builtins(life), ensure_ascii=False, indent=2)
    return INVISIBLE.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)


def render_csv(life: TrialLife) -> str:
    """Return a row a change, newest first. A text that a spreadsheet would run begins with an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows(_build_row(life, change) for change in life.changes)
    return file.getvalue().rstrip("\n")


def render_markdown_history(life: TrialLife) -> str:
    """Return the life as GitHub-flavoured Markdown: head, statuses, a table of the changes."""
    return "\n".join(_list_markdown(life))


def _build_row(life: TrialLife, change: LifeChange) -> Iterator[str]:
    values = msgspec.to_builtins(change) | {
        "nct_id": life.nct_id,
        "detail": json.dumps(change.detail, ensure_ascii=False),
    }
    for name in CSV_COLUMNS:
        value = values[name]
        yield _defuse(value) if isinstance(value, str) else "" if value is None else str(value)


def _defuse(text: str) -> str:
    clean = INVISIBLE.sub(lambda found: found[0] if found[0] in "\n\t" else " ", text)
    return f"'{clean}" if _FORMULA.match(clean) else clean


def _list_markdown(life: TrialLife) -> Iterator[str]:
    yield f"# [{life.nct_id}]({life.url}) {_escape(life.brief_title or '(no title)')}"
    yield ""
    about = [show_status(life.overall_status), show_phases(life.phases), life.lead_sponsor or "", *life.targets]
    yield " · ".join(_escape(part) for part in [*about, count(life.versions, "version")] if part)
    yield ""
    reason = [f"Reason in the record: “{life.why_stopped}”"] if life.why_stopped else []
    standing = f"In the registry: {life.registry_state}, last checked {life.last_checked_at.date()}"
    for line in [*reason, standing, *(f"Here because: {describe_why(why)}" for why in life.why_here)]:
        yield f"- {_escape(line)}"
    yield ""
    yield from _build_table(("Status", "From", "To"), map(_list_spell, life.statuses))
    yield ""
    yield from _build_table(_MD_HEAD, map(_list_cells, life.changes))


def _build_table(head: Sequence[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for cells in rows:
        yield f"| {' | '.join(map(_escape, cells))} |"


def _escape(text: str) -> str:
    return escape_markdown(text, longest=None, begins_line=False)


def _list_spell(spell: Spell) -> tuple[str, str, str]:
    since = f"{spell.valid_from}{'' if spell.is_start_known else ' or earlier'}"
    return show_status(spell.status), since, str(spell.valid_to or "")


def _list_cells(change: LifeChange) -> Iterator[str]:
    words = describe_change(change)
    yield str(change.source_submit_date or "")
    yield str(change.source_post_date or "")
    yield str(change.observed_at.date())
    yield _ORIGINS.get(change.origin, change.origin)
    yield change.weight
    yield words.what
    yield words.before
    yield words.after
    reason = show_reason(change)
    yield "; ".join(filter(None, (words.note, f"reason: {reason}" if reason else "")))
