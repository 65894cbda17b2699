"""`trialwatch report`: the landscape page of the published file, or of some targets of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb

from dags.clock import read_day
from dags.console import say, waiting
from dags.inputs import Inputs
from dags.reporting import find_report, write_report
from models.errors import ConfigurationError, WarehouseError
from models.vocabulary import Vocabulary
from warehouse.reader import connect
from warehouse.store import Store


def run_report(
    inputs: Inputs, clock: dt.datetime, *, out: Path | None, targets: Sequence[str], since: str | None
) -> None:
    """Write the page and say where it is.

    Raises:
        ConfigurationError: a target that the vocabulary does not know, a day that is none, or no extra `report`.
        WarehouseError: there is no published warehouse, or one of an older release.
        DeliveryError: the file cannot be written.
    """
    names = [_resolve(name, inputs.vocabulary) for name in targets]
    day = read_day(since, "--since") if since else None
    published = inputs.home.published
    try:
        with Store(connect(published)) as store, waiting("drawing the landscape"):
            said = write_report(store, inputs, clock, out or find_report(inputs), targets=names, since=day)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise WarehouseError(f"{published} was made by an older release", "run `trialwatch run` first") from error
    say(f"wrote {said}")


def _resolve(name: str, vocabulary: Vocabulary) -> str:
    target = vocabulary.find_target(name)
    if target is None:
        known = ", ".join(one.name for one in vocabulary.targets)
        raise ConfigurationError(f'--target: "{name}" is no target of the vocabulary', f"known here: {known}")
    return target.name
