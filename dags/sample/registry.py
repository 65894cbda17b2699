"""What ClinicalTrials.gov answers, from a world: pages of studies, single ones, histories. It speaks no HTTP.

Forms and quirks: https://clinicaltrials.gov/data-api/api, as of 2026.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from dags.sample.essie import QUERY_AREAS, QueryError, find_studies, parse_nct_number, sort_studies
from dags.sample.faults import Reply
from dags.sample.replies import build_html, build_json, build_plain
from dags.sample.world import Study, World

REGISTRY_PATH = "/api/v2"
_PAGE_PARAMETERS = {"pageSize", "pageToken", "countTotal"}
_STUDIES_PARAMETERS = {*QUERY_AREAS, *_PAGE_PARAMETERS, "filter.ids", "filter.advanced", "sort", "format"}
_DEFAULT_PAGE, _LARGEST_PAGE = 10, 1000


class _Cursor(NamedTuple):
    """What a page token stands for: the parameters it belongs to, and the first study of its page."""

    asked: frozenset[tuple[str, str]]
    start: int
    is_empty: bool


class Registry:
    """ClinicalTrials.gov's answers. Not safe for threads: one request at a time."""

    def __init__(self, world: World) -> None:
        self.empty_pages = False
        self.has_histories = True
        self._world = world
        self._cursors: dict[str, _Cursor] = {}
        self._found: tuple[object, frozenset[tuple[str, str]], list[Study]] | None = None
        self._shuffle = random.Random(0)  # noqa: S311  an order nobody may rely on, the same in every run of a test

    def list_studies(self, params: dict[str, str]) -> Reply:
        """Answer `/studies`: a page of what is asked for."""
        unknown = sorted(params.keys() - _STUDIES_PARAMETERS)
        if unknown:
            return build_plain(400, f"unknown parameter `{unknown[0]}`")
        token = params.get("pageToken")
        cursor = self._cursors.get(token) if token is not None else None
        if token is not None and cursor is None:
            return build_plain(400, "`pageToken` is incorrect")
        try:
            return self._build_page(params, cursor)
        except QueryError as error:
            return build_plain(400, str(error))

    def show_study(self, text: str, params: Mapping[str, str]) -> Reply:
        """Answer `/studies/NCT…`: the study, the way to its own number, or that there is none."""
        unknown = sorted(params.keys() - {"format"})
        if unknown:
            return build_plain(400, f"unknown parameter `{unknown[0]}`")
        try:
            nct_id = parse_nct_number(text)
        except QueryError as error:
            return build_plain(400, str(error))
        study = self._world.find_study(nct_id)
        if study is None:
            return build_plain(404, f"NCT number {nct_id} not found")
        if study.nct_id != nct_id:
            return Reply(301, "text/plain", b"", {"Location": f"{REGISTRY_PATH}/studies/{study.nct_id}"})
        return Reply(200, "application/json", study.render(self._world.day))

    def show_history(self, text: str, version: str | None) -> Reply:
        """Answer for a study's history, or for one version of it; with HTML where the endpoint is switched off."""
        if not self.has_histories:
            return build_html(404)
        try:
            nct_id = parse_nct_number(text)
        except QueryError as error:
            return build_plain(400, str(error))
        changes = self._world.find_history(nct_id)
        if changes is None:
            return build_plain(404, f"NCT number {nct_id} not found")
        if version is None:
            return build_json({"changes": changes})
        study = self._world.find_version(nct_id, int(version))
        if study is None:
            return build_plain(404, f"NCT number {nct_id} version {version} not found")
        return build_json({"studyVersion": int(version), "study": msgspec.Raw(study)})

    def _build_page(self, params: Mapping[str, str], cursor: _Cursor | None) -> Reply:
        asked = frozenset((name, value) for name, value in params.items() if name not in _PAGE_PARAMETERS)
        size = _parse_page_size(params.get("pageSize", "0"))
        if params.get("format", "json") != "json":
            raise QueryError("only the format json is served here")
        studies = self._order(asked, params)
        start = cursor.start if cursor else 0
        if cursor and cursor.asked != asked:
            # The registry answers such a token without complaint, with rows the query did not ask for.
            studies = sort_studies(list(self._world.studies.values()), "StudyFirstPostDate:asc")
        stop = start if cursor and cursor.is_empty else start + size
        page = studies[start:stop]
        is_first = cursor is None
        parts = [b'"totalCount":%d' % len(studies)] if is_first and params.get("countTotal") == "true" else []
        parts.append(b'"studies":[' + b",\n".join(study.render(self._world.day) for study in page) + b"]")
        if stop < len(studies):
            token = self._issue(_Cursor(asked, stop, self.empty_pages and bool(page)))
            parts.append(b'"nextPageToken":"%s"' % token.encode())
        return Reply(200, "application/json", b"{" + b",".join(parts) + b"}")

    def _order(self, asked: frozenset[tuple[str, str]], params: Mapping[str, str]) -> list[Study]:
        served = self._world.studies
        # Every refresh of the world makes a new mapping: its identity is the state the answer was found in.
        if self._found is None or self._found[0] is not served or self._found[1] != asked:
            self._found = (served, asked, find_studies(self._world, params))
        found = self._found[2]
        if "sort" in params:
            return sort_studies(found, params["sort"])
        return self._shuffle.sample(found, len(found))

    def _issue(self, cursor: _Cursor) -> str:
        token = secrets.token_urlsafe(12)
        self._cursors[token] = cursor
        return token


def _parse_page_size(text: str) -> int:
    if not text.isdecimal():
        raise QueryError(f"`pageSize` is no count: {text}")
    return min(int(text), _LARGEST_PAGE) or _DEFAULT_PAGE
