"""A study as the registry's API v2 serves it: the parts trialwatch reads as columns, typed; the rest stays payload.

Every part but the number and the status may be missing (expanded access has no design, an old record few dates).
Source: the registry's OpenAPI description, API 2.0.5.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

NO_COUNT = 99_999_999  # the registry's sentinel for an enrollment nobody stated


class _Part(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A module of the record; fields nobody reads here pass unread."""


class DateStruct(_Part, frozen=True):
    """`date` is YYYY-MM-DD or YYYY-MM; `type` ACTUAL, ESTIMATED or missing."""

    date: str | None = None
    type: str | None = None


class Identification(_Part, frozen=True):
    """Numbers and titles."""

    nct_id: str
    nct_id_aliases: tuple[str, ...] = ()
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None


class StatusModule(_Part, frozen=True):
    """Status and dates. `last_known_status` stands only beside UNKNOWN."""

    overall_status: str
    last_known_status: str | None = None
    why_stopped: str | None = None
    start_date_struct: DateStruct = DateStruct()
    primary_completion_date_struct: DateStruct = DateStruct()
    completion_date_struct: DateStruct = DateStruct()
    study_first_post_date_struct: DateStruct = DateStruct()
    last_update_submit_date: str | None = None
    last_update_post_date_struct: DateStruct = DateStruct()
    results_first_post_date_struct: DateStruct = DateStruct()


class Sponsor(_Part, frozen=True):
    """A lead sponsor or collaborator; `class_` is INDUSTRY, NIH, OTHER and so on."""

    name: str | None = None
    class_: str | None = msgspec.field(default=None, name="class")


class SponsorCollaborators(_Part, frozen=True):
    """Who runs and who helps."""

    lead_sponsor: Sponsor = Sponsor()
    collaborators: tuple[Sponsor, ...] = ()


class Conditions(_Part, frozen=True):
    """Conditions in the sponsor's words."""

    conditions: tuple[str, ...] = ()


class Enrollment(_Part, frozen=True):
    """`count` may be the sentinel `NO_COUNT`; a number that no table holds is a spoilt record."""

    count: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None
    type: str | None = None


class Design(_Part, frozen=True):
    """Study type and phases; phases are absent on observational studies."""

    study_type: str | None = None
    phases: tuple[str, ...] = ()
    enrollment_info: Enrollment = Enrollment()


class Intervention(_Part, frozen=True):
    """A drug, procedure or other thing given."""

    name: str | None = None


class ArmsInterventions(_Part, frozen=True):
    """The interventions; arms are read from the payload."""

    interventions: tuple[Intervention, ...] = ()


class Location(_Part, frozen=True):
    """A site."""

    country: str | None = None


class ContactsLocations(_Part, frozen=True):
    """Where it runs."""

    locations: tuple[Location, ...] = ()


class Reference(_Part, frozen=True):
    """A paper the record cites: `type` is RESULT, DERIVED or BACKGROUND."""

    pmid: str | None = None
    type: str | None = None


class References(_Part, frozen=True):
    """Papers."""

    references: tuple[Reference, ...] = ()


class ProtocolSection(_Part, frozen=True):
    """What the sponsor registered."""

    identification_module: Identification
    status_module: StatusModule
    sponsor_collaborators_module: SponsorCollaborators = SponsorCollaborators()
    conditions_module: Conditions = Conditions()
    design_module: Design = Design()
    arms_interventions_module: ArmsInterventions = ArmsInterventions()
    contacts_locations_module: ContactsLocations = ContactsLocations()
    references_module: References = References()


class Study(_Part, frozen=True):
    """One record."""

    protocol_section: ProtocolSection
    has_results: bool = False

    @property
    def nct_id(self) -> str:
        """The record's canonical number."""
        return self.protocol_section.identification_module.nct_id


class Release(msgspec.Struct, frozen=True, rename="camel"):
    """What `/version` answers: `data_timestamp` without offset, UTC."""

    api_version: str
    data_timestamp: str
