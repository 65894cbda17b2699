"""The environments of those we are measured against, and what a script says in one; measures nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


def find_peer(name: str, requirements: Sequence[str]) -> Path:
    """Return the Python of an environment with these packages, made in the temporary folder if it is not there."""
    place = Path(tempfile.gettempdir()) / f"trialwatch-benchmark-{name}"
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", *requirements], check=True)  # noqa: S603  ours
    return python


def read(script: Path, reader: str, path: Path, python: Path | None = None) -> dict[str, Any]:
    """Let `reader` read a file by `script`, in a process of its own; {} where it cannot, and why is printed.

    Without a `python` it is one of ours, which runs in this environment with our packages.
    """
    ours = os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": "" if python else ours}
    command = [str(python or sys.executable), str(script), reader, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)  # noqa: S603  ours
    if done.returncode:
        print(f"  {reader} cannot read it: {done.stderr.strip().splitlines()[-1]}")
        return {}
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
