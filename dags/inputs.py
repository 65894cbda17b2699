"""Reading what the user wrote: watchlist, vocabulary, secrets. Everything is checked before a job starts."""

from __future__ import annotations

import importlib.resources
import os
import re
import stat
import urllib.parse
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from dags.home import Home
from dags.logs import hide
from models.errors import ConfigurationError
from models.following import resolve_digest
from models.overrides import FILE_NAME, Override, parse_overrides
from models.review import Review, parse_reviews
from models.settings import Settings, parse_settings
from models.vocabulary import Vocabulary, parse_vocabulary
from models.watchlist import WatchItem, build_watch_items

DEFAULT_WATCHLIST = "watchlist.toml"
_PREFIX = "TRIALWATCH_"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PLAIN = re.compile(r"[!-~]*")
_SECRETS = ("NCBI_API_KEY", "SMTP_USER", "SMTP_PASSWORD", "WEBHOOK_URL")


class Secrets(msgspec.Struct, frozen=True):
    """Kept out of logs, landing and ledger; shown as nothing."""

    ncbi_api_key: str = ""
    smtp_user: str = ""
    smtp_password: str = ""
    webhook_url: str = ""

    def __repr__(self) -> str:
        return "Secrets(…)"


class Inputs(msgspec.Struct, frozen=True):
    """All a job needs to know before it starts."""

    file: Path
    settings: Settings
    vocabulary: Vocabulary
    items: tuple[WatchItem, ...]
    home: Home
    secrets: Secrets
    overrides: tuple[Override, ...] = ()
    reviews: tuple[Review, ...] = ()


def read_inputs(file: Path, environment: Mapping[str, str] = os.environ) -> Inputs:
    """Read and check a watchlist and what it names.

    Raises:
        ConfigurationError: with the file, the place in it and the remedy.
    """
    settings = read_settings(file)
    vocabulary = read_vocabulary(file, settings)
    secrets = read_secrets(environment)
    hide(*msgspec.structs.astuple(secrets))
    check_secrets(secrets, settings, file.name)
    settings = msgspec.structs.replace(settings, digest=resolve_digest(settings.digest, vocabulary, file.name))
    return Inputs(
        file=file,
        settings=settings,
        vocabulary=vocabulary,
        items=build_watch_items(settings.watch, vocabulary, file.name),
        home=find_home(file, settings),
        secrets=secrets,
        overrides=read_overrides(file, settings, vocabulary),
        reviews=read_reviews(file, settings),
    )


def read_settings(file: Path) -> Settings:
    """Read a watchlist's settings alone."""
    return parse_settings(read_watchlist(file), file.name)


def read_watchlist(file: Path) -> bytes:
    """Return a watchlist's bytes.

    Raises:
        ConfigurationError: it is not there, or cannot be read.
    """
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"there is no {file}", "`trialwatch init` writes one; --config names another"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}", "--config names the watchlist") from error


def find_watchlist(file: Path) -> Path | None:
    """Return a watchlist; None where it is the default one and not there, for commands that do without."""
    return None if file == Path(DEFAULT_WATCHLIST) and not file.exists() else file


def find_home(file: Path, settings: Settings) -> Home:
    """Return the data home: beside the watchlist unless absolute."""
    return Home((file.parent / Path(settings.warehouse.home).expanduser()).absolute())


def read_vocabulary(file: Path, settings: Settings) -> Vocabulary:
    """Read the vocabulary of the package and the user's own folder beside the watchlist."""
    return parse_vocabulary(_read_package_files() | _read_extra_files(file, settings))


def read_package_vocabulary() -> Vocabulary:
    """Read the vocabulary of the package alone."""
    return parse_vocabulary(_read_package_files())


def read_overrides(file: Path, settings: Settings, vocabulary: Vocabulary) -> tuple[Override, ...]:
    """Read the links that the user decides, from `overrides.toml` in that folder; without the file there are none."""
    folder = _find_extra_folder(file, settings)
    if folder is None or not (folder / FILE_NAME).exists():
        return ()
    return parse_overrides((folder / FILE_NAME).read_bytes(), f"{folder.name}/{FILE_NAME}", vocabulary)


def read_reviews(file: Path, settings: Settings) -> tuple[Review, ...]:
    """Read the claims of the package's own review, and of the files or folders that `[review] files` names."""
    bodies = _read_toml_files(importlib.resources.files("models") / "review") if settings.review.built_in else {}
    for index, name in enumerate(settings.review.files):
        bodies |= _read_review(file, name, f"{file.name}: review.files[{index}]")
    return parse_reviews(bodies)


def _read_review(file: Path, name: str, place: str) -> dict[str, bytes]:
    path = file.parent / Path(name).expanduser()
    if path.is_dir():
        found = _read_toml_files(path)
        if not found:
            raise ConfigurationError(f"{place}: {path} holds no .toml file", "put one there, or leave it out")
        return {f"{name.rstrip('/')}/{one}": body for one, body in found.items()}
    try:
        return {name: path.read_bytes()}
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"{place}: there is no {path}", "name a file of claims, or a folder of them"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"{place}: cannot read {path}: {error.strerror}", "mend its permissions") from error


def _read_package_files() -> dict[str, bytes]:
    return _read_toml_files(importlib.resources.files("models") / "vocabulary")


def _read_extra_files(file: Path, settings: Settings) -> dict[str, bytes]:
    folder = _find_extra_folder(file, settings)
    found = _read_toml_files(folder) if folder else {}
    return {f"{folder.name}/{name}": body for name, body in found.items() if folder and name != FILE_NAME}


def _find_extra_folder(file: Path, settings: Settings) -> Path | None:
    if not settings.vocabulary.extra:
        return None
    folder = file.parent / Path(settings.vocabulary.extra).expanduser()
    if not folder.is_dir():
        raise ConfigurationError(
            f"{file.name}: vocabulary.extra: there is no folder {folder}", "make it, or leave the setting out"
        )
    return folder


def _read_toml_files(folder: Traversable) -> dict[str, bytes]:
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda one: one.name)
    try:
        return {entry.name: entry.read_bytes() for entry in files}
    except OSError as error:
        raise ConfigurationError(f"cannot read {error.filename}: {error.strerror}", "it should be a file") from error


def read_secrets(environment: Mapping[str, str]) -> Secrets:
    """Read the secrets from the environment, or from the 0600 file of `NAME=value` lines that it names.

    Raises:
        ConfigurationError: the file is missing, readable by others, or holds an unknown name.
    """
    found = {name: environment[_PREFIX + name] for name in _SECRETS if environment.get(_PREFIX + name)}
    named = environment.get(f"{_PREFIX}SECRETS")
    if named:
        found = _read_secrets_file(Path(named)) | found
    return Secrets(**{name.lower(): value for name, value in found.items()})


def check_secrets(secrets: Secrets, settings: Settings, file_name: str) -> None:
    """Refuse a login or an address that cannot be used; no message holds it.

    Raises:
        ConfigurationError: half a login, one that would travel unsecured, or a webhook that is no http(s) address.
    """
    mail = settings.mail
    if bool(secrets.smtp_user) != bool(secrets.smtp_password):
        missing = "SMTP_PASSWORD" if secrets.smtp_user else "SMTP_USER"
        raise ConfigurationError(f"{_PREFIX}{missing} is not set, the other half of the login is", "set both, or none")
    if settings.digest.recipient and secrets.smtp_user and mail.security == "none" and mail.host not in _LOOPBACK:
        raise ConfigurationError(
            f'{file_name}: mail.security: "none" would send the login unsecured to {mail.host}',
            'use "starttls" (port 587) or "tls" (port 465)',
        )
    address = urllib.parse.urlsplit(secrets.webhook_url) if _PLAIN.fullmatch(secrets.webhook_url) else None
    if secrets.webhook_url and (address is None or address.scheme not in ("http", "https") or not address.hostname):
        raise ConfigurationError(f"{_PREFIX}WEBHOOK_URL is no http(s) address", "copy it anew; it is not shown here")


def _read_secrets_file(file: Path) -> dict[str, str]:
    place = f"{_PREFIX}SECRETS: {file}"
    try:
        mode = file.stat().st_mode
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        raise ConfigurationError(f"{place}: {error.strerror}", "name a file that is there") from error
    if stat.S_IMODE(mode) & 0o077:
        raise ConfigurationError(f"{place}: others may read it", f"chmod 600 {file}")
    pairs = [line.split("=", 1) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    found = {pair[0].strip().removeprefix(_PREFIX): pair[-1].strip() for pair in pairs}
    unknown = sorted(set(found) - set(_SECRETS))
    if unknown or any(len(pair) == 1 for pair in pairs):
        known = ", ".join(_PREFIX + name for name in _SECRETS)
        raise ConfigurationError(f"{place}: a line is no NAME=value of a known name", f"known: {known}")
    return found


def write_watchlist(folder: Path) -> Path:
    """Write the default watchlist into a folder; return its path. One that is there is never overwritten.

    Raises:
        ConfigurationError: there is one already, or the folder cannot be written to.
    """
    file = folder / DEFAULT_WATCHLIST
    body = (importlib.resources.files("dags") / "default_watchlist.toml").read_bytes()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as fresh:
            fresh.write(body)
    except FileExistsError as error:
        message = f"{file} is there already" if folder.is_dir() else f"{folder} is a file, not a folder"
        raise ConfigurationError(message, "edit it, or name another folder") from error
    except OSError as error:
        raise ConfigurationError(f"cannot write {file}: {error.strerror}", "name another folder") from error
    return file
