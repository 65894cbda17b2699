"""The rows of a trial's other numbers: the sponsor's own, those of other registries and funders. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from etl.children.keys import Row, key_rows
from etl.children.payload import Json, read_items, read_nct_id, read_part, read_text, read_texts
from etl.children.registry_numbers import find_numbers


def build_secondary_id_rows(study: Json) -> list[Row]:
    """Return the `trial_secondary_id` rows of a study: one a number, known by where it stands, scheme, id and source.

    An entry that names two numbers makes two rows, one that names none of a known form is itself the id.
    """
    module = read_part(study, "protocolSection", "identificationModule")
    entries = [
        *_read_entry("organization", read_part(module, "orgStudyIdInfo")),
        *(row for entry in read_items(module, "secondaryIdInfos") for row in _read_entry("secondary", entry)),
        *(row for alias in read_texts(module, "nctIdAliases") for row in _read_entry("alias", {"id": alias})),
    ]
    rows = [{"nct_id": read_nct_id(study), **row} for row in entries]
    return key_rows(rows, "secondary_id_key", ("place", "scheme", "id", "id_type", "domain"))


def _read_entry(place: str, entry: Json) -> Iterator[Row]:
    text, kind = read_text(entry, "id"), read_text(entry, "type")
    domain, link = read_text(entry, "domain"), read_text(entry, "link")
    unknown = [("org_study_id" if place == "organization" else "other", text)]
    for scheme, number in find_numbers(text or "", kind or "", domain or "") or unknown:
        if number:
            yield {
                "place": place,
                "scheme": scheme,
                "id": number,
                "id_text": text,
                "id_type": kind,
                "domain": domain,
                "link": link,
            }
