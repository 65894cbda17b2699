"""The landscape page as one HTML file: its template, its data packed, its program. The template escapes every text.

Nothing in the file may run but the two scripts whose hashes its policy names, and nothing may be asked of a network.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup

from etl.chips import LOOKS
from etl.html_templates import build_environment
from etl.report.charts import PHASES
from etl.report.fitting import LAST, find_budget, list_fits
from etl.wording import count, show_day
from models.landscape import Landscape

COLUMNS = (
    ("id", "Trial", ""),
    ("targets", "Targets", ""),
    ("agents", "Agents", ""),
    ("phase", "Phase", ""),
    ("status", "Status", ""),
    ("sponsor", "Sponsor", ""),
    ("countries", "Countries", ""),
    ("primary", "Primary completion", ""),
    ("moved", "Last change", ""),
)
_HEAT = {0: "0", 1: "1", 2: "2–3", 4: "4–7", 8: "8–15", 16: "16+"}  # from so many trials on, a shade deeper
_GROUPS = {
    "coming": "Planned", "open": "Recruiting", "closed": "Closed to entry", "ended": "Completed", "paused": "Paused",
    "stopped": "Stopped", "unsaid": "Unknown",
}  # fmt: skip
_Option = tuple[str, str]
_Options = list[tuple[str, list[_Option]]]


def render_landscape(landscape: Landscape, charts: Mapping[str, Any], library: str) -> str:
    """Return the page, its histories as whole as its size allows. The same page gives the same bytes.

    `charts` are those of `build_charts`, `library` the script of `build_library`.
    """
    packed_library = pack(library.encode())
    room = find_budget(landscape) - len(_render(landscape, "", library, packed_library, LAST).encode())
    for fit, fitted in list_fits(landscape):
        data = pack(_encode(fitted, charts))
        if len(data) <= room or fit == LAST:
            return _render(landscape, data, library, packed_library, fit)
    raise AssertionError("the last fit is always taken")


def pack(body: bytes) -> str:
    """Return bytes compressed (zlib) in base64, which no browser reads as markup."""
    return base64.b64encode(zlib.compress(body, 6)).decode()


def _render(page: Landscape, data: str, library: str, packed_library: str, fit: int) -> str:
    script, style, template = _read_templates()
    return template.render(
        page=page,
        trials={trial.id: trial for trial in page.trials},
        css=Markup(style),  # noqa: S704  ours
        script=Markup(script),  # noqa: S704  ours
        hashes=[_hash(script), _hash(library)],
        data=data,
        library=packed_library,
        looks=LOOKS,
        columns=COLUMNS,
        filters=list(_list_filters(page)),
        sponsors=sorted({trial.sponsor for trial in page.trials if trial.sponsor}, key=str.casefold),
        current={trial.status for trial in page.trials},
        since=show_day(page.since),
        low_changes=count(page.low_changes, "change"),
        new_papers=count(page.new_papers, "paper"),
        steps=tuple(enumerate(_HEAT.values())),
        is_cut=fit > 0,
        is_counted=fit == LAST,
    )


@functools.cache
def _read_templates() -> tuple[str, str, jinja2.Template]:
    """Return the page's program, its style, and the page's template."""
    environment = build_environment()
    loader = environment.loader
    assert loader is not None  # noqa: S101  it was built with one
    script = loader.get_source(environment, "report.js")[0]
    return (
        script,
        environment.get_template("report.css").render(looks=LOOKS),
        environment.get_template("report.html.j2"),
    )


def _hash(script: str) -> Markup:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Markup(f"'sha256-{digest}'")  # noqa: S704  base64


def _encode(page: Landscape, charts: Mapping[str, Any]) -> bytes:
    names = ("until", "first_month", "targets", "statuses", "trials", "months")
    words = {"looks": _GROUPS, "phases": PHASES, "heat": list(_HEAT)}
    return msgspec.json.encode({name: getattr(page, name) for name in names} | words | {"charts": charts})


def _list_filters(page: Landscape) -> Iterator[tuple[str, str, str, _Options]]:
    """Yield name, label, the choice of all, and the choices by group, of the filters that are lists."""
    trials = page.trials
    targets = [(name, name) for name in page.targets if any(name in trial.targets for trial in trials)]
    targets += [("-", "No target known")] if any(not trial.targets for trial in trials) else []
    phases = [name for name in PHASES if any(trial.phase == name for trial in trials)]
    yield "target", "Target", "All targets", [("", targets)]
    yield "agent", "Agent", "All agents", [("", _pair(name for trial in trials for name in trial.agents))]
    yield "phase", "Phase", "All phases", [("", [(name, "None stated" if name == "none" else name) for name in phases])]
    yield "status", "Status", "All statuses", list(_group_statuses(page))
    yield "country", "Country", "All countries", [("", _pair(name for trial in trials for name in trial.countries))]


def _pair(names: Iterator[str]) -> list[_Option]:
    return [(name, name) for name in sorted(set(names), key=str.casefold)]


def _group_statuses(page: Landscape) -> Iterator[tuple[str, list[_Option]]]:
    current = {trial.status for trial in page.trials}
    for look, group in _GROUPS.items():
        own = [(code, one.word) for code, one in page.statuses.items() if one.look == look and code in current]
        if own:
            yield group, [(f"look:{look}", f"All: {group.lower()}"), *own] if len(own) > 1 else own
