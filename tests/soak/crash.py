"""Prints what came of many kills and full disks; every figure is of this machine.

python -m tests.soak.crash [kills] [full disks]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.crashing import Tally, kill_often, set_stage, starve_often


def main(arguments: list[str]) -> int:
    """Print what came of many kills and full disks, after each life; return 1 where anything is wrong."""
    kills, disks = (int(one) for one in (*arguments, "200", "50")[:2])
    seed = random.SystemRandom().randrange(1 << 32)
    rng = random.Random(seed)
    started = time.perf_counter()

    def tell(tally: Tally) -> None:
        print(  # noqa: T201  a script
            f"{tally.killed} killed, {tally.starved} without room, {tally.finished} ended before it; the reader looked "
            f"{tally.seen} times; {len(tally.faults)} faults; {time.perf_counter() - started:.0f} s",
            *tally.faults,
            sep="\n  ",
            flush=True,
        )

    print(f"seed {seed}", flush=True)  # noqa: T201  a script
    with tempfile.TemporaryDirectory() as name, set_stage(Path(name), 3) as stage:
        killed = kill_often(stage, kills, rng, tell) if kills else Tally()
        starved = starve_often(stage, disks, rng, tell) if disks else Tally()
    return 1 if killed.faults or starved.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
