"""Golden letters: one a file, so that it can be read as it is sent."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation


def open_golden(request: pytest.FixtureRequest, ending: str) -> SnapshotAssertion:
    """Return the golden files of a test's module, of one kind."""

    class GoldenFile(SingleFileSnapshotExtension):
        _write_mode = WriteMode.TEXT
        file_extension = ending

    return SnapshotAssertion(
        update_snapshots=request.config.option.update_snapshots,
        update_new_snapshots_only=request.config.option.update_new_snapshots_only,
        extension_class=GoldenFile,
        test_location=PyTestLocation(request.node),
        session=request.session.config._syrupy,  # type: ignore[attr-defined]  # noqa: SLF001  as syrupy's own fixture
    )
