"""What several commands take: the clock, and the forms that things are written in."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

Clock = Annotated[
    str | None,
    typer.Option(
        metavar="INSTANT", help="The one instant for everything in this command (ISO 8601, UTC). Default: now."
    ),
]


class RowFormat(StrEnum):
    """How rows are written."""

    table = "table"
    tsv = "tsv"
    csv = "csv"
    json = "json"
