"""What several commands take: the clock, and the forms that rows are written in."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Clock = Annotated[
    str | None,
    typer.Option(
        metavar="INSTANT", help="The one instant for everything in this command (ISO 8601, UTC). Default: now."
    ),
]
RowFormat = Literal["table", "tsv", "csv", "json"]
