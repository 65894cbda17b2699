"""The program that draws the charts in a browser: Vega, as vl-convert holds it, in one script without imports."""

from __future__ import annotations

import functools

from etl.report.charts import describe_failure, import_altair

_EXPORT = "window.vegaEmbed = vegaEmbed;"


@functools.cache
def build_library() -> str:
    """Return the script, some 900 kB; it sets `vegaEmbed` and asks for nothing. It takes seconds to be bundled.

    Raises:
        ConfigurationError: the extra `report` is not installed, or cannot make it.
    """
    import_altair()
    import vl_convert  # noqa: PLC0415

    try:
        return str(vl_convert.javascript_bundle(_EXPORT))
    except (RuntimeError, ValueError) as error:
        raise describe_failure(error) from error
