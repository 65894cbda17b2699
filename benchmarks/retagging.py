"""What a changed vocabulary costs: one agent more, in a warehouse of recorded trials and papers, against all anew.

    python benchmarks/retagging.py [COPIES]

The recorded trials and papers (`TRIALWATCH_SHARED`, default ../shared) are imported once, COPIES times under other
numbers; then a link step runs with one agent more, and with everything forgotten. spaCy is imported before.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import structlog

from dags.importing import run_import
from dags.inputs import Inputs, read_inputs
from dags.linking import link_records
from dags.run_ledger import open_run
from dags.vocabulary_loading import write_vocabulary
from dags.working_file import open_store
from etl.tagging import build_tagger
from models.vocabulary import Action, Agent

_START = dt.datetime(2026, 5, 1, 10)  # noqa: DTZ001  UTC, as everywhere
_AGENT = Agent(name="atezolizumab-like", role="lead", source="invented", synonyms=("docetaxel",), actions=())
_WATCHLIST = """
[watch]
agents = ["relatlimab"]
everything = true
[source.pubmed]
email = "benchmark@example.org"
"""


def main() -> None:
    """Measure, and print a line a case."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    shared = Path(os.environ.get("TRIALWATCH_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "watchlist.toml").write_text(_WATCHLIST)
        inputs = read_inputs(folder / "watchlist.toml", environment={})
        build_tagger(inputs.vocabulary)
        papers = shared / "recorded" / "articles.xml.gz"
        studies = folder / "studies.json"
        studies.write_text(json.dumps(list(_copy(shared, copies)), ensure_ascii=False), "utf-8")
        run_import(inputs, [studies, papers], _START)
        _measure("as it is", inputs, 1)
        agent = msgspec.structs.replace(_AGENT, actions=(Action("LAG3", "blocks"),))
        vocabulary = msgspec.structs.replace(
            inputs.vocabulary, agents=(*inputs.vocabulary.agents, agent), version="one more"
        )
        more = msgspec.structs.replace(inputs, vocabulary=vocabulary)
        _measure("one agent more", more, 2)
        _measure("everything anew", more, 3, "UPDATE tagged_document SET rules_version = 'other'")


def _copy(shared: Path, copies: int) -> Iterator[dict[str, Any]]:
    newest: dict[str, str] = {}
    for name in ("trials", "nightly"):
        with gzip.open(shared / "recorded" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                study = json.loads(line)["study"]
                newest[study["protocolSection"]["identificationModule"]["nctId"]] = json.dumps(study)
    for number in range(copies):
        for place, text in enumerate(newest.values()):
            study = json.loads(text)
            if number:
                study["protocolSection"]["identificationModule"]["nctId"] = f"NCT{90_000_000 + number * 1000 + place}"
            yield study


def _measure(case: str, inputs: Inputs, night: int, before: str = "") -> None:
    clock = _START + dt.timedelta(days=night)
    with (
        open_store(inputs, clock) as store,
        open_run(inputs, store, "nightly", f"{clock.date()}", clock) as run,
        store.transaction(),
    ):
        write_vocabulary(run)
        if before:
            store._connection.execute(before)  # noqa: SLF001  no release does this
        build_tagger(inputs.vocabulary)
        started = time.process_time()
        said = link_records(run)
        held = store._connection.execute("SELECT count(*) FROM tagged_document").fetchall()[0][0]  # noqa: SLF001
        print(f"{case:<16} {time.process_time() - started:7.2f} s of CPU, of {held}: {said}")


if __name__ == "__main__":
    main()
