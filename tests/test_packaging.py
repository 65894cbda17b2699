"""What is built is what is needed: the wheel alone runs the demo, and DuckDB 1.5 reads its file."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

OLD_DUCKDB = "duckdb==1.5.5"


def run(*command: str | Path, cwd: Path) -> str:
    answer = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=600)
    assert answer.returncode == 0, f"{command}: {answer.stdout}\n{answer.stderr}"
    return answer.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, ROOT, cwd=folder)
    return next(folder.glob("trialwatch-*.whl"))


def run_demo(wheel: Path, folder: Path, *, is_alone: bool) -> Path:
    """Return the folder of a demo that ran from the wheel, without the checkout in reach.

    What it needs is installed from the lock file where it `is_alone`; else it is this environment's.
    """
    run(sys.executable, "-m", "venv", "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    if is_alone:
        lock = ROOT / "requirements-run.lock"
        run(python, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock, cwd=folder)
    else:  # a path in such a file is only searched: the link to the checkout that lies there has no effect
        packages = sysconfig.get_path("purelib")
        own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
        (Path(own) / "locked.pth").write_text(packages)
    run(python, "-m", "pip", "install", "-q", "--no-deps", "--ignore-installed", wheel, cwd=folder)
    place = run(python, "-c", "import dags; print(dags.__file__)", cwd=folder).strip()
    assert Path(place).is_relative_to(folder)
    out = run(folder / "venv" / "bin" / "trialwatch", "demo", cwd=folder)
    assert "TERMINATED" in out
    return folder / "demo"


@pytest.fixture(scope="module")
def demo(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo that ran from the wheel."""
    return run_demo(wheel, tmp_path_factory.mktemp("installed"), is_alone=False)


@pytest.mark.slow
def test_the_demo_runs_from_the_wheel_and_the_lock_file_alone(wheel: Path, tmp_path: Path) -> None:
    assert (run_demo(wheel, tmp_path, is_alone=True) / "data" / "warehouse.duckdb").exists()


@pytest.mark.ci
def test_the_wheel_holds_every_file_that_is_read_at_run_time(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    needed = {
        str(file.relative_to(ROOT))
        for layer in ("models", "extractors", "etl", "warehouse", "dags")
        for file in (ROOT / layer).rglob("*")
        if file.is_file() and file.suffix in {".py", ".sql", ".toml", ".j2", ".jsonl", ".xml", ".md"}
    }
    assert len(needed) > 100
    assert needed <= held
    assert not {name for name in held if name.startswith(("tests/", "docs/", "data/"))}


@pytest.mark.ci
def test_the_demo_runs_from_the_wheel(demo: Path) -> None:
    assert (demo / "data" / "warehouse.duckdb").exists()
    assert (demo / "data" / "digests" / "2026-W07.md").read_text().startswith("# Trial watch 2026-W07")


@pytest.mark.ci
def test_a_duckdb_1_5_client_reads_the_published_file(demo: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "old", cwd=tmp_path)
    python = tmp_path / "old" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", OLD_DUCKDB, cwd=tmp_path)
    code = """
import duckdb, json, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
views = [row[0] for row in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()]
tables = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
counts = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in [*views, *tables]}
changes = connection.execute("SELECT nct_id, new_status, why_stopped FROM trial_status_change ORDER BY 1").fetchall()
print(json.dumps({"version": duckdb.__version__, "counts": counts, "changes": changes}))
"""
    seen = json.loads(run(python, "-c", code, demo / "data" / "warehouse.duckdb", cwd=tmp_path))
    assert seen["version"] == "1.5.5"
    assert seen["counts"]["trial"] == 15
    assert seen["counts"]["trial_status_history"] == 19
    assert seen["changes"][0] == ["NCT99000101", "TERMINATED", "Slow accrual."]


def read_pins(lock: str) -> set[str]:
    return {line for line in (ROOT / lock).read_text().splitlines() if "==" in line}


def test_what_runs_is_locked_as_in_tests_and_without_their_tools() -> None:
    locked, run = read_pins("requirements.lock"), read_pins("requirements-run.lock")
    assert run < locked
    names = {pin.partition("==")[0] for pin in run}
    assert {"duckdb", "spacy", "vl-convert-python", "distributed"} <= names
    assert not names & {"pytest", "mypy", "ruff", "playwright", "hatchling", "aiosmtpd"}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-run.lock"])
def test_a_lock_file_names_no_host_and_hashes_everything(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    pinned = [line for line in lines if "==" in line]
    assert len(pinned) > 50
    assert all(line.endswith("\\") for line in pinned)
    assert not [line for line in lines if "://" in line or "index-url" in line or "find-links" in line]
