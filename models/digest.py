"""One letter's content as a value: what every form of it (Markdown, mail, feed) is rendered from."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import msgspec

from models.change import Weight

# The groups of a section, in the order in which they are told.
GROUPS = ("stopped", "moved", "dated", "fresh", "reported", "designed", "edited")


class StatusMove(msgspec.Struct, frozen=True, kw_only=True):
    """One status change, with the record's reason for a stop and the class of that reason, "" for none."""

    old_status: str
    new_status: str
    transition: str
    why_stopped: str = ""
    stop_class: str = ""


class Update(msgspec.Struct, frozen=True):
    """When what a letter tells was submitted and made public; None where the sponsor's dates did not move.

    `served_on` is the day it was first served. `is_gap`: it lay between two nightly runs.
    """

    source_submit_date: dt.date | None
    source_post_date: dt.date | None
    served_on: dt.date
    is_gap: bool = False


class ChangeLine(msgspec.Struct, frozen=True, kw_only=True):
    """All changes of one kind in one trial, in one sentence: our words, and the record's in quotation marks, shortened.

    `head` says it in a few words (`Primary outcome reworded`), `told` whole, without a full stop. `notes` are what to
    know of it (`after primary completion`). `is_marked`: something watched is named in what is new. `pmids` are the
    papers it is about. All of it is plain text, to be escaped by whoever renders it.
    """

    kind: str
    actions: tuple[str, ...]
    weight: Weight
    head: str
    told: str
    notes: tuple[str, ...] = ()
    is_marked: bool = False
    pmids: tuple[str, ...] = ()


class Told(msgspec.Struct, frozen=True):
    """When a reader was told something before; `is_unsure` where nobody knows whether it arrived."""

    day: dt.date
    is_unsure: bool = False


class TrialItem(msgspec.Struct, frozen=True, kw_only=True):
    """All that changed in one trial, told once. `targets` are its others beside the section it stands in.

    `status` is the one it had at the end of the span. `moves` are in the order of the source, `lines` the heaviest
    first. `is_brief`: there is so much else to tell that one line must do. `noted_on` is the day on which was noted
    what no update brought. `reasons` say why it is here, where that is asked for. `told_on` is the day on which this
    reader was told some of it before, or with `is_repeated` all of it; in doubt whether that arrived: `is_told_unsure`.
    """

    nct_id: str
    title: str
    url: str
    phases: tuple[str, ...]
    sponsor: str
    status: str
    first_post_date: dt.date | None
    targets: tuple[str, ...]
    weight: Weight
    is_new: bool = False
    is_brief: bool = False
    moves: tuple[StatusMove, ...] = ()
    lines: tuple[ChangeLine, ...] = ()
    updates: tuple[Update, ...] = ()
    noted_on: dt.date | None = None
    reasons: tuple[str, ...] = ()
    told_on: dt.date | None = None
    is_repeated: bool = False
    is_told_unsure: bool = False

    @property
    def chains(self) -> tuple[tuple[str, ...], ...]:
        """The statuses it went through; more than one chain where what lay between was told before."""
        if not self.moves:
            return ()
        chains = [[self.moves[0].old_status, self.moves[0].new_status]]
        for before, move in pairwise(self.moves):
            if move.old_status != before.new_status:
                chains.append([move.old_status])
            chains[-1].append(move.new_status)
        return tuple(map(tuple, chains))

    @property
    def is_reversed(self) -> bool:
        """Whether its status went somewhere and came back: nothing to end a letter with."""
        return len(self.chains) == 1 and self.chains[0][0] == self.chains[0][-1]


class LinkedTrial(msgspec.Struct, frozen=True, kw_only=True):
    """A tracked trial that a paper is tied to, as it stood at the end of the span; "" where that is not known.

    `is_background`: the sponsor cites the paper as background, it is not about the trial. `is_former`: the link was
    stated before, and is no more. `is_told`: the letter tells of the trial itself, too.
    """

    nct_id: str
    url: str
    title: str = ""
    status: str = ""
    is_background: bool = False
    is_former: bool = False
    is_told: bool = False


class PaperItem(msgspec.Struct, frozen=True, kw_only=True):
    """One paper; never its abstract. `event` is what happened to it, `related_pmid` the notice that says so.

    `names` are the targets it names since it was revised. `rank` orders papers, the lowest first; `reason` says why it
    is told; one that `is_heavy` is told however many there are. `reasons` say why it is here, where that is asked for.
    """

    pmid: str
    title: str
    url: str
    journal: str
    pub_date_text: str
    trials: tuple[LinkedTrial, ...] = ()
    event: str = "new"
    related_pmid: str | None = None
    names: tuple[str, ...] = ()
    rank: int = 0
    reason: str = ""
    is_heavy: bool = True
    reasons: tuple[str, ...] = ()


class ClaimMove(msgspec.Struct, frozen=True, kw_only=True):
    """A review's claim whose verdict moved, once a span: from the one before it to the one at its end.

    `said` is what the review says of the state of things, `reason` what the verdict rests on. `nct_ids`
    and `pmids` are the records of the evidence, the deciding ones first.
    """

    review: str
    claim: str
    section: str
    statement: str
    said: str
    old_verdict: str
    new_verdict: str
    rule: str
    reason: str
    nct_ids: tuple[str, ...] = ()
    pmids: tuple[str, ...] = ()


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One target, one pathway, or the rest. A trial stands in the group of its gravest news.

    `notices` are what became of papers: retracted, under concern, corrected. `more_papers` counts those of the section
    that are one too many to be told one by one.
    """

    name: str
    stopped: tuple[TrialItem, ...] = ()
    moved: tuple[TrialItem, ...] = ()
    reported: tuple[TrialItem, ...] = ()
    designed: tuple[TrialItem, ...] = ()
    dated: tuple[TrialItem, ...] = ()
    edited: tuple[TrialItem, ...] = ()
    fresh: tuple[TrialItem, ...] = ()
    papers: tuple[PaperItem, ...] = ()
    notices: tuple[PaperItem, ...] = ()
    more_papers: tuple[str, ...] = ()


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """A letter. `since` is inside the span, `until` is not; both UTC. `label` is the ISO week, or the span.

    `nights` counts those with a run, `is_registry_read` tells whether the trials were read on any of them, `items`,
    `targets` and `tracked` count what was watched at the end of the span. `older` is history that was learnt in it.
    `counted_papers` came and weigh too little to be told. `is_narrow`: its reader follows a part of what is watched,
    and the letter tells of that part alone. `incomplete` says what was not read (empty where all was), `unread` names
    the sources, `health` is a line for each thing a reader should know of the readings. `claims` are those of reviews
    whose verdict moved.
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
    counted_papers: int = 0
    is_narrow: bool = False
    incomplete: str
    unread: tuple[str, ...] = ()
    health: tuple[str, ...]
    claims: tuple[ClaimMove, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Nothing to tell."""
        return not (self.sections or self.claims)
