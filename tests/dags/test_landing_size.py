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
    sizes, files = [measure(landing)], []
    last = sample_world.days[-1]
    for later in range(3):
        sample_world.serve(last + dt.timedelta(days=later))
        assert run_nightly(sample_inputs, at_night(last + dt.timedelta(days=later))).exit_code == 0
        sizes.append(measure(landing))
        files.append({path for path in landing.rglob("*") if path.is_file()})
    # The first of these nights brings two days' changes, and asks for revisions; the last brings another stamp alone.
    changed, _, quiet = (after - before for before, after in itertools.pairwise(sizes))
    assert quiet * NIGHTS < sizes[0]
    assert files[-1] == files[-2]
    assert changed < sizes[0] / 4
