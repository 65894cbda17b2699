"""`trialwatch history`: one trial's life, read from the published file alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Literal

from dags.console import note, show_lines
from dags.home import Home
from etl.export_history import render_csv, render_json, render_markdown_history
from etl.render_history import render_history
from etl.trial_life import build_life
from models.errors import ConfigurationError
from models.nct import parse_nct_id
from models.trial_life import TrialLife
from warehouse.reader import query_records
from warehouse.sql import read_sql

HistoryFormat = Literal["text", "json", "csv", "md"]
# Whole texts, for files and programs; the terminal's own form is cut to its width.
_EXPORTS: dict[str, Callable[[TrialLife], str]] = {
    "json": render_json,
    "csv": render_csv,
    "md": render_markdown_history,
}


def show_history(home: Home, number: str, form: HistoryFormat) -> None:
    """Write one trial's life.

    Raises:
        WarehouseError: there is no published warehouse yet.
        ConfigurationError: the number is none, or no trial of the warehouse has it.
    """
    asked = _parse_number(number)
    life = read_life(home, asked)
    if life.nct_id != asked:
        note(f"{asked} is {life.nct_id} in the registry")
    if form == "text":
        show_lines(lambda width: render_history(life, width))
    else:
        # As bytes of text: nothing is wrapped, coloured or read as markup on the way.
        sys.stdout.write(_EXPORTS[form](life) + "\n")


def read_life(home: Home, nct_id: str) -> TrialLife:
    """Read the life of the trial that a number, its own or an alias, stands for.

    Raises:
        ConfigurationError: no trial of the warehouse has that number.
    """
    own = _read(home, ["number"], number=nct_id)["number"] or _read(home, ["alias"], number=nct_id)["alias"]
    if not own:
        raise _describe_unknown(home, nct_id)
    parts = _read(home, ["trial", "reasons", "statuses", "versions", "changes"], nct_id=own[0]["nct_id"])
    (trial,) = parts.pop("trial")
    return build_life(trial, **parts)


def _parse_number(number: str) -> str:
    try:
        return parse_nct_id(number)
    except ValueError as error:
        raise ConfigurationError(str(error), "name one trial: trialwatch history NCT01968109") from error


def _describe_unknown(home: Home, nct_id: str) -> ConfigurationError:
    if _read(home, ["watched"], number=nct_id)["watched"]:
        return ConfigurationError(
            f"{nct_id} is watched, but the registry never served it",
            "is the number right? `trialwatch status` names it",
        )
    return ConfigurationError(
        f"{nct_id} is not in the warehouse", f"`trialwatch watch add {nct_id}`, then `trialwatch run` brings it in"
    )


def _read(home: Home, parts: Sequence[str], **parameters: Any) -> dict[str, list[dict[str, Any]]]:
    return query_records(home.published, {part: read_sql("statements", f"life_{part}") for part in parts}, parameters)
