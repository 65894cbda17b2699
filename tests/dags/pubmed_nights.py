"""Nights that read PubMed alone, from worlds of papers written for a test. PMID 99xxxxxx cannot be real."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable
from pathlib import Path

from dags.nightly import SOURCES
from dags.sample.server import SampleServer
from dags.sample.world import SAMPLE_FOLDER, Revision, Study, World
from tests.extractors.pubmed_xml import write_abstract, write_article

DAYS = [dt.date(2026, 2, day) for day in (10, 11, 12, 13, 14, 15)]
LONG_AGO = dt.date(2026, 1, 5)
# Put in the place of the sources, whose order it leaves alone.
PUBMED_ALONE = {"pubmed": SOURCES["pubmed"]}
KEY = "c0ffee5eed0123456789abcdef0123456789"


def write_paper(number: int, seen: dt.date, title: str = "Zelbarimab at work", abstract: str = "") -> Revision:
    """Return a paper as it stands from a day on; the first of a number is its entry."""
    pmid = str(99_000_000 + number)
    inside = f"<ArticleTitle>{title} {number}</ArticleTitle>{write_abstract(abstract) if abstract else ''}"
    return Revision(pmid, seen, write_article(pmid, inside).encode())


def build_world(papers: Iterable[Revision]) -> World:
    """Return a world of these papers, and of one study that nobody watches."""
    return World([Study(DAYS[0], "NCT99000999", (), "", "", b'{"protocolSection":{}}')], papers)


def write_home(folder: Path, server: SampleServer, watch: str, source: str = "") -> Path:
    """Write a watchlist with the sample's vocabulary into a folder; return the folder."""
    shutil.copytree(SAMPLE_FOLDER / "vocabulary", folder / "vocabulary")
    (folder / "watchlist.toml").write_text(
        f'[watch]\n{watch}\n[vocabulary]\nextra = "vocabulary"\n[source.pubmed]\nbase_url = "{server.eutils_url}"\n'
        f'email = "tests@example.org"\nsince = "2026-01-01"\n{source or "requests_per_second = 0"}\n'
    )
    return folder
