"""Which options of `trialwatch digest` go together; what it writes and sends is tested beside the letters."""

from __future__ import annotations

from typing import Any

import pytest

from dags.digest_command import Wish, run_digest
from dags.inputs import Inputs
from models.errors import ConfigurationError
from tests.dags.test_span import CLOCK

ME = ("lab@example.org",)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"to": ME}, "--to says to whom, and nothing is sent"),
        ({"is_sent": True, "is_dry": True}, "--send and --dry-run cannot go together"),
        ({"is_dry": True, "form": "html"}, "--format is of a file, and --dry-run writes none"),
        ({"resend": ME, "settle": ME}, "--resend and --settle stand alone"),
        ({"resend": ME, "is_sent": True}, "--resend and --settle stand alone"),
        ({"resend": ME, "week": "2026-W07"}, "--resend and --settle stand alone"),
        ({"settle": ME, "form": "html"}, "--resend and --settle stand alone"),
        ({"settle": ME, "is_explained": True}, "--resend and --settle stand alone"),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
def test_options_that_contradict_each_other_are_refused_and_nothing_is_begun(
    wish: dict[str, Any], message: str, sample_inputs: Inputs
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        run_digest(sample_inputs, CLOCK, Wish(**wish))
    assert refused.value.message == message
    assert refused.value.hint
    assert not sample_inputs.home.folder.exists()
