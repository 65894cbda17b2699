"""The tagger: mentions of targets and agents in the texts of a document, with exact places. Never files or network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.tagging.fields import build_article_fields, build_trial_fields
from models.vocabulary import Vocabulary

if TYPE_CHECKING:
    from etl.tagging.tagger import Tagger

__all__ = ["Tagger", "build_article_fields", "build_tagger", "build_trial_fields"]


def build_tagger(vocabulary: Vocabulary) -> Tagger:
    """Return a tagger for `vocabulary`; spaCy is imported here, because that alone takes a second or more."""
    from etl.tagging.tagger import Tagger  # noqa: PLC0415  see above

    return Tagger(vocabulary)


def __getattr__(name: str) -> object:
    """Give `Tagger` to those who import it by name, as late as `build_tagger` does."""
    if name != "Tagger":
        raise AttributeError(f"module {__name__} has no attribute {name}")
    from etl.tagging.tagger import Tagger  # noqa: PLC0415  see build_tagger

    return Tagger
