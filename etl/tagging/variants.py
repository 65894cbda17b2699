"""Says how else one name may be written: pure spelling, from one string to patterns of pieces; knows no meaning."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from etl.tagging.casing import find_forms, is_code
from etl.tagging.pieces import GREEK_WORDS, SEPARATORS, Gap, cut_pieces, fold_piece, plain_piece

Kind = Literal["target", "agent", "blocker"]
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
# human, mouse, soluble, recombinant: hTIM-3, sLAG-3, rhCD73
_SPECIES = ("h", "hu", "m", "mu", "s", "rh", "rm")
# Words of a protein's full name that come, go and stand for each other from one paper to the next.
_REWORDED: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("immunoglobulin",), ("Ig",)),
    (("Ig",), ("immunoglobulin",)),
    (("immunoglobulin", "and"), ("immunoglobulin", "domain", "and")),
    (("immunoglobulin", "and", "mucin"), ("immunoglobulin", "mucin")),
    (("domain", "containing"), ("domain",)),
    (("domain", "containing"), ("containing",)),
    (("containing", "protein"), ("containing", "molecule")),
    (("containing", "protein"), ("containing",)),
    (("domain", "protein"), ("domain", "molecule")),
    (("domain", "protein"), ("domain",)),
    (("domain", "protein"), ("protein",)),
    (("domain", "molecule"), ("molecule",)),
    (("ITIM",), ("immunoreceptor", "tyrosine", "based", "inhibitory", "motif")),
    (("receptor", "type"), ("receptor",)),
    (("motif", "chemokine"), ("chemokine",)),
    (("activation", "gene"), ("activating", "gene")),
)
# Before it a symbol may be written in small letters, which alone are a word: anti-lag3, anti-tim-3, anti-fap.
_ANTI = "anti"
_LONGEST = 24  # pieces of a reworded name
_SPLIT = Gap.DASH | Gap.SPACE | Gap.HYPHENATED
_PROSE = Gap.WRAPPED | Gap.LOOSE


class Pattern(NamedTuple):
    """One spelling: its pieces with their case, the gaps allowed between them, and the skeletons it may have.

    `gaps` is one shorter than `pieces`; `forms` is None where case says nothing. The first `aside` pieces stand
    before the name and are none of it.
    """

    pieces: tuple[str, ...]
    gaps: tuple[Gap, ...]
    forms: frozenset[str] | None
    aside: int = 0

    @property
    def key(self) -> tuple[str, ...]:
        """The folded pieces, as a text shows them."""
        return tuple(fold_piece(piece) for piece in self.pieces)


def _after_anti(pattern: Pattern) -> Pattern:
    """Return the spelling of a symbol in small letters behind anti-, which may begin a title."""
    small = "".join(pattern.pieces).casefold()
    return Pattern(
        (_ANTI, *(piece.casefold() for piece in pattern.pieces)),
        (_SPLIT, *pattern.gaps),
        frozenset({_ANTI + small, _ANTI.capitalize() + small}),
        aside=1,
    )


class _Spelling(NamedTuple):
    """Pieces, and before each of them what the name has there: nothing, a dash or a space."""

    pieces: tuple[str, ...]
    before: tuple[str, ...]


def read_gaps(name: str) -> tuple[Gap, ...]:
    """Return the gaps `name` itself has between its pieces."""
    kinds = {"": Gap.NONE, "-": Gap.DASH}
    return tuple(kinds.get(gap, Gap.SPACE) for gap in _read(name).before[1:])


def build_patterns(name: str, kind: Kind) -> list[Pattern]:
    """Return the spellings of `name`, the one written first; a `blocker` keeps its hyphens and gets no variants."""
    written = _read(name)
    if not written.pieces:
        return []
    is_prose = not is_code(name)
    spellings: Iterable[_Spelling] = [written]
    if kind != "blocker":
        spellings = _vary(written, is_prose=is_prose, is_target=kind == "target")
    found = [
        Pattern(
            spelling.pieces,
            _gaps(spelling, kind, is_prose=is_prose),
            find_forms(spelling.pieces, name, is_agent=kind == "agent"),
        )
        for spelling in spellings
    ]
    if kind == "target" and not is_prose:
        found += [_after_anti(pattern) for pattern in found if pattern.pieces[0].isupper()]
    return list({(pattern.key, pattern.forms): pattern for pattern in reversed(found)}.values())[::-1]


def _read(name: str) -> _Spelling:
    pieces: list[str] = []
    before: list[str] = []
    gap = ""
    words, spaces = cut_pieces(name)
    for word, has_space in zip(words, spaces, strict=True):
        folded = fold_piece(word)
        if folded in SEPARATORS:
            gap = gap or folded
        else:
            pieces.append(plain_piece(word))
            before.append(gap)
            gap = ""
        if has_space:
            gap = gap or " "
    return _Spelling(tuple(pieces), tuple(before))


def _vary(written: _Spelling, *, is_prose: bool, is_target: bool) -> Iterator[_Spelling]:
    wordings = _reworded(written) if is_target and is_prose else [written]
    for ending in (ending for wording in wordings for ending in _endings(wording, is_prose=is_prose)):
        for spelling in _joined(ending, is_prose=is_prose):
            yield spelling
            if is_target and not is_prose:
                yield from _prefixed(spelling)


def _reworded(written: _Spelling) -> list[_Spelling]:
    """Return `written` and what _REWORDED makes of it, over and over."""
    known = {written.pieces: written}
    for spelling in (waiting := [written]):
        for place, (old, new) in itertools.product(range(len(spelling.pieces)), _REWORDED):
            if spelling.pieces[place : place + len(old)] != old:
                continue
            pieces = (*spelling.pieces[:place], *new, *spelling.pieces[place + len(old) :])
            before = (*spelling.before[: place + 1], *(" " for _ in new[1:]), *spelling.before[place + len(old) :])
            if len(pieces) <= _LONGEST and pieces not in known:
                known[pieces] = _Spelling(pieces, before)
                waiting.append(known[pieces])
    return waiting


def _endings(written: _Spelling, *, is_prose: bool) -> Iterator[_Spelling]:
    """RIG-I is also RIG-1, and words have a plural."""
    yield written
    *head, last = written.pieces
    if head and last in _ROMAN and written.before[-1]:
        yield written._replace(pieces=(*head, _ROMAN[last]))
    if is_prose and last.isalpha() and last[-1].islower() and not last.endswith("s") and last not in GREEK_WORDS:
        yield written._replace(pieces=(*head, f"{last}s"))


def _joined(spelling: _Spelling, *, is_prose: bool, since: int = 1) -> Iterator[_Spelling]:
    """Two runs of letters may also stand as one: FAPalpha, RIGI, SGNTGT."""
    yield spelling
    for place in range(since, len(spelling.pieces)):
        left, right = spelling.pieces[place - 1], spelling.pieces[place]
        is_greek = right in GREEK_WORDS and left.isupper()
        is_hyphened = spelling.before[place] == "-" and left.isalpha() and right.isalpha() and not is_prose
        is_shouted = len(left) == 1 and (left + right).isupper()  # C-FMS is not CFMS, which is CFMs as often as not
        if is_greek or (is_hyphened and not is_shouted):
            pieces = (*spelling.pieces[: place - 1], left + right, *spelling.pieces[place + 1 :])
            before = (*spelling.before[:place], *spelling.before[place + 1 :])
            yield from _joined(_Spelling(pieces, before), is_prose=is_prose, since=place)


def _prefixed(spelling: _Spelling) -> Iterator[_Spelling]:
    first, *rest = spelling.pieces
    if first.isalpha() and first.isupper() and len(first) > 1:
        forms = (first, first.capitalize())  # sTIM-3, sTim-3
        yield from (spelling._replace(pieces=(species + form, *rest)) for species in _SPECIES for form in forms)


def _gaps(spelling: _Spelling, kind: Kind, *, is_prose: bool) -> tuple[Gap, ...]:
    return tuple(
        _gap(spelling, place, kind) | (_PROSE if is_prose and spelling.before[place] else Gap(0))
        for place in range(1, len(spelling.pieces))
    )


def _gap(spelling: _Spelling, place: int, kind: Kind) -> Gap:
    """Return what may stand before the piece at `place`."""
    left, right, written = spelling.pieces[place - 1], spelling.pieces[place], spelling.before[place]
    if kind == "blocker" and written == "-":
        return Gap.NONE | Gap.DASH | Gap.HYPHENATED  # "CCR4-NOT" is not "CCR4 not"
    if left.isalpha() and right.isalpha():
        return _SPLIT | (Gap.NONE if right in GREEK_WORDS else Gap(0))
    if not (left.isalnum() and right.isalnum()):
        return Gap.NONE | Gap.SPACE | (_SPLIT if written else Gap(0))
    is_first_digit = place == 1 and len(left) == 1 and written != " "
    if left.isdigit() and (is_first_digit or not written):
        return Gap.NONE | Gap.DASH | Gap.HYPHENATED  # "MK-7684A" is not "MK-7684 A phase 2 trial", 5-AC not "5 AC"
    return Gap.NONE | _SPLIT


_NUMBERED = re.compile(r"[A-Z]{2,}")


def split_numbered(pattern: Pattern) -> tuple[str, str] | None:
    """Return stem and number of a name such as TIM-3 that a text may share out ("TIM-1 and -3"); else None."""
    match pattern.pieces:
        case (stem, number) if _NUMBERED.fullmatch(stem) and number.isdigit():
            return stem, number
    return None
