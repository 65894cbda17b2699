"""`trialwatch check`: is everything a run needs in order? Each line ok, warn or fail, with the remedy."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from dags.console import say
from dags.inputs import Inputs, read_inputs
from etl.wording import count
from models.errors import TrialwatchError
from models.settings import MailSettings
from models.vocabulary import Vocabulary
from warehouse.reader import query_rows


def check_inputs(file: Path) -> int:
    """Check a watchlist and what it names; return the exit code."""
    inputs = read_inputs(file)
    kinds = [item.kind for item in inputs.items]
    parts = [count(kinds.count(kind), kind) for kind in ("trial", "agent", "target")]
    say(f"ok    watchlist   {inputs.file}: {', '.join(parts)}")
    size = f"{count(len(inputs.vocabulary.targets), 'target')}, {count(len(inputs.vocabulary.agents), 'agent')}"
    say(f"ok    vocabulary  {inputs.vocabulary.version}: {size}")
    for line in _describe_delivery(inputs):
        say(f"ok    {line}")
    for line in _find_warnings(inputs):
        say(f"warn  {line}")
    try:
        inputs.home.check()
    except TrialwatchError as error:
        return _fail("home", error)
    made = "" if inputs.home.folder.exists() else " (made by the first run)"
    say(f"ok    home        {inputs.home.folder}{made}")
    return _check_warehouse(inputs)


def _describe_delivery(inputs: Inputs) -> list[str]:
    """Say to whom letters go, and by what; the server itself is not asked."""
    mail, recipients = inputs.settings.mail, inputs.settings.digest.recipient
    login = "with a login" if inputs.secrets.smtp_user else "without login"
    lines = []
    if recipients:
        lines.append(f"mail        {mail.sender} by {mail.host}:{mail.port}, {mail.security}, {login}")
        alerts = sum(one.alerts for one in recipients)
        lines.append(f"recipients  {count(len(recipients), 'address')}, {alerts} with alerts")
    if inputs.secrets.webhook_url:
        lines.append("webhook     its address is set")
    return lines


def _fail(part: str, error: TrialwatchError) -> int:
    say(f"fail  {part:<11} {error.message}")
    if error.hint:
        say(f"      {'':<11} {error.hint}")
    return error.exit_code


def find_collisions(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Return the safe names that two or more targets or agents share, with their owners."""
    owners: dict[str, set[str]] = defaultdict(set)
    for thing in (*vocabulary.targets, *vocabulary.agents):
        for text, grade in thing.graded():
            if grade == "safe":
                owners["".join(filter(str.isalnum, text.casefold()))].add(thing.name)
    return {text: sorted(names) for text, names in sorted(owners.items()) if len(names) > 1}


def _find_warnings(inputs: Inputs) -> list[str]:
    warnings = [
        f'vocabulary  "{text}" names {" and ".join(names)}; the longer name wins, else both'
        for text, names in find_collisions(inputs.vocabulary).items()
    ]
    if not inputs.items:
        warnings.append("watchlist   nothing is watched; add to [watch] trials, agents or targets")
    if not inputs.settings.source.pubmed.email:
        warnings.append("pubmed      no email; NCBI wants one to write to: [source.pubmed] email")
    if inputs.settings.mail != MailSettings() and not inputs.settings.digest.recipient:
        warnings.append("mail        a server is set, but nobody to write to: add a [[digest.recipient]]")
    if inputs.settings.watch.everything:
        warnings.append("watchlist   everything = true: imports take every study; nights read what the items watch")
    if inputs.settings.report.after_run:
        warnings.append("report      after_run = true, but this release writes no landscape page")
    return warnings


def _check_warehouse(inputs: Inputs) -> int:
    if not inputs.home.published.exists():
        say("ok    warehouse   none yet; `trialwatch run` makes it")
        return 0
    try:
        _, rows = query_rows(inputs.home.published, "SELECT max(run_id) FROM run")
    except TrialwatchError as error:
        return _fail("warehouse", error)
    say(f"ok    warehouse   {inputs.home.published} (run {rows[0][0]})")
    return 0
