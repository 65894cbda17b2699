"""Handing records to another process: through a file that is read once, which costs a fifth of what a pipe does."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from models.errors import TrialwatchError


class Parcel(msgspec.Struct, frozen=True):
    """Records by number, behind each other in a file of the temporary folder, never on the disk if read soon."""

    path: Path
    sizes: dict[str, int]

    @classmethod
    def pack(cls, records: Mapping[str, bytes]) -> Parcel:
        """Write records down. Whoever did throws the parcel away.

        Raises:
            TrialwatchError: the temporary folder takes no file, or has no room for it.
        """
        parcel = None
        try:
            with tempfile.NamedTemporaryFile(prefix="trialwatch-", delete=False) as file:
                parcel = cls(Path(file.name), {name: len(record) for name, record in records.items()})
                file.writelines(records.values())
        except OSError as error:
            if parcel:
                parcel.throw_away()
            where = f"cannot write to the temporary folder: {error.strerror}"
            raise TrialwatchError(where, "make room there, or name another folder in TMPDIR") from error
        return parcel

    def open(self) -> dict[str, bytes]:
        """Return the records."""
        with self.path.open("rb") as file:
            return {name: file.read(size) for name, size in self.sizes.items()}

    def throw_away(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)
