"""The hash of the tagger's rules: it moves with what the code does, not with how it is laid out."""

from __future__ import annotations

from dags.tagging_rules import describe_code, find_rules_version

CODE = '"""A module."""\n\ndef find(text: str) -> int:\n    """Find it."""\n    return text.find("a")\n'


def test_comments_docstrings_and_layout_are_no_rules() -> None:
    other = '"""Another."""\ndef find(text: str) -> int:\n    # Here.\n    return text.find(\n        "a")\n'
    assert describe_code(CODE) == describe_code(other)


def test_another_letter_in_the_code_is_another_rule() -> None:
    assert describe_code(CODE) != describe_code(CODE.replace('"a"', '"b"'))


def test_the_rules_have_one_version() -> None:
    assert len(find_rules_version()) == 16
    assert find_rules_version() == find_rules_version()
