"""A year of nights adds less to the landing than the first one, in bytes and in files."""

from __future__ import annotations

import datetime as dt
import itertools

from dags.inputs import Inputs
from dags.nightly import run_nightly
from dags.sample.world import World
from tests.conftest import FirstNight, at_night
from tests.soak.living_through import measure

NIGHTS = 365


def test_a_year_of_nights_adds_less_to_the_landing_than_the_first(
    sample_inputs: Inputs, sample_world: World, first_night: FirstNight
) -> None:
    first_night(sample_inputs, sample_world)
    landing = sample_inputs.home.landing
    sizes = [measure(landing)]
    last = sample_world.days[-1]
    for day in (last, *(last + dt.timedelta(days=later) for later in range(1, 5))):
        sample_world.serve(day)
        assert run_nightly(sample_inputs, at_night(day)).exit_code == 0
        files = {path for path in landing.rglob("*") if path.is_file()}
        sizes.append(measure(landing))
    # The first of these nights brings two days' changes, and asks for revisions; the last ones bring the stamp alone.
    changed, *_, quiet = (after - before for before, after in itertools.pairwise(sizes))
    assert quiet * NIGHTS < sizes[0]
    assert changed < sizes[0] / 4
    sample_world.serve(last + dt.timedelta(days=5))
    assert run_nightly(sample_inputs, at_night(last + dt.timedelta(days=5))).exit_code == 0
    assert {path for path in landing.rglob("*") if path.is_file()} == files
