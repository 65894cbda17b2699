"""What the documents hand to those who run it: the units, the container, and the versions they install."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

UNITS = ROOT / "docs" / "units"
SERVICES = sorted(UNITS.glob("*.service"))
TIMERS = sorted(UNITS.glob("*.timer"))
# What a program that reads two sources and writes one folder needs none of.
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectKernelModules": "yes",
    "RestrictSUIDSGID": "yes",
    "CapabilityBoundingSet": "",
    "ReadWritePaths": "/srv/trialwatch",
    "User": "trialwatch",
}


def read_unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # systemd's names have capitals
    parser.read_string(path.read_text("utf-8"))
    return parser


def test_there_is_a_unit_for_each_way_of_running_it() -> None:
    names = [path.name for path in (*SERVICES, *TIMERS)]
    assert names == [
        "trialwatch-nightly.service",
        "trialwatch-weekly.service",
        "trialwatch.service",
        "trialwatch-nightly.timer",
        "trialwatch-weekly.timer",
    ]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_service_may_write_to_one_folder_and_is_told_to_stop_in_time(path: Path) -> None:
    service = dict(read_unit(path)["Service"])
    assert {name: service.get(name) for name in HARDENED} == HARDENED
    assert service["ExecStart"].startswith("/opt/trialwatch/bin/trialwatch ")
    assert int(service["TimeoutStopSec"]) > 30
    assert "@system-service" in service["SystemCallFilter"]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_what_a_service_names_is_made_by_the_steps_that_install_it(path: Path) -> None:
    # A secrets file that is not there ends every command: the steps make it, empty.
    name, _, secrets = dict(read_unit(path)["Service"])["Environment"].partition("=")
    assert name == "TRIALWATCH_SECRETS"
    folder, _, file = secrets.rpartition("/")
    steps = (ROOT / "docs" / "operate.md").read_text("utf-8").partition("**systemd.**")[2].partition("**cron**")[0]
    assert f"$ cd {folder}\n" in steps
    assert re.search(rf"^\$ install .*-m 600 /dev/null {file}\b", steps, re.MULTILINE)


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.stem)
def test_a_timer_makes_good_what_was_missed_and_never_runs_beside_the_service(path: Path) -> None:
    unit = read_unit(path)
    assert unit["Timer"]["Persistent"] == "true"
    assert unit["Unit"]["Conflicts"] == "trialwatch.service"
    assert path.with_suffix(".service") in SERVICES


def test_systemd_itself_finds_no_fault(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine; the tests above read the units")
    for path in (*SERVICES, *TIMERS):
        text = path.read_text("utf-8").replace("/opt/trialwatch/bin/trialwatch", sys.executable)
        (tmp_path / path.name).write_text(text, "utf-8")
    files = sorted(map(str, tmp_path.iterdir()))
    verified = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    assert [line for line in verified.stderr.splitlines() if str(tmp_path) in line or "trialwatch" in line] == []


def test_the_container_runs_as_nobody_and_copies_what_is_there() -> None:
    text = (ROOT / "Containerfile").read_text("utf-8")
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    steps = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    words = [step for step, _ in steps]
    assert set(words) <= {
        "FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD",
    }  # fmt: skip
    assert all(re.search(r":[\w.-]+( AS |$)", rest) for step, rest in steps if step == "FROM"), "an image without a tag"
    users = [rest for step, rest in steps if step == "USER"]
    assert users == ["10001:10001"]
    assert words.index("USER") < words.index("ENTRYPOINT")
    for step, rest in steps:
        if step == "COPY" and "--from" not in rest:
            assert all((ROOT / name).exists() for name in rest.split()[:-1]), rest
        if step in {"ENTRYPOINT", "CMD"}:
            assert isinstance(json.loads(rest), list)
    assert "--require-hashes" in text
    assert "SECRET" not in text


def test_every_package_of_the_wheel_is_in_the_container() -> None:
    text = (ROOT / "Containerfile").read_text("utf-8")
    assert all(f"COPY {name} {name}\n" in text for name in ("models", "extractors", "etl", "warehouse", "dags"))


@pytest.mark.ci
def test_no_locked_dependency_has_a_known_vulnerability() -> None:
    """Ask for the advisories of each locked version, where they can be had; a mirror may have packages but none."""
    audit = pytest.importorskip("pip_audit._service", reason="pip-audit is not installed")
    versions = pytest.importorskip("packaging.version")
    service = audit.PyPIService(timeout=5)
    try:
        answer, _ = service.query(audit.ResolvedDependency("requests", versions.Version("2.19.1")))
    except audit.ServiceError as error:
        pytest.skip(f"the audit data cannot be reached: {type(error).__name__}")
    if answer.is_skipped():
        pytest.skip("the audit data cannot be reached: what answers knows no advisories")
    command = [
        sys.executable, "-m", "pip_audit", "-r", "requirements.lock", "--require-hashes", "--disable-pip", "--no-deps",
        "--progress-spinner", "off", "--timeout", "10", "-f", "json",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        pytest.skip("the audit data came too slowly")
    if not done.stdout:
        pytest.skip(f"the audit data could not be read: {done.stderr.strip().splitlines()[-1:]}")
    packages = json.loads(done.stdout)["dependencies"]
    known = {package["name"]: [one["id"] for one in package.get("vulns", [])] for package in packages}
    assert {name: found for name, found in known.items() if found} == {}
