"""The templates that write HTML: every text is escaped, and no mail program finds an address in it to link."""

from __future__ import annotations

import jinja2

from etl.escaping import break_links


def build_environment() -> jinja2.Environment:
    """Return where the templates are found, with the filter `shown` for texts."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("etl"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = break_links
    return environment
