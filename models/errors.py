"""The errors trialwatch raises on purpose; each names the place and the remedy.

TrialwatchError
├── ConfigurationError   settings, watchlist, vocabulary, an unusable home   exit 2
├── BusyError            another command holds the data home                 exit 2
├── SourceError          a source did not answer, or not as promised         exit 1
│   ├── RefusedQueryError    it refused the question itself
│   └── EndpointGoneError    an undocumented address of it is there no more   a warning where it can be done without
├── ContractError        one record is not what its source promises          an issue row, not an exit
├── WarehouseError       the database, its migrations or its checks          exit 1
│   └── DamagedFileError     a file of it that cannot be read any more
├── QueryError           a user's SQL cannot be run                          exit 2
└── DeliveryError        a digest could not be written or sent               exit 1
"""

from __future__ import annotations

REPORT = "keep the data home as it is, and report this message"  # the remedy for a fault of ours


class TrialwatchError(Exception):
    """The root. `message` names the place; `hint` says what to do next, or is empty."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigurationError(TrialwatchError):
    """Something the user wrote or pointed to cannot be used; nothing was started."""

    exit_code = 2


class BusyError(TrialwatchError):
    """Another command is writing to the same data home; the message says which and since when."""

    exit_code = 2


class SourceError(TrialwatchError):
    """A source failed as a whole. What arrived before stays landed; nothing is concluded from absence."""

    def __init__(self, source: str, message: str, hint: str = "") -> None:
        super().__init__(f"{source}: {message}", hint)
        self.source = source
        self.reason = message


class RefusedQueryError(SourceError):
    """A source answered that the question itself is malformed (400); asking it again would be refused again."""


class EndpointGoneError(SourceError):
    """An address that a source never promised does not answer as it did; everything else works without it."""


class ContractError(TrialwatchError):
    """One record does not hold what its source promises: `record` is its id or place, `path` the JSON or XML path."""

    def __init__(self, source: str, record: str, path: str, message: str) -> None:
        super().__init__(f"{source}: {record}: {path}: {message}")
        self.source = source
        self.record = record
        self.path = path
        self.reason = message


class WarehouseError(TrialwatchError):
    """The working or the published file, a migration, or a failing check."""


class DamagedFileError(WarehouseError):
    """A file of the warehouse does not hold what it should: cut off, overwritten, worn out. `reason` says in what."""

    def __init__(self, path: object, reason: str, hint: str = "") -> None:
        super().__init__(f"{path} is damaged: {reason}", hint)
        self.reason = reason


class QueryError(TrialwatchError):
    """A query a user wrote cannot be run."""

    exit_code = 2


class DeliveryError(TrialwatchError):
    """A digest could not be written or sent."""
