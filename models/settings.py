"""What a watchlist.toml may say: every setting with its default, and a reader that names the place of a mistake.

Pure: it gets the file's bytes and touches neither files nor the environment.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
import typing
import urllib.parse
import zoneinfo
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from models.change import Weight
from models.errors import ConfigurationError
from models.weights import parse_weights

_NonNegative = Annotated[float, msgspec.Meta(ge=0)]
_Positive = Annotated[float, msgspec.Meta(gt=0)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Count = Annotated[int, msgspec.Meta(ge=1)]
_HttpUrl = Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s/]+")]
_NoUrlOrHttpUrl = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s/]+|\Z)")]
_Email = Annotated[str, msgspec.Meta(pattern=r"^([^@\s]+@[^@\s]+)?\Z")]
_ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")]
_WeekTime = Annotated[str, msgspec.Meta(pattern=r"^(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d\Z")]
_MAIL_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{0,63}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
)
# A way to ask a host that may refuse some clients; extractors/transports.py says what each is.
Rung = Literal["httpx", "httpx-tls1.2", "urllib", "urllib-no-agent"]
MailForm = Literal["html", "text", "markdown"]
Security = Literal["none", "starttls", "tls"]
# What the keys take whose values are of one form, for who got one wrong.
_TAKES = {
    "base_url": "an address that begins with http:// or https://",
    "history_url": "an address that begins with http:// or https://",
    "everything": 'true, false or "range"',
    "email": 'a bare mail address: "you@example.org"',
    "host": 'the name of a machine: "mail.example.org"',
    "since": "a day: 2015-01-01",
    "nightly": 'a time of day: "11:00"',
    "weekly": 'a day and a time: "mon 07:00"',
    "minimum_weight": f"one of {', '.join(typing.get_args(Weight))}",
    "transport": f"one of auto, {', '.join(typing.get_args(Rung))}",
    "form": f"one of {', '.join(typing.get_args(MailForm))}",
    "security": f"one of {', '.join(typing.get_args(Security))}",
}
_SEE = "see docs/settings.md for what each key takes"
_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "date": "a day",
    "array": "a list",
    "object": "a table",
}


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A TOML table: an unknown key in it is an error."""


class NamedItem(_Table, frozen=True):
    """An agent or target by vocabulary name, narrowed by a condition of its own."""

    name: str
    condition: str | None = None


class WatchSettings(_Table, frozen=True):
    """What is watched. `condition` narrows agents and targets that name none themselves. `articles` are PMIDs.

    `everything` true: nights read the whole registry; "range": mostly what was updated since, by the registry's word.
    """

    trials: tuple[str, ...] = ()
    agents: tuple[str | NamedItem, ...] = ()
    targets: tuple[str | NamedItem, ...] = ()
    articles: tuple[str | int, ...] = ()
    condition: str = ""
    everything: bool | Literal["range"] = False

    @property
    def is_everything(self) -> bool:
        """Whether records are taken that no item names."""
        return bool(self.everything)


class VocabularySettings(_Table, frozen=True):
    """`extra`: a folder of TOML files beside the watchlist, in the format of models/vocabulary."""

    extra: str = ""


class ClinicalTrialsSettings(_Table, frozen=True):
    """How ClinicalTrials.gov is asked. Rates in requests a second (0 = no pace), `gone_after` in source days.

    `results_due_months` count from primary completion. `history_url` empty: beside `base_url`; see `find_history_url`.
    With `everything = "range"` the whole is read `whole_after_days` after it last was, and else what was updated since
    `overlap_days` before the day up to which the registry was read.
    """

    base_url: _HttpUrl = "https://clinicaltrials.gov/api/v2"
    history_url: _NoUrlOrHttpUrl = ""
    requests_per_second: _NonNegative = 1.0
    timeout_seconds: _Positive = 30.0
    transport: Literal["auto"] | Rung = "auto"
    max_drop: _Share = 0.5
    gone_after: _Count = 3
    results_due_months: _Count = 12
    whole_after_days: _Count = 7
    overlap_days: Annotated[int, msgspec.Meta(ge=0)] = 7

    def find_history_url(self) -> str:
        """Return where record histories are served: as set, else in place of the last part of `base_url`.

        So a watchlist that points to a mirror asks the mirror, never the real host.
        """
        root = self.base_url.rstrip("/")
        parent = root.rpartition("/")[0] if urllib.parse.urlsplit(root).path else root
        return self.history_url or f"{parent}/int"


class PubMedSettings(_Table, frozen=True):
    """How PubMed's E-utilities are asked. `email` goes with every request, as NCBI wishes."""

    base_url: _HttpUrl = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    email: _Email = ""
    requests_per_second: _NonNegative = 3.0
    timeout_seconds: _Positive = 60.0
    since: dt.date = dt.date(2015, 1, 1)
    overlap_days: Annotated[int, msgspec.Meta(ge=0)] = 7


class SourceSettings(_Table, frozen=True):
    """One table a source."""

    clinicaltrials: ClinicalTrialsSettings = ClinicalTrialsSettings()
    pubmed: PubMedSettings = PubMedSettings()


class WarehouseSettings(_Table, frozen=True):
    """`home`: the data folder, beside the watchlist unless absolute."""

    home: str = "data"


class ScheduleSettings(_Table, frozen=True):
    """When `trialwatch serve` runs its jobs, in `timezone`."""

    nightly: _ClockTime = "11:00"
    weekly: _WeekTime = "mon 07:00"
    timezone: str = "UTC"


class Following(_Table, frozen=True):
    """What someone wants to hear of (absent lists: of everything), and from which weight on.

    A record must fit every list that is set, and fits one by any of its entries. `alerts`: top-weight facts the same
    night. models/following.py checks the entries and says how each is spelt.
    """

    targets: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    pathways: tuple[str, ...] = ()
    sponsors: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    minimum_weight: Weight | None = None
    alerts: bool = False


class Recipient(Following, frozen=True, kw_only=True):
    """Who gets the letter by mail. `form`: HTML with a plain-text twin, plain text alone, or Markdown."""

    address: str
    form: MailForm = "html"


class WebhookSettings(Following, frozen=True):
    """What the webhook gets; its address is a secret, and without one nothing is posted."""

    timeout_seconds: _Positive = 30.0


class DigestSettings(_Table, frozen=True):
    """What a digest tells, changes of `minimum_weight` or more, and to whom."""

    minimum_weight: Weight = "medium"
    recipient: tuple[Recipient, ...] = ()
    webhook: WebhookSettings = WebhookSettings()


class MailSettings(_Table, frozen=True, rename={"sender": "from"}):
    """The server that takes the mail; its login stands in the environment. Seconds of silence are waited through."""

    sender: str = "trialwatch@localhost"
    host: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:\[\]-]+\Z")] = "localhost"
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 25
    security: Security = "starttls"
    timeout_seconds: _Positive = 60.0


class ReportSettings(_Table, frozen=True):
    """Whether a landscape page is written after each nightly run, and where: empty is into the data home."""

    after_run: bool = False
    path: str = ""


class ReviewSettings(_Table, frozen=True):
    """Which reviews' statements are tested: the one that comes with the program, and files or folders of your own.

    No verdict rests on a record that was not read for longer than `stale_after_days`.
    """

    built_in: bool = True
    files: tuple[str, ...] = ()
    stale_after_days: _Count = 14


class Settings(_Table, frozen=True):
    """A whole watchlist.toml."""

    watch: WatchSettings = WatchSettings()
    vocabulary: VocabularySettings = VocabularySettings()
    source: SourceSettings = SourceSettings()
    warehouse: WarehouseSettings = WarehouseSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    digest: DigestSettings = DigestSettings()
    mail: MailSettings = MailSettings()
    report: ReportSettings = ReportSettings()
    review: ReviewSettings = ReviewSettings()
    # By "kind.action", quoted or not; models/weights.py knows which there are.
    weights: dict[str, Any] = {}


def build_weights(settings: Settings) -> Mapping[tuple[str, str], Weight]:
    """Return the weights that settings override, by kind and action (for a status, by transition)."""
    return parse_weights(settings.weights, "settings")


def parse_settings(body: bytes, file_name: str) -> Settings:
    """Read a watchlist.toml.

    Raises:
        ConfigurationError: not TOML, an unknown key, or a value of the wrong kind; the message begins with
            `file_name` and the path of the key.
    """
    try:
        tables = tomllib.loads(body.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file_name}: {error}", "it must be TOML in UTF-8") from error
    try:
        settings = msgspec.convert(tables, Settings)
    except msgspec.ValidationError as error:
        message, hint = _describe(str(error))
        raise ConfigurationError(f"{file_name}: {message}", hint) from error
    zone = settings.schedule.timezone
    if zone != "UTC" and zone not in zoneinfo.available_timezones():  # which reads hundreds of files
        raise ConfigurationError(
            f'{file_name}: schedule.timezone: "{zone}" is no time zone',
            'use a name like "UTC" or "Europe/Amsterdam"',
        )
    parse_weights(settings.weights, file_name)
    _check_addresses(settings, file_name)
    return settings


def _check_addresses(settings: Settings, file_name: str) -> None:
    """Refuse what is no plain mail address, and an address that stands twice: the ledger knows people by theirs."""
    recipients = [
        (f"digest.recipient[{place}].address", one.address) for place, one in enumerate(settings.digest.recipient)
    ]
    for place, address in (("mail.from", settings.mail.sender), *recipients):
        if not is_mail_address(address):
            raise ConfigurationError(
                f"{file_name}: {place}: {address!r} is no mail address",
                'write it bare, without a name: "you@example.org"',
            )
    seen: set[str] = set()
    for place, address in recipients:
        if address.casefold() in seen:
            raise ConfigurationError(
                f'{file_name}: {place}: "{address}" stands there before',
                "keep one table an address; its lists may be longer",
            )
        seen.add(address.casefold())


def is_mail_address(text: str) -> bool:
    """Return whether a text is one plain address: nothing in it can begin another address, or another header."""
    return _MAIL_ADDRESS.fullmatch(text) is not None and ".." not in text


def _describe(error: str) -> tuple[str, str]:
    """Turn msgspec's message into `path: what is wrong` and a remedy."""
    what, _, where = error.partition(" - at `$")
    path = where.rstrip("`").replace("[...]", "").lstrip(".")
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", what)
    if unknown is None:
        return _describe_value(what, path)
    key = unknown[1]
    allowed = _find_keys(path)
    near = difflib.get_close_matches(key, allowed, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"known here: {', '.join(allowed)}"
    return f"{path + '.' if path else ''}{key}: unknown key", hint


def _describe_value(what: str, path: str) -> tuple[str, str]:
    missing = re.fullmatch(r"Object missing required field `(.*)`", what)
    if missing:
        return f"{path}.{missing[1]}: it is missing", _SEE
    name = re.sub(r"\[\d*\]", "", path).rpartition(".")[2]
    remedy = f"it takes {_TAKES[name]}" if name in _TAKES else _SEE
    if "matching regex" in what:
        return f"{path}: not of the form it takes", remedy
    shown = re.sub(r"`([a-z| ]+)`", lambda found: _name_kinds(found[1]), what)
    return f"{path}: {shown[0].lower()}{shown[1:]}", remedy


def _name_kinds(kinds: str) -> str:
    return " or ".join(_KINDS.get(kind, kind) for kind in kinds.split(" | "))


def _find_keys(path: str) -> list[str]:
    """Return the keys that the table at a path takes, as the file spells them."""
    kind: Any = Settings
    for step in filter(None, re.split(r"[.\[\]]+", path)):
        if not step.isdigit():
            by_key = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
            kind = by_key.get(step, kind)
        # Of a list or a choice, the table in it.
        while not _is_table(kind):
            kind = next(part for part in typing.get_args(kind) if _is_table(part) or typing.get_args(part))
    return sorted(field.encode_name for field in msgspec.structs.fields(kind))


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
