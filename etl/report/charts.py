"""The charts of the landscape page, by Altair, as Vega specifications without data. It draws nothing itself.

The page hands each chart its rows and runs Vega on it, so the charts follow its filters. Colours are the names of the
page's own (`var(--…)`), which the SVG takes from its style: light, dark and print need no other chart. What compiles
them is the optional extra `report`.
"""

from __future__ import annotations

from typing import Any

from models.errors import ConfigurationError

ROW = 24  # pixels a trial
AXIS = 24  # pixels above the first row
SIDE = 16  # pixels left and right, for half a year's number
PHASES = ("Early 1", "1", "1/2", "2", "2/3", "3", "4", "none")
_PHASE_WORDS = "datum.label === 'Early 1' ? 'early' : datum.label"
_FONT = 'system-ui, "Segoe UI", Helvetica, Arial, sans-serif'
_INK, _META, _LINE, _PAPER = "var(--text)", "var(--meta)", "var(--line)", "var(--paper)"


def build_charts() -> dict[str, dict[str, Any]]:
    """Return the charts by name, each a Vega specification; the rows they want stand at each function.

    Raises:
        ConfigurationError: the extra `report` is not installed, or cannot compile them.
    """
    import_altair()
    charts: dict[str, Any] = {"timeline": _build_timeline(), "heat": _build_heat(), "papers": _build_papers()}
    try:
        compiled: dict[str, dict[str, Any]] = {name: chart.to_dict(format="vega") for name, chart in charts.items()}
    except (RuntimeError, ValueError) as error:
        raise describe_failure(error) from error
    # All timelines show one span, whatever their rows; Vega-Lite takes only fixed days for that.
    (time,) = (scale for scale in compiled["timeline"]["scales"] if scale["name"] == "x")
    time["domain"] = [{"signal": "first"}, {"signal": "last"}]
    return compiled


def import_altair() -> None:
    """Find out whether charts can be made: altair, and vl_convert, which compiles them and holds Vega, are optional.

    Raises:
        ConfigurationError: the extra `report` is not installed.
    """
    try:
        import altair as alt  # noqa: F401, PLC0415
        import vl_convert  # noqa: F401, PLC0415
    except ImportError as error:
        raise ConfigurationError(
            f"the landscape page needs {error.name}, which is not installed", "pip install 'trialwatch[report]'"
        ) from error


def describe_failure(error: Exception) -> ConfigurationError:
    """Return what to say where the installed altair or vl-convert does not do what it should."""
    first = str(error).strip().split("\n", 1)[0]
    return ConfigurationError(
        f"the landscape page's charts cannot be made: {first}", "pip install --upgrade 'trialwatch[report]'"
    )


def _build_timeline() -> Any:
    """The trials of a target; instants in milliseconds, `y` in rows from the top.

    Rows: bars (from, to, y, y2, fill), ghosts (from, to, y), old (at, y), marks (at, y, glyph, stroke), results and
    papers (at, y), today (at); all but today and old with a `tip`. Parameters: first, last, rows.
    """
    import altair as alt  # noqa: PLC0415

    time = alt.Scale(type="utc", nice=False)
    down = alt.Scale(domain=[0, alt.ExprRef("rows")], reverse=True, nice=False, zero=False)
    years = alt.Axis(orient="top", format="%Y", tickCount="year", title=None, domain=False, ticks=False, labelPadding=5)

    def draw(name: str, at: str = "at") -> Any:
        encoded: dict[str, Any] = {"x": alt.X(f"{at}:T", scale=time, axis=years), "tooltip": alt.Tooltip("tip:N")}
        return alt.Chart(alt.NamedData(name)).encode(y=alt.Y("y:Q", scale=down, axis=None), **encoded)

    as_given: Any = {"scale": None}
    layers = [
        alt.Chart(alt.NamedData("today"))
        .mark_rule(stroke=_INK, strokeDash=[3, 3], strokeWidth=1)
        .encode(x=alt.X("at:T", scale=time, axis=years)),
        draw("bars", "from")
        .mark_rect(clip=True, stroke=None)
        .encode(x2="to:T", y2="y2:Q", fill=alt.Fill("fill:N", **as_given)),
        draw("ghosts", "from").mark_rule(clip=True, stroke="var(--ghost)", strokeWidth=2).encode(x2="to:T"),
        draw("old").mark_tick(clip=True, orient="vertical", color="var(--ghost)", thickness=2, height=6),
        draw("marks")
        .mark_point(clip=True, shape="circle", size=150, filled=False, opacity=1, fill=_PAPER, strokeWidth=1.5)
        .encode(stroke=alt.Stroke("stroke:N", **as_given)),
        draw("marks").mark_text(clip=True, fontSize=10, fontWeight="bold", color=_INK).encode(text="glyph:N"),
        draw("papers").mark_point(
            clip=True,
            shape="diamond",
            size=75,
            filled=True,
            opacity=1,
            fill="var(--paper-mark)",
            stroke=_PAPER,
            strokeWidth=1,
        ),
        draw("results").mark_point(
            clip=True, shape="circle", size=80, filled=False, opacity=1, fill=_PAPER, stroke=_INK, strokeWidth=2.5
        ),
    ]
    params = [alt.param(name=name, value=1) for name in ("first", "last", "rows")]
    return _dress(
        alt.layer(*layers)
        .add_params(*params)
        .properties(
            width=900, height=ROW, padding={"top": AXIS, "left": SIDE, "right": SIDE, "bottom": 2}, autosize="none"
        )
    )


def _build_heat() -> Any:
    """How many trials: rows `cells` (target, order, phase, status, place, label, fill, ink, tip), zeros too."""
    import altair as alt  # noqa: PLC0415

    cells = alt.Chart().encode(
        x=alt.X(
            "phase:N",
            sort=list(PHASES),
            title=None,
            axis=alt.Axis(
                orient="top", labelAngle=0, ticks=False, domain=False, labelFontSize=11, labelExpr=_PHASE_WORDS
            ),
        ),
        y=alt.Y(
            "target:N",
            sort=alt.EncodingSortField("order", op="min"),
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=150, labelPadding=8),
        ),
        tooltip=alt.Tooltip("tip:N"),
    )
    boxes = cells.mark_rect(stroke=_LINE, strokeWidth=1, cursor="pointer").encode(fill=alt.Fill("fill:N", scale=None))
    numbers = cells.mark_text(fontSize=12).encode(text="label:N", color=alt.Color("ink:N", scale=None))
    return _dress(
        alt.layer(boxes, numbers, data=alt.NamedData("cells"))
        .properties(width=alt.Step(32), height=alt.Step(28))
        .facet(
            column=alt.Column(
                "status:N",
                sort=alt.EncodingSortField("place", op="min"),
                header=alt.Header(title=None, labelFontSize=12, labelFontWeight="bold", labelLimit=200),
            ),
            spacing=8,
        )
    )


def _build_papers() -> Any:
    """Papers a month: rows `months` (target, order, from, to, papers, label, tip), a month without any too."""
    import altair as alt  # noqa: PLC0415

    months = alt.Chart().encode(
        x=alt.X(
            "from:T", scale=alt.Scale(type="utc", nice=False), title=None, axis=alt.Axis(format="%b %Y", tickCount=8)
        ),
        y=alt.Y(
            "papers:Q",
            title=None,
            scale=alt.Scale(zero=True, nice=True),
            axis=alt.Axis(tickCount=2, tickMinStep=1, format="d"),
        ),
        tooltip=alt.Tooltip("tip:N"),
    )
    bars = months.mark_rect(fill="var(--bar)", stroke=_PAPER, strokeWidth=1).encode(x2="to:T", y2=alt.Y2Datum(0))
    numbers = months.mark_text(fontSize=10, dy=-6, color=_INK).encode(x=alt.X("middle:T"), text="label:N")
    return _dress(
        alt.layer(bars, numbers, data=alt.NamedData("months"))
        .properties(width=760, height=46)
        .facet(
            row=alt.Row(
                "target:N",
                sort=alt.EncodingSortField("order", op="min"),
                header=alt.Header(
                    title=None,
                    labelAngle=0,
                    labelAlign="left",
                    labelFontSize=12,
                    labelFontWeight="bold",
                    labelLimit=150,
                ),
            ),
            spacing=16,
        )
    )


def _dress(chart: Any) -> Any:
    """Return a chart in the page's letters and colours; what it says to screen readers, the page says for it."""
    return (
        chart.configure(font=_FONT, background="transparent", aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            gridColor=_LINE, labelColor=_META, titleColor=_META, domainColor=_LINE, tickColor=_LINE, labelFontSize=12
        )
        .configure_header(labelColor=_INK)
    )
