"""Deltas: some bytes told by others that they are like, for nights resemble each other. It knows neither file nor line.

What is alike is told piece by piece, a piece ending at a comma or a line's end; dates that moved on by some days, as
those of a night's questions do, count as alike. What is left is compressed with what it stands in the place of.
"""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import re
import zlib
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence

import msgspec

_PIECE = re.compile(rb"[^,\n]*[,\n]|[^,\n]+")
_DATE = re.compile(rb"(\d{4})([-/])(\d\d)\2(\d\d)")
_WINDOW = 32 << 10  # zlib looks back no further
_RAW = -zlib.MAX_WBITS  # no header: what a delta is kept in has one
Pieces = list[bytes]


class _Delta(msgspec.Struct, frozen=True, array_like=True):
    """`moves`: dates of the base by how many days they moved: each as the days since the one before, and the days.

    `parts`: how many pieces are new, how many of the base are then leapt over (or back), and how many copied; again
    and again. `fresh`: the new pieces, compressed.
    """

    moves: list[int]
    parts: list[int]
    fresh: bytes


def write_delta(base: bytes, content: bytes) -> bytes:
    """Return what `content` is, told by `base`."""
    moves = _find_moves(_cut(base), _cut(content))
    old = _cut(_move(base, moves))
    parts, fresh = _compare(old, _cut(content))
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW, 9, zdict=_find_dictionary(old, parts))
    packed = packer.compress(b"".join(fresh)) + packer.flush() if fresh else b""
    return msgspec.msgpack.encode(_Delta(_fold(moves), parts, packed))


def read_delta(base: bytes, delta: bytes) -> bytes:
    """Return what a delta tells.

    Raises:
        ValueError, zlib.error: it is none, or tells nothing of this base.
    """
    told = msgspec.msgpack.decode(delta, type=_Delta)
    old = _cut(_move(base, _unfold(told.moves)))
    packer = zlib.decompressobj(_RAW, zdict=_find_dictionary(old, told.parts))
    fresh = iter(_cut(packer.decompress(told.fresh)))
    pieces: Pieces = []
    place = 0
    for number, leap, copied in _group(told.parts):
        pieces += itertools.islice(fresh, number)
        place += number + leap
        pieces += old[place : place + copied]
        place += copied
    return b"".join(pieces)


def _cut(content: bytes) -> Pieces:
    return _PIECE.findall(content)


def _compare(old: Sequence[bytes], new: Sequence[bytes]) -> tuple[list[int], Pieces]:
    """Return the parts of a delta, and the pieces that are new."""
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    for place, piece in enumerate(old):
        places[piece].append(place)
    parts, fresh = [0, 0, 0], []
    here = 0
    for piece in new:
        found = here if here < len(old) and old[here] == piece else _find_nearest(places.get(piece, ()), here)
        if found is None:
            if parts[-1]:
                parts += [0, 0, 0]
            parts[-3] += 1
            fresh.append(piece)
        else:
            if found != here and parts[-1]:
                parts += [0, 0, 0]
            if found != here or not parts[-1]:
                parts[-2] = found - here
            parts[-1] += 1
        here = (here if found is None else found) + 1
    return parts, fresh


def _find_nearest(places: Sequence[int], here: int) -> int | None:
    after = bisect.bisect(places, here)
    return min(places[max(0, after - 1) : after + 1], key=lambda place: abs(place - here), default=None)


def _find_dictionary(old: Sequence[bytes], parts: Sequence[int]) -> bytes:
    """Return what new pieces are compressed with: the base, and last of it what they stand in the place of."""
    copied: set[int] = set()
    place = 0
    for number, leap, count in _group(parts):
        place += number + leap
        copied.update(range(place, place + count))
        place += count
    left = b"".join(piece for number, piece in enumerate(old) if number not in copied)
    return (b"".join(old)[: max(0, _WINDOW - len(left))] + left)[-_WINDOW:]


def _group(parts: Sequence[int]) -> list[tuple[int, int, int]]:
    return list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))


def _find_moves(old: Sequence[bytes], new: Sequence[bytes]) -> dict[int, int]:
    """Return by how many days each date moved, by day, as most of the pieces say that differ in their dates alone."""
    held: defaultdict[bytes, deque[bytes]] = defaultdict(deque)
    for piece in filter(_DATE.search, old):
        held[_DATE.sub(b"date", piece)].append(piece)
    votes: Counter[tuple[int, int]] = Counter()
    for piece in filter(_DATE.search, new):
        alike = held[_DATE.sub(b"date", piece)]
        if alike:
            pairs = zip(_list_days(alike.popleft()), _list_days(piece), strict=False)
            votes.update((before, after) for before, after in pairs if before and after)
    moves: dict[int, int] = {}
    for (before, after), _ in votes.most_common():
        moves.setdefault(before, after - before)
    return {day: by for day, by in sorted(moves.items()) if by}


def _list_days(piece: bytes) -> list[int]:
    return [_count_days(found) for found in _DATE.finditer(piece)]


def _count_days(found: re.Match[bytes]) -> int:
    """Return a date's number; 0 where it is none."""
    try:
        return dt.date(int(found[1]), int(found[3]), int(found[4])).toordinal()
    except ValueError:
        return 0


def _move(content: bytes, moves: Mapping[int, int]) -> bytes:
    def move(found: re.Match[bytes]) -> bytes:
        day = _count_days(found)
        if day not in moves:
            return found[0]
        return dt.date.fromordinal(day + moves[day]).isoformat().encode().replace(b"-", found[2])

    return _DATE.sub(move, content) if moves else content


def _fold(moves: Mapping[int, int]) -> list[int]:
    """Return moves as small numbers: they are a few days, one after another."""
    days = [0, *moves]
    return [one for before, day in itertools.pairwise(days) for one in (day - before, moves[day])]


def _unfold(told: Sequence[int]) -> dict[int, int]:
    return dict(zip(itertools.accumulate(told[::2]), told[1::2], strict=True))
