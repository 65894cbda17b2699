"""Records that came twice in one reading of the registry and did not say the same: neither can be believed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dags.trial_loading import TrialLoader
from etl.canonical import build_canonical, hash_content
from extractors.clinicaltrials.envelope import RecordId
from extractors.clinicaltrials.parse import is_too_deep
from models.page import Page, RecordSpan


class Contradictions:
    """Looks at each page before it is loaded; `found` holds the numbers of records that contradict themselves.

    What is known to do so (`distrusted`) is not looked at again.
    """

    def __init__(self, loader: TrialLoader, distrusted: frozenset[str]) -> None:
        self.found: set[str] = set()
        self._loader = loader
        self._distrusted = distrusted
        self._prints: dict[str, int] = {}  # of a record's bytes as first served; nothing of it is kept

    def look(self, page: Page, ids: Sequence[RecordId]) -> None:
        """Compare a page's records with what was served of them earlier tonight."""
        here: dict[str, bytes] = {}
        for record, span in zip(ids, page.records, strict=True):
            if not record.nct_id or record.nct_id in self._distrusted:
                continue
            body = page.body[span.start : span.end]
            mark = _mark(page.body, span)
            first = self._prints.setdefault(record.nct_id, mark)
            if first != mark and self._differs(record.nct_id, body, here.get(record.nct_id)):
                self.found.add(record.nct_id)
            here[record.nct_id] = body

    def _differs(self, nct_id: str, body: bytes, earlier: bytes | None) -> bool:
        """Tell whether other bytes are other content. What came on an earlier page is in the warehouse."""
        if earlier is not None:
            return _hash(body) != _hash(earlier)
        self._loader.flush()
        return self._loader.find_content_hash(nct_id) != _hash(body)


def _mark(page: bytes, span: RecordSpan) -> int:
    """Return a fingerprint of a record's bytes, the release stamp left out."""
    if span.stamp_start < 0:
        return hash(page[span.start : span.end])
    return hash((page[span.start : span.stamp_start], page[span.stamp_end : span.end]))


def _hash(body: bytes) -> str:
    if is_too_deep(body):
        return str(hash(body))  # it is set aside, and not held
    return hash_content(build_canonical(msgspec.json.decode(body)))
