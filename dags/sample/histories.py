"""The registry's histories in a world: which versions of a record are public on a day, and each as it was.

It knows no HTTP. A version's study is served as the folder has it: with HTML, and with what the registry has put into
old versions since.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

import msgspec


class _Date(msgspec.Struct, frozen=True):
    date: str = ""


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    last_update_post_date_struct: _Date = _Date()


class _Protocol(msgspec.Struct, frozen=True, rename="camel"):
    status_module: _Status = _Status()


class _Header(msgspec.Struct, frozen=True, rename="camel"):
    protocol_section: _Protocol = _Protocol()


class History(msgspec.Struct, frozen=True, dict=True):
    """One line of `histories.jsonl`: the entries as the index has them, and the studies by version."""

    nct_id: str
    changes: tuple[dict[str, Any], ...]
    studies: dict[str, msgspec.Raw]

    @cached_property
    def post_days(self) -> dict[int, dt.date]:
        """The day each version became public: what its study says, else the submit date."""
        days = {}
        for change in self.changes:
            raw = self.studies.get(str(change["version"]), msgspec.Raw(b"{}"))
            status = msgspec.json.decode(raw, type=_Header).protocol_section.status_module
            days[change["version"]] = dt.date.fromisoformat(status.last_update_post_date_struct.date or change["date"])
        return days

    def find_entries(self, day: dt.date) -> list[dict[str, Any]]:
        """Return the entries public on a day, in the order of the file."""
        return [change for change in self.changes if self.post_days[change["version"]] <= day]

    def find_study(self, version: int, day: dt.date) -> bytes | None:
        """Return the JSON of a version public on a day; None where there is none."""
        raw = self.studies.get(str(version))
        is_public = version in self.post_days and self.post_days[version] <= day
        return bytes(raw) if raw is not None and is_public else None
