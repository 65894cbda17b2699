"""What the figures of a run of benchmarks were measured on: the machine and the versions, printed above them."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
from pathlib import Path

PACKAGES = ("duckdb", "polars", "pyarrow", "msgspec", "lxml", "spacy", "hyperscan", "dask", "distributed")


def find_processor() -> str:
    """Return the processor's name, as the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def find_version(package: str) -> str:
    """Return a package's version, or that it is not there."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def main() -> None:
    """Print."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.1f}")
    print(f"{find_processor()}, {len(os.sched_getaffinity(0))} cores, {memory} GiB, {platform.platform()}")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {find_version(name)}" for name in PACKAGES))


if __name__ == "__main__":
    main()
