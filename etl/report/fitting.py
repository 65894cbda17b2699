"""Keeping the page small: histories with shorter texts, at the last with light changes only counted. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from etl.fitting import shorten_pair
from models.landscape import ChangeLine, Landscape, LandscapeTrial, Step

_LENGTHS = (None, 1000, 250)  # signs a text of a history may have
LAST = len(_LENGTHS)  # the fit at which changes of low weight are counted alone
BUDGET = 2_900_000  # bytes of a page of up to a thousand trials; "under 3 MB" however a megabyte is counted
_TRIALS = 1000


def find_budget(landscape: Landscape) -> int:
    """Return how many bytes a page may take."""
    return BUDGET * max(_TRIALS, len(landscape.trials)) // _TRIALS


def list_fits(landscape: Landscape) -> Iterator[tuple[int, Landscape]]:
    """Yield the page with its histories whole, then ever shorter; with each the number of the fit."""
    for fit, longest in enumerate(_LENGTHS):
        yield fit, _replace_steps(landscape, longest, is_counted=False)
    yield LAST, _replace_steps(landscape, _LENGTHS[-1], is_counted=True)


def _replace_steps(landscape: Landscape, longest: int | None, *, is_counted: bool) -> Landscape:
    if longest is None:
        return landscape
    trials = tuple(_shorten_trial(trial, longest, is_counted=is_counted) for trial in landscape.trials)
    return msgspec.structs.replace(landscape, trials=trials)


def _shorten_trial(trial: LandscapeTrial, longest: int, *, is_counted: bool) -> LandscapeTrial:
    steps = tuple(_shorten_step(step, longest, is_counted=is_counted) for step in trial.steps)
    return msgspec.structs.replace(trial, steps=steps)


def _shorten_step(step: Step, longest: int, *, is_counted: bool) -> Step:
    kept = [line for line in step.lines if line.weight != "low"] if is_counted else step.lines
    lines = tuple(_shorten_line(line, longest) for line in kept)
    return msgspec.structs.replace(step, lines=lines, more=len(step.lines) - len(kept))


def _shorten_line(line: ChangeLine, longest: int) -> ChangeLine:
    before, after = shorten_pair(line.before, line.after, longest)
    return msgspec.structs.replace(line, before=before, after=after)
