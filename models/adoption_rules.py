"""What `adopt` goes by beyond the vocabulary, as data; it finds nothing itself.

The rules are `adoption.toml` beside this module, package data read once at first use; no other file is read.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib

import msgspec


class AdoptionRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lists of words; what each is for stands in the file. Families, prefixes and drugs are in lower case."""

    drug_stems: tuple[str, ...]
    no_drugs: frozenset[str]
    no_codes: tuple[str, ...]
    trial_families: frozenset[str]
    trial_words: tuple[str, ...]
    no_acronyms: frozenset[str]
    hyphen_prefixes: frozenset[str]


@functools.cache
def read_adoption_rules() -> AdoptionRules:
    """Return the rules."""
    body = importlib.resources.files("models").joinpath("adoption.toml").read_bytes()
    return msgspec.convert(tomllib.loads(body.decode("utf-8")), AdoptionRules)
