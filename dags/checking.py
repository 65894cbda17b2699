"""`trialwatch check`: is everything a run needs in order? Each line ok, warn or fail, with the remedy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from dags.clock import read_clock
from dags.console import TableFormat, say, show_rows
from dags.doctor import find_outside
from dags.doctor_home import find_in_home
from dags.findings import Finding, blame
from dags.inputs import Inputs, read_inputs, read_package_vocabulary
from etl.collisions import Collision, find_collisions
from etl.gaps import Gap, find_gaps
from etl.report.charts import import_altair
from etl.review.dossier import find_open_misprints, resolve_claims
from etl.wording import count
from models.errors import ConfigurationError, TrialwatchError
from models.settings import MailSettings, Settings
from warehouse.reader import query_records
from warehouse.sql import read_sql


def check_inputs(file: Path, form: TableFormat | None = None, *, is_offline: bool = False) -> int:
    """Check a watchlist, what it names and what a run needs beside it; return the exit code.

    `form` writes the lines as rows; `is_offline` asks no source and no mail server.

    Raises:
        ConfigurationError: the watchlist, the vocabulary or the secrets cannot be used; a line says so too.
    """
    try:
        inputs = read_inputs(file)
    except ConfigurationError as error:
        _show([blame("settings", error)], form)
        raise
    findings, exit_code = _find_all(inputs, is_offline=is_offline)
    _show(findings, form)
    return exit_code


def _show(findings: Sequence[Finding], form: TableFormat | None) -> None:
    if form is not None:
        show_rows(Finding._fields, findings, form)
        return
    for finding in findings:
        _say(finding)


def show_gaps(file: Path, form: TableFormat | None, *, is_all: bool) -> None:
    """Write the interventions of the published trials that match no agent of the vocabulary as it is now.

    Raises:
        WarehouseError: there is no published warehouse yet.
    """
    inputs = read_inputs(file)
    queries = {"interventions": read_sql("statements", "interventions")}
    rows = query_records(inputs.home.published, queries, {})["interventions"]
    from etl.tagging import build_tagger  # noqa: PLC0415  spaCy takes seconds to import

    gaps = find_gaps(rows, build_tagger(inputs.vocabulary).tag, is_all=is_all)
    names = Gap.__struct_fields__
    show_rows(names, [msgspec.structs.astuple(gap) for gap in gaps], form)


def _find_all(inputs: Inputs, *, is_offline: bool) -> tuple[list[Finding], int]:
    kinds = [item.kind for item in inputs.items]
    parts = [count(kinds.count(kind), kind) for kind in ("trial", "agent", "target", "article")]
    size = f"{count(len(inputs.vocabulary.targets), 'target')}, {count(len(inputs.vocabulary.agents), 'agent')}"
    findings = [
        Finding("ok", "watchlist", f"{inputs.file}: {', '.join(parts)}"),
        Finding("ok", "vocabulary", f"{inputs.vocabulary.version}: {size}"),
        *_describe_overrides(inputs),
        *_describe_secrets(inputs),
        *_describe_delivery(inputs),
        *_describe_reviews(inputs, read_clock(None).date()),
        *_find_warnings(inputs),
    ]
    exit_code = 0
    try:
        inputs.home.check()
    except TrialwatchError as error:
        findings.append(blame("home", error))
        exit_code = error.exit_code
    else:
        made = "" if inputs.home.folder.exists() else " (made by the first run)"
        findings.append(Finding("ok", "home", f"{inputs.home.folder}{made}"))
    clock = read_clock(None)
    findings += [*find_in_home(inputs, clock), *find_outside(inputs, clock, is_offline=is_offline)]
    return findings, exit_code or int(any(finding.level == "fail" for finding in findings))


def _say(finding: Finding) -> None:
    say(f"{finding.level:<4}  {finding.part:<11} {finding.message}")
    if finding.hint:
        say(f"      {'':<11} {finding.hint}")


def _describe_reviews(inputs: Inputs, today: dt.date) -> Iterator[Finding]:
    for review in inputs.reviews:
        own = list(resolve_claims(review, inputs.vocabulary))
        numbers = {number for claim in review.claims for number in (*claim.trials, *claim.meant)}
        watched = {item.name for item in inputs.items if item.kind == "trial"}
        size = (
            f"{count(len(own), 'claim')}, {len(numbers & watched)} of {count(len(numbers), 'trial')} watched by number"
        )
        yield Finding("ok", "review", f"{review.file}: {size}")
        if review.printed > today:
            message = f"{review.file}: it is printed on {review.printed}, which is still to come"
            yield Finding("warn", "review", message, "its verdicts compare the records with that day; correct it")
        unresolved = [f"{claim.id}: {words}" for claim, names in own for words in names.unresolved]
        unresolved += find_open_misprints(review, inputs.vocabulary)
        if unresolved:
            message = f"{count(len(unresolved), 'name')} of {review.id} open: {'; '.join(unresolved)}"
            yield Finding("ok", "review", message)


def _describe_overrides(inputs: Inputs) -> Iterator[Finding]:
    if inputs.overrides:
        verdicts = [one.verdict for one in inputs.overrides]
        counts = f"{verdicts.count('force')} forced, {verdicts.count('deny')} denied"
        yield Finding("ok", "overrides", f"{count(len(verdicts), 'link')}: {counts}")


def _describe_secrets(inputs: Inputs) -> Iterator[Finding]:
    """Name the secrets that are set; a file of them that others may read was refused before."""
    held = [name for name, value in msgspec.structs.asdict(inputs.secrets).items() if value]
    if held:
        yield Finding("ok", "secrets", ", ".join(held))


def _describe_delivery(inputs: Inputs) -> Iterator[Finding]:
    """Say to whom letters go, and by what; the server itself is not asked."""
    mail, recipients = inputs.settings.mail, inputs.settings.digest.recipient
    login = "with a login" if inputs.secrets.smtp_user else "without login"
    if recipients:
        yield Finding("ok", "mail", f"{mail.sender} by {mail.host}:{mail.port}, {mail.security}, {login}")
        alerts = sum(one.alerts for one in recipients)
        yield Finding("ok", "recipients", f"{count(len(recipients), 'recipient')}, {alerts} with alerts")
    if inputs.secrets.webhook_url:
        yield Finding("ok", "webhook", "its address is set")


def _find_warnings(inputs: Inputs) -> Sequence[Finding]:
    warnings = [_warn_of(one) for one in find_collisions(inputs.vocabulary, read_package_vocabulary())]
    watchlist, settings = inputs.settings.watch, inputs.settings
    if not inputs.items:
        warnings.append(Finding("warn", "watchlist", "nothing is watched; add to [watch] trials, agents or targets"))
    if not settings.source.pubmed.email:
        warnings.append(Finding("warn", "pubmed", "no email; NCBI wants one to write to: [source.pubmed] email"))
    if settings.mail != MailSettings() and not settings.digest.recipient:
        warnings.append(Finding("warn", "mail", "a server is set, but nobody to write to: add a [[digest.recipient]]"))
    if watchlist.is_everything:
        warnings.append(Finding("warn", "watchlist", f"{_tell_everything(settings)}; imports take every study"))
    if settings.report.after_run:
        try:
            import_altair()
        except ConfigurationError as error:
            warnings.append(Finding("warn", "report", f"after_run = true, but {error.message}", error.hint))
    return warnings


def _tell_everything(settings: Settings) -> str:
    if settings.watch.everything == "range":
        days = settings.source.clinicaltrials.whole_after_days
        return f'everything = "range": nights read what was updated, and each {days} days the whole registry'
    return "everything = true: each night of a new release reads the whole registry"


def _warn_of(collision: Collision) -> Finding:
    first, second = collision.things
    if collision.kind == "blocker":
        return Finding(
            "warn", "vocabulary", f'"{collision.spelling}" names {first} and is a blocker of {second}: {collision.rule}'
        )
    shadows = ", a name of the package's" if collision.kind == "shadow" else ""
    message = f'"{collision.spelling}" names {first} and {second}{shadows}: {collision.winner} wins ({collision.rule})'
    return Finding("warn", "vocabulary", message, "keep it where it belongs, or grade it needs_context or never_alone")
