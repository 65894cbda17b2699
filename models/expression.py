"""Boolean expressions of phrases: read into a tree and evaluated by whoever knows what holds. It searches no text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

_TOKEN = re.compile(r'\s*(?:(?P<bracket>[()])|(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s()"\[\]]+))(?:\[(?P<tag>[^\]]*)\])?)')
_OPERATORS = {"AND", "OR"}


class ExpressionError(ValueError):
    """A text that is no whole expression; the message says why."""


class Term(msgspec.Struct, frozen=True):
    """A phrase, or a single word without quotes; `tag` is what stood in square brackets behind it."""

    text: str
    tag: str = ""


class Group(msgspec.Struct, frozen=True):
    """Parts joined by one operator."""

    operator: Literal["AND", "OR"]
    parts: tuple[Term | Group, ...]


Expression = Term | Group


def parse_expression(text: str, *, and_binds_first: bool, any_case: bool = False) -> Expression:
    """Read phrases with AND, OR and parentheses.

    Where AND does not bind first, operators are joined from left to right. With `any_case`, `and` and `or` are
    operators too; otherwise they are words.

    Raises:
        ExpressionError: quotes or parentheses that do not close, a missing operator, an empty phrase.
    """
    tokens = list(_tokenize(text, any_case=any_case))
    expression = _parse_group(tokens, and_binds_first=and_binds_first)
    if tokens:
        raise ExpressionError(f"unexpected {tokens[0].text!r} in: {text}")
    return expression


def parse_condition(condition: str) -> Expression:
    """Read a watch item's condition: without double quotes one phrase as it stands, else quoted phrases, joined.

    Raises:
        ExpressionError: it holds no phrase, or an expression that is not whole.
    """
    if '"' in condition:
        return parse_expression(condition, and_binds_first=True, any_case=True)
    if not condition.strip():
        raise ExpressionError("an empty condition")
    return Term(condition.strip())


def find_terms(expression: Expression) -> Iterator[Term]:
    """Yield the terms of an expression from left to right."""
    if isinstance(expression, Term):
        yield expression
        return
    for part in expression.parts:
        yield from find_terms(part)


def matches(expression: Expression, holds: Callable[[Term], bool]) -> bool:
    """Say whether an expression is true where `holds` says it of a term."""
    if isinstance(expression, Term):
        return holds(expression)
    decide = all if expression.operator == "AND" else any
    return decide(matches(part, holds) for part in expression.parts)


class _Operator(Term, frozen=True):
    """AND, OR or a parenthesis, kept apart from the phrases of the same letters."""


def _tokenize(text: str, *, any_case: bool) -> Iterator[Term]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"not understood from {text[position:]!r}")
        position = match.end()
        phrase, word, tag = match["phrase"], match["word"], match["tag"] or ""
        operator = (word or "").upper() if any_case else word
        if match["bracket"] or (operator in _OPERATORS and not tag):
            yield _Operator(match["bracket"] or operator)
        elif not (phrase or word or "").strip():
            raise ExpressionError(f"an empty phrase in: {text}")
        else:
            yield Term(phrase or word, tag)


def _parse_group(tokens: list[Term], *, and_binds_first: bool) -> Expression:
    parts = [_parse_part(tokens, and_binds_first=and_binds_first)]
    operators: list[str] = []
    while tokens and isinstance(tokens[0], _Operator) and tokens[0].text in _OPERATORS:
        operators.append(tokens.pop(0).text)
        parts.append(_parse_part(tokens, and_binds_first=and_binds_first))
    if and_binds_first:
        return _join_and_first(parts, operators)
    joined = parts[0]
    for operator, part in zip(operators, parts[1:], strict=True):
        joined = Group("AND" if operator == "AND" else "OR", (joined, part))
    return joined


def _join_and_first(parts: list[Expression], operators: list[str]) -> Expression:
    runs = [[parts[0]]]
    for operator, part in zip(operators, parts[1:], strict=True):
        if operator == "AND":
            runs[-1].append(part)
        else:
            runs.append([part])
    return Group("OR", tuple(Group("AND", tuple(run)) for run in runs))


def _parse_part(tokens: list[Term], *, and_binds_first: bool) -> Expression:
    if not tokens:
        raise ExpressionError("the expression ends where a phrase was expected")
    token = tokens.pop(0)
    if not isinstance(token, _Operator):
        return token
    if token.text != "(":
        raise ExpressionError(f"{token.text} where a phrase was expected")
    inner = _parse_group(tokens, and_binds_first=and_binds_first)
    if not tokens or tokens.pop(0) != _Operator(")"):
        raise ExpressionError("a parenthesis does not close")
    return inner
