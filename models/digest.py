"""One letter's content as a value: what every form of it (Markdown, mail, feed) is rendered from."""

from __future__ import annotations

import datetime as dt

import msgspec


class StatusMove(msgspec.Struct, frozen=True):
    """One status change. Source dates are None where the registry set the status without an edit."""

    old_status: str
    new_status: str
    transition: str
    why_stopped: str | None
    source_submit_date: dt.date | None
    source_post_date: dt.date | None
    observed_on: dt.date


class ValueMove(msgspec.Struct, frozen=True):
    """One change of a date, of enrollment, of the reason for a stop, or of how the trial stands in the registry.

    Values are as the source writes them.
    """

    kind: str
    action: str
    old_value: str | None
    new_value: str | None
    old_type: str | None
    new_type: str | None


class TrialItem(msgspec.Struct, frozen=True, kw_only=True):
    """All that moved in one trial, told once. `targets` are its others beside the section it stands in."""

    nct_id: str
    title: str
    url: str
    phases: tuple[str, ...]
    sponsor: str
    status: str
    first_post_date: dt.date | None
    targets: tuple[str, ...]
    is_new: bool = False
    moves: tuple[StatusMove, ...] = ()
    values: tuple[ValueMove, ...] = ()


class PaperItem(msgspec.Struct, frozen=True, kw_only=True):
    """One paper; never its abstract. `notice_pmid` is the notice that retracts it or voices concern."""

    pmid: str
    title: str
    url: str
    journal: str
    pub_date_text: str
    nct_ids: tuple[str, ...] = ()
    event: str = "new"
    notice_pmid: str | None = None


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One target, one pathway, or the rest."""

    name: str
    stopped: tuple[TrialItem, ...] = ()
    moved: tuple[TrialItem, ...] = ()
    dated: tuple[TrialItem, ...] = ()
    fresh: tuple[TrialItem, ...] = ()
    papers: tuple[PaperItem, ...] = ()
    notices: tuple[PaperItem, ...] = ()


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """A letter. `since` is inside the span, `until` is not; both UTC. `label` is the ISO week, or the span.

    `nights` counts those with a run, `is_registry_read` tells whether the trials were read on any of them, `items`,
    `targets` and `tracked` count what was watched at the end of the span. `incomplete` says what was not read (empty
    where all was), `health` is a line for each thing a reader should know of the readings.
    """

    label: str
    since: dt.datetime
    until: dt.datetime
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    nights: int
    is_registry_read: bool
    items: int
    targets: int
    tracked: int
    older: tuple[str, ...]
    left_out: tuple[str, ...]
    incomplete: str
    health: tuple[str, ...]

    @property
    def is_quiet(self) -> bool:
        """Nothing to tell."""
        return not self.sections
