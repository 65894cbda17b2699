"""A letter's subject: the news in a few words of ours, ASCII, one line. No text of a record stands in it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from etl.wording import count, join, show_phases, show_status
from models.digest import GROUPS, Digest, TrialItem

LONGEST_SUBJECT = 60
_NOT_ASCII = re.compile(r"[^ -~]+")
_NCT_ID = re.compile(r"NCT[0-9]{8}")
_WEEK = dt.timedelta(days=7)
_OTHERS = ("dated", "reported", "designed", "edited")


def build_subject(digest: Digest) -> str:
    """Return what a letter tells, at most 60 characters: `2 stopped or paused, 3 papers (2026-W07)`.

    What weighs least is left out where there is no room; what was not read never is.
    """
    unread = f"{join(digest.unread)} not read" if digest.unread else ""
    span = f" ({_keep_ascii(digest.label)[:30]})"
    parts = _describe_quiet(digest, unread) if digest.is_quiet else list(_count_news(digest))
    joint = ", " if digest.is_quiet else "; "
    for kept in range(len(parts), 0, -1):
        subject = joint.join(filter(None, (", ".join(parts[:kept]), unread))) + span
        if len(subject) <= LONGEST_SUBJECT:
            return subject
    subject = unread or parts[0]
    return f"{subject}{span}" if len(subject + span) <= LONGEST_SUBJECT else subject[:LONGEST_SUBJECT]


def build_item_subject(item: TrialItem, home: str = "") -> str:
    """Return the subject of what is told the same night: `Listed as terminated: NCT99000101 (LAG-3, phase 2)`."""
    said = item.lines[0].head if item.lines and not item.moves else "New trial"
    if item.moves:
        said = f"Listed as {show_status(item.moves[-1].new_status).lower()}"
    number = f": {item.nct_id}" if _NCT_ID.fullmatch(item.nct_id) else ""
    phase = show_phases(item.phases)
    about = ", ".join(filter(None, (_keep_ascii(home), f"{phase[:1].lower()}{phase[1:]}")))
    subject = f"{_keep_ascii(said)[:40]}{number}"
    own = (f"{subject} ({part})" for part in (about, *about.split(", ")[-1:]) if part)
    return next((whole for whole in own if len(whole) <= LONGEST_SUBJECT), subject)


def _describe_quiet(digest: Digest, unread: str) -> list[str]:
    if not digest.nights:
        return ["No nightly run"]
    quiet = "Quiet week" if digest.until - digest.since == _WEEK else "Quiet time"
    return [quiet] if unread or digest.health else [quiet, "all sources read"]


def _count_news(digest: Digest) -> Iterator[str]:
    """Yield what moved, the gravest first, each with its number."""
    trials = [(group, item) for part in digest.sections for group in GROUPS for item in getattr(part, group)]
    groups = [group for group, _ in trials]
    notices = [notice.event for part in digest.sections for notice in part.notices]
    stopped, retracted = groups.count("stopped"), notices.count("retracted")
    fresh = sum(item.is_new for _, item in trials)
    told = [
        (stopped, f"{stopped} stopped or paused"),
        (retracted, count(retracted, "retraction")),
        (fresh, count(fresh, "new trial")),
        (moved := groups.count("moved"), count(moved, "other status move" if stopped else "status move")),
        (papers := sum(len(part.papers) for part in digest.sections), count(papers, "paper")),
        (other := sum(group in _OTHERS for group in groups), f"{count(other, 'other trial')} changed"),
        (claims := len(digest.claims), f"{count(claims, 'verdict')} moved"),
        (notes := len(notices) - retracted, count(notes, "notice")),
    ]
    yield from (words for number, words in told if number)


def _keep_ascii(text: str) -> str:
    return " ".join(_NOT_ASCII.sub(" ", text).split())
