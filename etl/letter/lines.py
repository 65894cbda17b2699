"""The changes of one trial as the lines of a letter: a line a kind, the heaviest first. It renders nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from etl.letter.fields import show_code
from etl.letter.items import describe_items
from etl.letter.piece import Piece
from etl.letter.places import describe_countries, describe_sites
from etl.letter.results import describe_results
from etl.letter.values import describe_date, describe_enrollment, describe_fields, describe_reason, describe_standing
from etl.wording import ELLIPSIS, join, lower_first
from models.change import WEIGHTS, Weight
from models.digest import ChangeLine

Row = Mapping[str, Any]
# The kinds in the order in which they are told where they weigh the same, and what each is about.
KINDS = {
    "registry_state": "Registry record",
    "why_stopped": "Reason in the record",
    "results": "Results",
    "retraction": "Cited papers",
    "primary_outcome": "Primary outcomes",
    "arm": "Arms",
    "intervention": "Interventions",
    "phase": "Phase",
    "study_type": "Type of study",
    "sponsor": "Sponsors",
    "primary_completion_date": "Primary completion",
    "enrollment": "Enrollment",
    "start_date": "Start",
    "completion_date": "Completion",
    "secondary_outcome": "Secondary outcomes",
    "eligibility": "Eligibility",
    "country": "Countries",
    "site": "Sites",
    "design": "Design",
    "reference": "Linked papers",
    "document": "Documents",
    "condition": "Conditions",
    "title": "Title",
    "expanded_access": "Expanded access",
    "disposition": "Delay of results",
    "identity": "Study numbers",
    "oversight": "Oversight",
    "other_outcome": "Other outcomes",
    "responsible_party": "Responsible party",
    "keyword": "Keywords",
    "description": "Description",
    "link": "Links",
}
_MOST_PIECES = 5
_WHOLE: dict[str, Callable[[Sequence[Row]], Piece]] = {
    "registry_state": describe_standing,
    "why_stopped": describe_reason,
    "enrollment": describe_enrollment,
    "start_date": describe_date,
    "primary_completion_date": describe_date,
    "completion_date": describe_date,
    "country": describe_countries,
    "site": describe_sites,
}


def build_lines(rows: Sequence[Row]) -> tuple[ChangeLine, ...]:
    """Return the changes of one trial, in source order and without its status moves, as lines; one a kind."""
    kinds = dict.fromkeys(row["kind"] for row in rows)
    lines = [_build_line(kind, [row for row in rows if row["kind"] == kind]) for kind in kinds]
    places = {kind: place for place, kind in enumerate(KINDS)}
    return tuple(
        sorted(lines, key=lambda line: (WEIGHTS.index(line.weight), places.get(line.kind, len(places)), line.kind))
    )


def _build_line(kind: str, rows: Sequence[Row]) -> ChangeLine:
    pieces = _describe(kind, rows)
    shown, more = pieces[:_MOST_PIECES], len(pieces) - _MOST_PIECES
    names = list(dict.fromkeys(name for piece in shown for name in piece.names))
    shared = [note for note in pieces[0].notes if all(note in piece.notes for piece in pieces)]
    head, told = _tell(kind, [_keep_own_notes(piece, shared) for piece in shown], names)
    return ChangeLine(
        kind=kind,
        actions=tuple(dict.fromkeys(row["action"] for row in rows)),
        weight=_find_weight(rows),
        head=head,
        told=told + (f"; {ELLIPSIS} {more} more" if more > 0 else ""),
        notes=tuple(shared),
        is_marked=bool(names),
        pmids=tuple(dict.fromkeys(pmid for piece in shown for pmid in piece.pmids)),
    )


def _describe(kind: str, rows: Sequence[Row]) -> list[Piece]:
    """Return what became of each thing of a kind: values first, in source order, then items, the heaviest first."""
    if kind in _WHOLE:
        return [_WHOLE[kind](rows)]
    if kind == "results":
        return list(describe_results(rows))
    items = sorted((row for row in rows if not is_value(row)), key=lambda row: WEIGHTS.index(row["weight"]))
    return [*describe_fields([row for row in rows if is_value(row)]), *describe_items(kind, items)]


def is_value(row: Row) -> bool:
    """Return whether a change is of a field that is told as it stands; a criterion may stand on no named side."""
    if row["kind"] == "eligibility":
        return bool(row["action"] == "limits")
    return not row["item"] and row["kind"] != "results"


def _keep_own_notes(piece: Piece, shared: Sequence[str]) -> Piece:
    """Return a piece whose text says what is to know of it alone."""
    own = [note for note in piece.notes if note not in shared]
    if not own:
        return piece
    note = f" ({', '.join(own)})"
    return msgspec.structs.replace(piece, text=piece.text + note, told=piece.told + note if piece.told else "")


def _tell(kind: str, pieces: Sequence[Piece], names: Sequence[str]) -> tuple[str, str]:
    """Return the few words and the sentence for the pieces of a line; watched names stand in both."""
    naming = f", naming {join(names)}" if names else ""
    groups = list(_group(pieces))
    if len(groups) == 1 and kind != "eligibility":
        own = groups[0]
        if own[0].told:
            return own[0].head, own[0].told
        head = f"{_name_subject(own)} {own[0].verb}{naming}"
        return head, _join_texts(f"{head}:", own)
    head = f"{KINDS.get(kind, show_code(kind).capitalize())} changed{naming}"
    is_one_subject = len({own[0].subject for own in groups}) == 1 and bool(groups[0][0].verb)
    parts = [_join_texts(own[0].verb if is_one_subject else _name_part(own), own, with_names=True) for own in groups]
    return head, f"{head}: {'; '.join(parts)}"


def _group(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield the pieces that are told together: those of one subject and verb; a value stands alone."""
    places: dict[tuple[str, str], list[Piece]] = {}
    for piece in pieces:
        places.setdefault((piece.subject, piece.verb), []).append(piece)
    for own in places.values():
        yield from [own] if own[0].verb else ([piece] for piece in own)


def _name_part(own: Sequence[Piece]) -> str:
    """Return what a part of a sentence is about; a criterion says itself where it belongs."""
    subject = "" if own[0].subject == "Eligibility" else _name_subject(own)
    return f"{lower_first(subject)} {own[0].verb}".strip()


def _join_texts(words: str, own: Sequence[Piece], *, with_names: bool = False) -> str:
    """Return some words and the texts they are about; the colon goes where there is no text."""
    changes = dict.fromkeys(piece.change for piece in own)
    texts = [
        _show_texts([piece for piece in own if piece.change == change], with_names=with_names) for change in changes
    ]
    told = ", ".join(filter(None, texts))
    return f"{words} {told}".strip() if told else words.rstrip(":")


def _show_texts(alike: Sequence[Piece], *, with_names: bool) -> str:
    """Return the items that changed in one and the same way, and how."""
    names = [f", naming {join(piece.names)}" if with_names and piece.names else "" for piece in alike]
    texts = ", ".join(piece.text + name for piece, name in zip(alike, names, strict=True) if piece.text)
    change = f"each {alike[0].change}" if len(alike) > 1 else alike[0].change
    return f"{texts} ({change})" if alike[0].change else texts


def _name_subject(own: Sequence[Piece]) -> str:
    return own[0].plural if len(own) > 1 and own[0].plural else own[0].subject


def _find_weight(rows: Sequence[Row]) -> Weight:
    return WEIGHTS[min(WEIGHTS.index(row["weight"]) for row in rows)]
