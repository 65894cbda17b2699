"""Makes an import again from what it landed: the records it took, not the files, which may be gone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from dags.first_loading import Builders
from dags.import_articles_loading import FileLoading, Wanted
from dags.import_files import ArticleFile
from dags.import_ledger import Counts
from dags.import_loading import Before, PartLoader
from dags.import_pages import cut_pages, read_ahead
from dags.past import PastStep, Row
from dags.run import Run, StepResult
from dags.taking import Taken
from etl.ledger_schemas import IMPORT_FILE
from etl.schemas import build_frame
from etl.selecting import Selector
from extractors.clinicaltrials.envelope import parse_envelope
from extractors.clinicaltrials.files import FileStudy
from extractors.pubmed.files import find_place
from warehouse.landed import LandedNote, LandedPage
from warehouse.pages import rebuild_body


class ImportAgain:
    """The steps of one import, in order. What it said of the files themselves is put as it was."""

    def __init__(self, run: Run, landing: Path, builders: Builders) -> None:
        self._run = run
        self._landing = landing
        self._builders = builders
        self._numbers = itertools.count(1)
        self._before: Before | None = None
        self._wanted: Wanted | None = None

    def repeat(self, step: PastStep) -> StepResult:
        """Make one step of reading files again."""
        pages = [line for line in step.lines if isinstance(line, LandedPage)]
        rows = [line.content for line in step.lines if isinstance(line, LandedNote) and line.kind == "import_file"]
        with self._run.step("import") as result:
            if rows:
                self._load_articles(rows[0], pages)
            elif pages:
                self._load_studies(pages)
            result.summary = step.row["summary"]
        return result

    def _load_studies(self, pages: Sequence[LandedPage]) -> None:
        self._before = self._before or Before(self._run)
        part = PartLoader(self._run, pages[0].item, self._numbers, self._before)
        taken = cut_pages(self._take(pages))
        part.load(read_ahead(self._run, taken, self._builders, self._before.held))
        self._before.add(part)

    def _take(self, pages: Sequence[LandedPage]) -> Iterator[Taken]:
        selector = Selector(self._run.inputs.items)
        for page in pages:
            body = rebuild_body(self._landing, page)
            envelope = parse_envelope(body)
            bodies = [body[span.start : span.end] for span in envelope.spans]
            found = selector.find_matches(bodies)
            for record, study, matches in zip(envelope.ids, bodies, found, strict=True):
                yield Taken(FileStudy(page.request, record, study), matches or {})

    def _load_articles(self, row: Row, pages: Sequence[LandedPage]) -> None:
        self._wanted = self._wanted or Wanted(self._run)
        file = ArticleFile(Path(row["name"]), row["name"], find_place(row["name"]))
        loading = FileLoading(self._run, self._wanted, file, Counts(), self._numbers)
        loading.load_again(rebuild_body(self._landing, page) for page in pages)
        fresh = row | {"loaded_at": self._run.clock, "run_id": self._run.run_id}
        self._run.store.replace("import_file", build_frame([fresh], IMPORT_FILE), "name")
        self._wanted.held |= loading.loaded
        self._wanted.known |= loading.pairs
