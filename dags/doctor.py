"""What `trialwatch check` finds outside the watchlist: sources, mail server, disk, ledger, published file, landing.

It writes nothing, sends no mail, and asks each source once.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from dags.console import waiting
from dags.delivery.outcome import UnreachableError
from dags.delivery.smtp import MailServer
from dags.findings import Finding, blame
from dags.inputs import Inputs
from dags.remembered import read_remembered
from dags.status import read_status, show_size
from etl.wording import count
from extractors.clinicaltrials.fetch import SOURCE as REGISTRY
from extractors.clinicaltrials.fetch import fetch_release
from extractors.http import Client
from extractors.pubmed.guard import SOURCE as PUBMED
from extractors.pubmed.probe import probe
from extractors.pubmed.query import Credentials
from extractors.transports import find_ladder
from models.errors import SourceError, TrialwatchError
from models.settings import MailSettings
from warehouse.audit import audit_landing
from warehouse.reader import query_rows
from warehouse.sql import list_sql

_PATIENCE = 10.0  # seconds a source or a mail server is waited for here
_ODD_RELEASE = dt.timedelta(days=10)  # the registry publishes on every weekday
_SPARE = 200 * 10**6  # bytes of room beside what a publishing needs
_MOST_FAULTS = 5


def find_outside(inputs: Inputs, clock: dt.datetime, *, is_offline: bool) -> Iterator[Finding]:
    """Yield how everything stands that a run needs beside its watchlist; `is_offline` asks nobody."""
    yield from _check_disk(inputs)
    yield from _check_published(inputs)
    yield from _check_ledger(inputs, clock)
    yield from _check_landing(inputs)
    if is_offline:
        yield Finding("ok", "sources", "not asked (--offline)")
        return
    yield _try("clinicaltrials", lambda: _check_registry(inputs, clock))
    yield _try("pubmed", lambda: _check_pubmed(inputs))
    if inputs.settings.digest.recipient or inputs.settings.mail != MailSettings():
        yield _check_mail(inputs)


def _try(part: str, check: Callable[[], Finding]) -> Finding:
    try:
        with waiting(f"asking {part}"):
            return check()
    except SourceError as error:
        return Finding("fail", part, error.reason, error.hint)


def _check_registry(inputs: Inputs, clock: dt.datetime) -> Finding:
    settings = inputs.settings.source.clinicaltrials
    remembered = read_remembered(inputs.home.transports, REGISTRY, clock)
    with Client(
        REGISTRY,
        settings.base_url,
        requests_per_second=settings.requests_per_second,
        contact=inputs.settings.source.pubmed.email,
        ladder=find_ladder(settings.transport, remembered.rung if remembered else None),
        timeout=min(settings.timeout_seconds, _PATIENCE),
        tries=1,
    ) as client:
        release = dt.datetime.fromisoformat(fetch_release(client).data_timestamp)
        way = f", asked by {client.rung}" if client.rung != "httpx" else ""
    message = f"{settings.base_url}: release of {release:%Y-%m-%d %H:%M}{way}"
    if abs(clock - release) > _ODD_RELEASE:
        return Finding("warn", REGISTRY, f"{message}, and this machine's clock says {clock:%Y-%m-%d}", "is it right?")
    return Finding("ok", REGISTRY, message)


def _check_pubmed(inputs: Inputs) -> Finding:
    settings = inputs.settings.source.pubmed
    credentials = Credentials(email=settings.email, api_key=inputs.secrets.ncbi_api_key)
    with Client(
        PUBMED,
        settings.base_url,
        requests_per_second=settings.requests_per_second,
        contact=settings.email,
        timeout=min(settings.timeout_seconds, _PATIENCE),
        tries=1,
    ) as client:
        probe(client, credentials)
    key = "with a key" if credentials.api_key else "without a key"
    return Finding("ok", PUBMED, f"{settings.base_url}: answers, {key}")


def _check_mail(inputs: Inputs) -> Finding:
    """Greet the server and log in; no mail is sent."""
    settings = msgspec.structs.replace(
        inputs.settings.mail, timeout_seconds=min(inputs.settings.mail.timeout_seconds, _PATIENCE)
    )
    where = f"{settings.host}:{settings.port}"
    try:
        with waiting("asking the mail server"), MailServer(settings, *_find_login(inputs)) as server:
            server.greet()
    except UnreachableError as error:
        return Finding("fail", "mail server", error.message, error.hint)
    return Finding("ok", "mail server", f"{where} answers{', and takes the login' if inputs.secrets.smtp_user else ''}")


def _find_login(inputs: Inputs) -> tuple[str, str]:
    return inputs.secrets.smtp_user, inputs.secrets.smtp_password


def _check_disk(inputs: Inputs) -> Iterator[Finding]:
    folder = inputs.home.folder
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    free, size = shutil.disk_usage(nearest).free, _find_size(inputs.home.working)
    message = f"{show_size(free)} free; publishing needs {show_size(size)} for a while"
    if free < size:
        yield Finding("fail", "disk", message, "make room: a run would end without publishing")
    elif free < 2 * size + _SPARE:
        yield Finding("warn", "disk", message, "make room: a file doubles before it is rewritten")
    else:
        yield Finding("ok", "disk", message)


def _find_size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _check_published(inputs: Inputs) -> Iterator[Finding]:
    home = inputs.home
    if not home.published.exists():
        yield Finding("ok", "warehouse", "none yet; `trialwatch run` makes it")
        return
    try:
        _, rows = query_rows(home.published, "SELECT max(version), (SELECT max(run_id) FROM run) FROM schema_version")
    except TrialwatchError as error:
        yield blame("warehouse", error)
        return
    schema, run_id = rows[0]
    known = max(int(name.partition("_")[0]) for name in list_sql("migrations"))
    message = f"{home.published} (run {run_id}, schema {schema}, {show_size(_find_size(home.published))})"
    if schema > known:
        yield Finding("fail", "warehouse", f"{message}: of a newer release", "install the release that made it")
    elif schema < known:
        yield Finding("warn", "warehouse", f"{message}: of an older release", "the next run brings it to this one")
    else:
        yield Finding("ok", "warehouse", message)
    yield from _check_neighbours(home.published, home.working)


def _check_neighbours(published: Path, working: Path) -> Iterator[Finding]:
    log = published.with_name(f"{published.name}.wal")
    if log.exists():
        message = f"{log} is none of trialwatch's: whoever opens the warehouse may take it for a log of changes"
        yield Finding("fail", "warehouse", message, f"take {log} away")
    if published.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        yield Finding("warn", "warehouse", f"{published} may be written to", f"chmod 444 {published}; each run does it")
    if not working.exists():
        yield Finding("warn", "warehouse", "the working file is lost", "the next run makes it from the published one")


def _check_ledger(inputs: Inputs, clock: dt.datetime) -> Iterator[Finding]:
    if not inputs.home.published.exists():
        return
    try:
        problems = read_status(inputs, clock)["problems"]
    except TrialwatchError as error:
        yield blame("ledger", error)
        return
    for problem in problems:
        yield Finding("warn", "ledger", problem, "`trialwatch status` shows more; docs/operate.md says what to do")
    if not problems:
        yield Finding("ok", "ledger", "every night and letter that was due is done")


def _check_landing(inputs: Inputs) -> Iterator[Finding]:
    folder = inputs.home.landing
    if not folder.exists():
        return
    if not os.access(folder, os.R_OK | os.X_OK):
        yield Finding("fail", "landing", f"{folder} cannot be read", "run this as the user that the nights run as")
        return
    with waiting("reading the landing"):
        audit = audit_landing(folder)
    for fault in audit.faults[:_MOST_FAULTS]:
        yield Finding("fail", "landing", fault, "restore it from a backup; the warehouse itself is whole without it")
    if len(audit.faults) > _MOST_FAULTS:
        yield Finding("fail", "landing", f"{len(audit.faults) - _MOST_FAULTS} more files are damaged or missing")
    if not audit.faults:
        held = f"{count(audit.runs, 'run')}, {count(audit.objects, 'record')}, {show_size(audit.bytes)}"
        yield Finding("ok", "landing", f"{held}, each as it was stored")
