"""What kind of reason stopped a trial, read from its sponsor's words by rules that are data; judges no trial.

The rules are `stop_reasons.toml` beside this module, package data read once at first use; no other file is read.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
import tomllib

import msgspec

OTHER = "other"
_WORD = re.compile(r"\{([a-z_]+)\}")
_SAME_CLAUSE = "[^.;]{0,40}?"


class _Class(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    patterns: tuple[str, ...]


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"classes": "class"}):
    denials: tuple[str, ...]
    words: dict[str, str]
    classes: tuple[_Class, ...]


def find_stop_classes(reason: str) -> tuple[str, ...]:
    """Return the classes of a reason as it stands in `whyStopped`, the one to tell it by first.

    ("other",) where no rule fits; () where nothing is said.
    """
    if not reason.strip():
        return ()
    denials, classes = _read_rules()
    text = " ".join(reason.split())
    for denial in denials:
        text = denial.sub(" ", text)
    return tuple(name for name, patterns in classes if any(pattern.search(text) for pattern in patterns)) or (OTHER,)


def list_stop_classes() -> tuple[str, ...]:
    """Return every class there is, in order of precedence, "other" last."""
    return (*(name for name, _ in _read_rules()[1]), OTHER)


@functools.cache
def _read_rules() -> tuple[list[re.Pattern[str]], list[tuple[str, list[re.Pattern[str]]]]]:
    body = importlib.resources.files("models").joinpath("stop_reasons.toml").read_bytes()
    rules = msgspec.convert(tomllib.loads(body.decode("utf-8")), _Rules)
    return (
        [_compile(denial, rules.words) for denial in rules.denials],
        [(one.name, [_compile(pattern, rules.words) for pattern in one.patterns]) for one in rules.classes],
    )


def _compile(pattern: str, words: dict[str, str]) -> re.Pattern[str]:
    whole = _WORD.sub(lambda found: words[found[1]], pattern).replace("~", _SAME_CLAUSE)
    return re.compile(whole, re.IGNORECASE)
