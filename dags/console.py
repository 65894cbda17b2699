"""What people see on a terminal: results to stdout, the rest to stderr; colour only adds, and only there."""

from __future__ import annotations

import contextlib
import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from etl.wording import SOURCE_NAMES, count
from models.errors import TrialwatchError

if TYPE_CHECKING:
    from dags.run import StepResult  # what only reads must not wait for what a run needs
    from etl.styled import Line, Style

TableFormat = Literal["table", "tsv", "csv", "json"]
_NEWS = (
    ("stop", "stopped"),
    ("pause", "paused"),
    ("resume", "resumed"),
    ("end", "completed"),
    ("reversal", "moved back"),
    ("progress", "moved on"),
    ("registry", "set by the registry"),
)
_STYLES: dict[Style, str] = {"bold": "bold", "dim": "dim", "course": "blue", "pause": "yellow", "stop": "red"}

# OWASP, "CSV injection": what spreadsheets begin a formula with, or skip before one; full-width forms too.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_TRACKED = (("trial", "trial"), ("article", "paper"))


def say(text: str = "") -> None:
    """Write a result."""
    Console(highlight=False, markup=False, soft_wrap=True).print(text)


def note(text: str, style: str = "") -> None:
    """Write beside the results."""
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(text, style=style or None)


@contextlib.contextmanager
def show_progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far long work has come, on a terminal alone; return who is to be told `done, all`."""
    console = Console(stderr=True, highlight=False, markup=False)
    text = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of_all: bar.update(task, completed=done, total=of_all)


@contextlib.contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something takes its time, and for how long by now: on a terminal alone, and gone when it is done."""
    console = Console(stderr=True, highlight=False, markup=False)
    if not console.is_terminal:
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        progress.add_task(what, total=None)
        yield


def show_error(error: TrialwatchError) -> None:
    """Write what went wrong, and what to do about it."""
    note(f"error: {error.message}", "red")
    if error.hint:
        note(f"hint: {error.hint}")


def show_step(result: StepResult) -> None:
    """Write a line a step."""
    took = _show_seconds(result.seconds)
    if result.error:
        reason = getattr(result.error, "reason", result.error.message)
        word = "not read" if result.step in SOURCE_NAMES else "failed"
        word = f"{word} since {result.read_at.date()}" if result.read_at else word
        note(f"! {result.step:<15} {word}: {reason}  {took}", "yellow")
        if result.error.hint:
            note(f"  hint: {result.error.hint}")
    else:
        note(f"✓ {result.step:<15} {result.summary}  {took}")


def _show_seconds(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f}m {rest:02.0f}s" if minutes else f"{rest:.1f}s"


def describe_news(news: dict[str, int]) -> str:
    """Return what a run found in one line: `1 stopped, 1 paused, 1 new trial, 2 new papers`."""
    parts = [f"{news[kind]} {word}" for kind, word in _NEWS if news.get(kind)]
    parts += [
        count(news[kind], noun)
        for kind, noun in (("new_trial", "new trial"), ("new_article", "new paper"))
        if news.get(kind)
    ]
    if news.get("other_change"):
        parts.append(f"{count(news['other_change'], 'trial')} with other changes")
    parts += [f"{news['retracted']} retracted"] if news.get("retracted") else []
    told = [(count(news.get(f"{noun}_tracked", 0), word), f"{noun}_tracked") for noun, word in _TRACKED]
    parts += [f"{text} now tracked" for text, kind in told if news.get(kind)]
    return ", ".join(parts) or "nothing new in what was read"


def show_lines(render: Callable[[int | None], Iterable[Line]]) -> None:
    """Write lines of styled pieces, which `render` makes for so many columns; None where there is no terminal."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for line in render(console.width if console.is_terminal else None):
        text = Text()
        for piece in line:
            text.append(piece.text, _STYLES.get(piece.style, ""))
        text.rstrip()
        console.print(text)


def show_rows(names: Sequence[str], rows: Sequence[Sequence[Any]], form: TableFormat | None) -> None:
    """Write rows: a table on a terminal, tabs where piped, or as asked for."""
    write_rows(sys.stdout, names, rows, form or ("table" if sys.stdout.isatty() else "tsv"))


def write_rows(file: TextIO, names: Sequence[str], rows: Sequence[Sequence[Any]], form: TableFormat) -> None:
    """Write rows into a text file. In CSV, which spreadsheets open, no text can act as a formula."""
    if form == "json":
        file.writelines(
            json.dumps(dict(zip(names, row, strict=True)), default=str, ensure_ascii=False) + "\n" for row in rows
        )
    elif form == "table":
        _show_table(file, names, rows)
    else:
        show = _defuse_cell if form == "csv" else _show_cell
        # RFC 4180 for CSV; its line end also makes the writer quote a carriage return inside a text.
        writer = csv.writer(file, "excel") if form == "csv" else csv.writer(file, "excel-tab", lineterminator="\n")
        writer.writerow(names)
        writer.writerows([show(value) for value in row] for row in rows)


def _show_table(file: TextIO, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(*names, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(_show_cell(value) for value in row))
    console = Console(file=file, highlight=False, markup=False)
    console.print(table)
    console.print(count(len(rows), "row"), style="dim")


def _show_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)


def _defuse_cell(value: Any) -> str:
    """An apostrophe before what a spreadsheet would take for a formula; it then shows the text as it stands here."""
    text = _show_cell(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA_STARTS) else text
