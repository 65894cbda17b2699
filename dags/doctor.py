"""What `trialwatch check` finds of others: both sources and the mail server, each asked once. It sends no mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import msgspec

from dags.console import waiting
from dags.delivery.outcome import UnreachableError
from dags.delivery.smtp import MailServer
from dags.findings import Finding
from dags.inputs import Inputs
from dags.remembered import read_remembered
from extractors.clinicaltrials.fetch import SOURCE as REGISTRY
from extractors.clinicaltrials.fetch import fetch_release
from extractors.http import Client
from extractors.pubmed.guard import SOURCE as PUBMED
from extractors.pubmed.probe import probe
from extractors.pubmed.query import Credentials
from extractors.transports import find_ladder
from models.errors import SourceError
from models.settings import MailSettings

_PATIENCE = 10.0  # seconds a source or a mail server is waited for here
_ODD_RELEASE = dt.timedelta(days=10)  # the registry publishes on every weekday


def find_outside(inputs: Inputs, clock: dt.datetime, *, is_offline: bool) -> Iterator[Finding]:
    """Yield whether the sources and the mail server answer; `is_offline` asks nobody."""
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
