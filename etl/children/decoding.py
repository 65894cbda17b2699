"""Decodes of a study what the rows of its children are made of, and its release stamp; the rest is passed over. Pure.

Nearly half of a study makes no row: people to contact at each site, eligibility, adverse events.
"""

from __future__ import annotations

from typing import Any, TypedDict

import msgspec


class _Site(TypedDict, total=False):
    facility: Any
    city: Any
    state: Any
    zip: Any
    country: Any
    status: Any
    geoPoint: Any


class _ContactsLocations(TypedDict, total=False):
    locations: list[_Site]


class _Protocol(TypedDict, total=False):
    identificationModule: Any
    armsInterventionsModule: Any
    outcomesModule: Any
    contactsLocationsModule: _ContactsLocations
    referencesModule: Any


class _Results(TypedDict, total=False):
    outcomeMeasuresModule: Any


class _Derived(TypedDict, total=False):
    miscInfoModule: Any


class _Study(TypedDict, total=False):
    protocolSection: _Protocol
    resultsSection: _Results
    derivedSection: _Derived


_DECODER = msgspec.json.Decoder(_Study)


def decode_children(record: bytes) -> dict[str, Any]:
    """Return a study decoded: whole where one of the parts is not an object, as the registry promises, or no list.

    Raises:
        msgspec.DecodeError: not JSON.
    """
    try:
        return {**_DECODER.decode(record)}
    except msgspec.ValidationError:
        whole: dict[str, Any] = msgspec.json.decode(record)
        return whole
