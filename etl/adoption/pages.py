"""The lines of a text as they are read: without running heads, column after column. It joins none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from statistics import median

import msgspec

from etl.adoption.characters import Chars

_EDGE = 2  # lines at a page's top and foot in which heads and page numbers stand
_FEWEST_REPEATS = 3
_SHORTEST_REPEATED = 12
_LONGEST_REPEATED = 160
_FEWEST_LINES = 5  # that a gutter must part before it is one
_FEWEST_WORDS = 4  # in each half of most lines; the cells of a table hold fewer
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_WIDE_GAP = re.compile(r"(?<=\S)(?: {3,}|\t+)(?=\S)")
_CELL = re.compile(r"\S+(?: \S+)*")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_HOLDS_NUMBER = re.compile(r"NCT", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?:page|p\.)?\s*[-\u2013]?\s*\d{1,4}\s*[-\u2013]?(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
# How far below each other two parts of one cell may begin.
_SHIFT = 1


class Layout(msgspec.Struct, frozen=True):
    """A text's lines as they are read (an empty one parts blocks), and the columns of its tables, cell by cell."""

    lines: tuple[Chars, ...]
    chains: tuple[tuple[Chars, ...], ...]


def is_row(line: str) -> bool:
    """Return whether a line is one of a table: its cells stand apart, or have bars between them."""
    return _WIDE_GAP.search(line.strip()) is not None or line.count("|") > 1


def find_layout(text: Chars, names: Collection[str] = ()) -> Layout:
    """Return how a text is read: page by page, without what repeats at their edges, and columns one after the other.

    A line that holds one of `names` (in lower case) is never taken for a running head.
    """
    pages = _split_pages(text.split_lines())
    repeated = _find_repeated(pages)
    lines: list[Chars] = []
    chains: list[tuple[Chars, ...]] = []
    for page in pages:
        kept = _drop_edges(page, repeated, names, is_only=len(pages) == 1)
        ordered = list(_order(kept))
        lines += [*ordered, Chars("", ())]
        chains += _find_chains(kept)
    return Layout(tuple(lines), tuple(chains))


def _split_pages(lines: Sequence[Chars]) -> list[list[Chars]]:
    pages: list[list[Chars]] = [[]]
    for line in lines:
        if line.text == "\f":
            pages.append([])
        else:
            pages[-1].append(line)
    return [page for page in pages if any(line.text.strip() for line in page)]


def _find_repeated(pages: Sequence[Sequence[Chars]]) -> set[str]:
    """Return the lines that stand at the edges of pages, or alone, again and again, whatever their digits."""
    edges: Counter[str] = Counter()
    alone: dict[str, set[str]] = {}
    for page in pages:
        edges.update({_blur(page[place].text) for place in _find_edges(page)})
        for place, line in enumerate(page):
            around = [page[one].text.strip() for one in (place - 1, place + 1) if 0 <= one < len(page)]
            if not any(around) and _SHORTEST_REPEATED <= len(line.text.strip()) <= _LONGEST_REPEATED:
                alone.setdefault(_blur(line.text), set()).add(line.text.strip())
    # Within a page only what counts on is a head: a heading or a cell may stand there again as it was.
    return {text for text, times in edges.items() if times > 1} | {
        text for text, forms in alone.items() if len(forms) >= _FEWEST_REPEATS
    }


def _drop_edges(page: Sequence[Chars], repeated: set[str], names: Collection[str], *, is_only: bool) -> list[Chars]:
    edges = set(_find_edges(page))
    kept = []
    for place, line in enumerate(page):
        text = line.text.strip()
        around = [page[one].text.strip() for one in (place - 1, place + 1) if 0 <= one < len(page)]
        is_head = _blur(text) in repeated and (place in edges or not any(around))
        is_number = place in edges and not is_only and _PAGE_NUMBER.fullmatch(text)
        # A line that holds a trial's number or a name is text, wherever it stands.
        is_text = _HOLDS_NUMBER.search(text) or any(word in names for word in _WORD.findall(text.casefold()))
        if text and (is_head or is_number) and not is_text:
            continue
        kept.append(line)
    return kept


def _find_edges(page: Sequence[Chars]) -> list[int]:
    filled = [place for place, line in enumerate(page) if line.text.strip()]
    return sorted({*filled[:_EDGE], *filled[-_EDGE:]})


def _blur(text: str) -> str:
    return re.sub(r"\d+", "0", " ".join(text.split()))


def _order(lines: Sequence[Chars]) -> Iterator[Chars]:
    """Yield lines as they are read: where a gutter parts them, those on its left first."""
    gutter, runs = _find_gutter(lines)
    if not runs:
        yield from lines
        return
    done = 0
    for start, end in runs:
        yield from lines[done:start]
        left = [line.cut(0, gutter) for line in lines[start:end]]
        right = [line.cut(gutter) for line in lines[start:end]]
        yield from _order([_trim(line) for line in left])
        yield from _order([_trim(line) for line in right])
        done = end
    yield from lines[done:]


def _trim(line: Chars) -> Chars:
    return line.cut(0, len(line.text.rstrip()))


def _find_gutter(lines: Sequence[Chars]) -> tuple[int, list[tuple[int, int]]]:
    """Return the column at which most lines are parted, and the runs of lines that it parts."""
    places = Counter(
        place for line in lines for gap in _GAP.finditer(line.text) for place in range(gap.start(), gap.end())
    )
    best: tuple[int, int, list[tuple[int, int]]] = (0, 0, [])
    # Of places that part as many, the last: the right column's lines begin below each other, the left's end anywhere.
    for place, times in sorted(places.items(), key=lambda one: (-one[1], -one[0])):
        if times < max(_FEWEST_LINES, best[0] + 1):
            break
        runs = _find_runs(lines, place)
        parted = sum(_is_parted(line.text, place) for start, end in runs for line in lines[start:end])
        if parted > best[0]:
            best = (parted, place, runs)
    return best[1], best[2]


def _find_runs(lines: Sequence[Chars], place: int) -> list[tuple[int, int]]:
    """Return where lines follow each other of which none crosses a column, enough of them parted, and of prose."""
    runs, start = [], None
    for number in range(len(lines) + 1):
        is_crossed = number == len(lines) or _is_crossed(lines[number].text, place)
        if start is None and not is_crossed:
            start = number
        elif start is not None and is_crossed:
            parted = [line.text for line in lines[start:number] if _is_parted(line.text, place)]
            if len(parted) >= _FEWEST_LINES and _is_prose(parted, place):
                runs.append((start, number))
            start = None
    return runs


def _is_crossed(text: str, place: int) -> bool:
    """Whether a line's words reach over a column; one that is empty there, or ends before, does not."""
    return bool(text[max(0, place - 1) : place + 1].strip()) and len(text) > place


def _is_parted(text: str, place: int) -> bool:
    return bool(text[:place].strip() and text[place:].strip()) and not _is_crossed(text, place)


def _is_prose(texts: Sequence[str], place: int) -> bool:
    left, right = (
        median(len(part.split()) for part in parts)
        for parts in zip(*((one[:place], one[place:]) for one in texts), strict=True)
    )
    return left >= _FEWEST_WORDS and right >= _FEWEST_WORDS


def _find_chains(lines: Sequence[Chars]) -> Iterator[tuple[Chars, ...]]:
    """Yield, of lines with cells, the cells that stand below each other."""
    growing: dict[int, list[Chars]] = {}
    for line in lines:
        cells = [line.cut(*cell.span()) for cell in _CELL.finditer(line.text)]
        starts = [cell.start() for cell in _CELL.finditer(line.text)]
        grown: dict[int, list[Chars]] = {}
        for start, cell in zip(starts, cells, strict=True):
            above = next((one for one in growing if abs(one - start) <= _SHIFT), None)
            grown[start] = [*(growing[above] if above is not None else ()), cell]
        kept = {id(cells[0]) for cells in grown.values()}
        yield from (tuple(chain) for chain in growing.values() if len(chain) > 1 and id(chain[0]) not in kept)
        growing = grown
    yield from (tuple(chain) for chain in growing.values() if len(chain) > 1)
