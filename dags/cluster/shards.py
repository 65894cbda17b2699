"""What a worker makes of a shard of studies: a Parquet file of those chosen, built and tagged. It knows no warehouse.

Pure but for the files: the same shard and question give the same rows. A shard is a Parquet file as well, of some
studies as they stand in whatever file they were found in, so that workers need not see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import fsspec
import msgspec
import polars as pl

from dags.cluster.question import Reader, read_question
from dags.cluster.staging import name_rows
from dags.first_building import build_page
from dags.page_rows import PAGE_ROW, PageRow, spread_page
from etl.matching import Found
from etl.tagging.fields import build_trial_fields
from extractors.clinicaltrials.files import FileStudy
from extractors.clinicaltrials.parse import is_too_deep

SHARD = pl.Schema({"nct_id": pl.String(), "aliases": pl.List(pl.String()), "body": pl.Binary()})
# `place` is that in the shard; `matches` NULL where the study is unreadable; what was built stands in the columns of
# PAGE_ROW, where something was.
READ_STUDY = pl.Schema(
    {"place": pl.Int64, "body": pl.Binary, "matches": pl.Binary, "is_built": pl.Boolean, "mentions": pl.String}
)


class ReadStudy(msgspec.Struct, frozen=True):
    """One study of a shard: its place there, and as `Seen`."""

    place: int
    body: bytes
    matches: dict[str, Found] | None
    row: PageRow | None
    mentions: str | None


def write_shard(studies: Sequence[FileStudy], folder: str) -> str:
    """Write some studies where workers find them; return the URL."""
    url = name_rows(folder)
    rows = [(one.record_id.nct_id, one.record_id.aliases, one.body) for one in studies]
    _write(pl.DataFrame(rows, schema=SHARD, orient="row"), url)
    return url


def read_bodies(url: str) -> list[bytes]:
    """Return the studies of a shard as they stand."""
    with fsspec.open(url, "rb") as file:
        return pl.read_parquet(file, columns=["body"]).get_column("body").to_list()


def read_shard(url: str, question_url: str, folder: str) -> str:
    """Look a shard through and write into `folder` what is chosen of it; return the URL.

    Raises:
        OSError: the shard or the question cannot be reached, or the rows not be written; another try may help.
    """
    reader = read_question(question_url)
    with fsspec.open(url, "rb") as file:
        shard = pl.read_parquet(file)
    rows = name_rows(folder)
    _write(_read(shard, reader), rows)
    return rows


def read_studies(url: str) -> Iterator[ReadStudy]:
    """Yield what was chosen of a shard, in its order."""
    with fsspec.open(url, "rb") as file:
        frame = pl.read_parquet(file)
    built = frame.select(PAGE_ROW.names())
    for number, (place, body, matches, is_built, mentions) in enumerate(frame.select(READ_STUDY.names()).iter_rows()):
        found = msgspec.json.decode(matches, type=dict[str, Found]) if matches is not None else None
        yield ReadStudy(place, body, found, PageRow(built, number) if is_built else None, mentions)


def _read(shard: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    matches = reader.selector.find_matches(shard.get_column("body").to_list())
    chosen = []
    fresh: dict[str, tuple[int, bytes]] = {}
    for place, ((nct_id, aliases, body), found) in enumerate(zip(shard.iter_rows(), matches, strict=True)):
        is_held = not reader.question.wanted.isdisjoint((nct_id, *aliases))
        if found is None or found or reader.question.is_everything or is_held:
            chosen.append((place, body, None if found is None else msgspec.json.encode(found)))
            # What is held, or stands twice, is compared with what is held: that is the loader's.
            if found is not None and nct_id not in reader.question.wanted and not is_too_deep(body):
                fresh.setdefault(nct_id, (place, body))
    built = _build(fresh, reader)
    rows = pl.DataFrame(chosen, schema={name: READ_STUDY[name] for name in ("place", "body", "matches")}, orient="row")
    return rows.join(built, on="place", how="left", maintain_order="left").with_columns(
        pl.col("is_built").fill_null(value=False)
    )


def _build(fresh: Mapping[str, tuple[int, bytes]], reader: Reader) -> pl.DataFrame:
    """Build and tag the studies of which nothing was held."""
    page = spread_page(
        build_page({nct_id: body for nct_id, (_, body) in fresh.items()}, wants_fields=reader.question.wants_fields)
    )
    names = page.select("nct_id", "is_unread").iter_rows()
    mentions = [None if is_unread else _tag(fresh[nct_id][1], reader) for nct_id, is_unread in names]
    return page.with_columns(
        pl.Series("place", [fresh[nct_id][0] for nct_id in page.get_column("nct_id")], pl.Int64),
        pl.lit(value=True).alias("is_built"),
        pl.Series("mentions", mentions, pl.String),
    )


def _tag(body: bytes, reader: Reader) -> str:
    return msgspec.json.encode(list(reader.tagger.tag(build_trial_fields(msgspec.json.decode(body))))).decode()


def _write(frame: pl.DataFrame, url: str) -> None:
    with fsspec.open(url, "wb") as file:
        frame.write_parquet(file, compression="zstd", compression_level=1)
