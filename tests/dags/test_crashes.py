"""A short life of kills and full disks; the long one is `make soak`."""

from __future__ import annotations

import random
from pathlib import Path

from tests.soak.crashing import kill_often, set_stage, starve_often


def test_whatever_is_killed_or_finds_no_room_the_end_is_that_of_an_undisturbed_life(tmp_path: Path) -> None:
    rng = random.Random(20260210)
    with set_stage(tmp_path, nights=1) as stage:
        killed = kill_often(stage, 6, rng)
        assert killed.faults == []
        assert killed.killed >= 6
        assert killed.seen > 0
        starved = starve_often(stage, 3, rng)
        assert starved.faults == []
        assert starved.starved >= 3
