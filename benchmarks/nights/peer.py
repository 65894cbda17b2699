"""The peer of `changes.py`, run by the Python of an environment of its own: nights of pages into DuckDB by dlt's scd2.

`peer.py FORM NIGHT WORK`: loads the pages of studies in the folder NIGHT beside what WORK holds of earlier nights, and
writes JSON: the seconds it took (imports apart), and the table of status changes read from the validity columns.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
import orjson
import pyarrow as pa

# The spells of a status, each beside the one before; rows in which another column moved drop out.
STATUS_CHANGES = """
    SELECT nct_id, old_status, overall_status
    FROM (
        SELECT *, lag(overall_status) OVER (PARTITION BY nct_id ORDER BY _dlt_valid_from) AS old_status FROM trial
    )
    WHERE old_status <> overall_status
    ORDER BY ALL
"""
TEXT = pa.string()
ARROW = pa.schema({"nct_id": TEXT, "overall_status": TEXT, "study": TEXT, "row_hash": TEXT})
DATES = ("startDateStruct", "primaryCompletionDateStruct", "completionDateStruct")
# Each form's settings. Row hashes of our own spare dlt its hash of each row.
FORMS: dict[str, dict[str, Any]] = {
    "nested": {},
    "json": {"max_table_nesting": 0, "columns": {"study": {"data_type": "json"}}},
    "arrow": {},
    "flat": {},
}


def read_pages(night: Path) -> Iterator[list[dict[str, Any]]]:
    """Yield the studies of each page, without the release stamp: with it every row would be a new one."""
    for file in sorted(night.iterdir()):
        studies = orjson.loads(file.read_bytes())["studies"]
        for study in studies:
            study.get("derivedSection", {}).get("miscInfoModule", {}).pop("versionHolder", None)
        yield studies


def build_whole_row(study: dict[str, Any]) -> dict[str, Any]:
    """Return a study's number and status beside the whole of it."""
    protocol = study["protocolSection"]
    return {
        "nct_id": protocol["identificationModule"]["nctId"],
        "overall_status": protocol["statusModule"]["overallStatus"],
        "study": study,
    }


def build_flat_row(study: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a study's status, and nothing else of it."""
    row = build_whole_row(study)
    status = row.pop("study")["protocolSection"]["statusModule"]
    row |= {name: status.get(name, {}).get("date") for name in DATES}
    row |= {name: status.get(name) for name in ("whyStopped", "lastUpdateSubmitDate")}
    return row | {"enrollment": study["protocolSection"].get("designModule", {}).get("enrollmentInfo", {}).get("count")}


def build_arrow(studies: list[dict[str, Any]]) -> pa.Table:
    """Return a page as a table of studies as text, each with the hash of it."""
    rows = []
    for study in studies:
        text = orjson.dumps(study)
        digest = hashlib.blake2b(text, digest_size=16).hexdigest()
        rows.append(build_whole_row(study) | {"study": text.decode(), "row_hash": digest})
    return pa.Table.from_pylist(rows, schema=ARROW)


def build_batches(form: str, night: Path) -> Iterator[Any]:
    """Yield a night page by page in the form asked for; pages are handed over whole, which dlt takes faster."""
    for studies in read_pages(night):
        if form == "arrow":
            yield build_arrow(studies)
        else:
            yield [build_flat_row(study) if form == "flat" else build_whole_row(study) for study in studies]


def main(form: str, night: Path, work: Path) -> None:
    """Load the night and write what came of it."""
    destination = dlt.destinations.duckdb(str(work / "peer.duckdb"))
    folder = str(work / "pipelines")
    pipeline = dlt.pipeline("peer", pipelines_dir=folder, destination=destination, dataset_name="registry")
    disposition = {"disposition": "merge", "strategy": "scd2"}
    if form == "arrow":
        disposition["row_version_column_name"] = "row_hash"
    started, worked = time.perf_counter(), time.process_time()
    trial = dlt.resource(build_batches(form, night), name="trial", write_disposition=disposition, **FORMS[form])
    pipeline.run(trial, loader_file_format="parquet")
    answer = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - worked}
    with pipeline.sql_client() as client, client.execute_query(STATUS_CHANGES) as cursor:
        answer |= {"status_changes": cursor.fetchall()}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
