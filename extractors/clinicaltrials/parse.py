"""One record's bytes to a typed study; a record that breaks the registry's promise is named, not dropped."""

from __future__ import annotations

import re

import msgspec

from models.errors import ContractError
from models.trial import Study

_PLACE = re.compile(r"^(?P<what>.*?) - at `(?P<path>[^`]*)`$", re.DOTALL)
_DECODER = msgspec.json.Decoder(Study)


def parse_study(record: bytes, name: str) -> Study:
    """Read one study of API v2. `name` is its number, or its place where it has none.

    Raises:
        ContractError: not JSON, or a value of the wrong kind; with the JSON path.
    """
    try:
        record.decode("utf-8")  # the decoder looks at no bytes of fields it does not read; others read them all
        return _DECODER.decode(record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        place = _PLACE.match(str(error))
        path, what = (place["path"], place["what"]) if place else ("$", str(error))
        raise ContractError("clinicaltrials", name, path, what) from error
