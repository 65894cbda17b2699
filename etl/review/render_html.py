"""A living review as one HTML file: no script, nothing remote, light and dark. The template escapes every text."""

from __future__ import annotations

import functools
from collections.abc import Collection
from itertools import groupby

import jinja2

from etl.html_templates import build_environment
from etl.review import lines
from etl.review.words import SIGNS, VERDICT_WORDS, show_long
from etl.wording import flatten, show_day
from models.review_page import ReviewPage


def render_html(page: ReviewPage, parts: Collection[str] = ()) -> str:
    """Return a living review as a whole document; the same page gives the same bytes. `parts`: none are all."""
    sections = [(name, list(claims)) for name, claims in groupby(page.claims, key=lambda one: one.section)]
    due = [(is_cited, list(own)) for is_cited, own in groupby(page.readouts, key=lambda one: one.is_cited)]
    told = lines.list_reported(page)
    return _read_template().render(
        page=page,
        sections=sections,
        due=due,
        told=told,
        parts=[part for part in lines.PARTS if not parts or part in parts],
    )


@functools.cache
def _read_template() -> jinja2.Template:
    environment = build_environment()
    environment.globals.update(
        lines=lines,
        show=show_long,
        show_day=show_day,
        flatten=flatten,
        signs=SIGNS,
        verdict_words=VERDICT_WORDS,
    )
    return environment.get_template("review.html.j2")
