"""Is a cited record what the statement says it is: agent, target, phase, condition? Its findings; no verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etl.matching import find_synonym
from etl.review.dossier import Cited, Dossier, Row, parse_phase
from etl.review.finding import Finding
from models.mention import TextField


def find_other_number(dossier: Dossier, differs: Sequence[Finding], base: dict[str, Any]) -> Iterator[Finding]:
    """Yield that the printed number is another trial's: the claim says which is meant, and the record differs."""
    for meant in dossier.meant[:1]:
        for one in differs[:1]:
            status = meant.row["overall_status"] if meant.row else None
            why = {"kind": one.kind, **one.evidence}
            yield Finding(
                kind="other_number", evidence=base | {"why": why, "meant": meant.number, "meant_status": status}
            )


def compare_identity(dossier: Dossier, cited: Cited, row: Row, base: dict[str, Any]) -> Iterator[Finding]:
    """Yield in what a record differs from what the statement says it is."""
    missing = [name for name in dossier.agents if name not in cited.agents]
    held = {"arms_name": sorted(cited.agents), "arms": [*(row["interventions"] or ())]}
    lost = [name for name in missing if name in dossier.leads]
    for name in lost:
        was_named = _was_given(dossier, cited, name)
        yield Finding(kind="agent_left" if was_named else "agent_absent", evidence=base | {"agent": name} | held)
    for name in missing:
        if name not in lost:
            yield Finding(kind="partner_absent", evidence=base | {"agent": name} | held)
    if _lacks_target(dossier, cited):
        yield Finding(
            kind="target_absent",
            evidence=base | {"targets": [*dossier.targets], "arms_act_on": sorted(cited.targets)} | held,
        )
    yield from _compare_phase(dossier, cited, row, base)
    if cited.meets_condition is False:
        yield Finding(
            kind="condition_differs",
            evidence=base | {"condition": dossier.claim.condition, "conditions": [*(row["conditions"] or ())]},
        )


def _lacks_target(dossier: Dossier, cited: Cited) -> bool:
    """Say whether a statement of a target alone cites a record without it.

    Where no agent of its arms is known, one of them may act on the target: then it must not name it anywhere.
    """
    if dossier.agents or not dossier.targets or cited.targets.intersection(dossier.targets):
        return False
    return bool(cited.agents) or not cited.named_targets.intersection(dossier.targets)


def _compare_phase(dossier: Dossier, cited: Cited, row: Row, base: dict[str, Any]) -> Iterator[Finding]:
    """Compare the printed phase with the record as it stood at printing, where that is held, else as it stands."""
    said, as_of = parse_phase(dossier.claim.phase), cited.at_printing
    phases = (as_of if as_of and as_of["phases"] is not None else row)["phases"] or ()
    if said and said.isdisjoint(phases):
        known = {"as_of": dossier.review.printed.isoformat()} if as_of else {}
        yield Finding(
            kind="phase_differs", evidence=base | {"said_phase": dossier.claim.phase, "phases": [*phases]} | known
        )


def _was_given(dossier: Dossier, cited: Cited, agent: str) -> bool:
    names = (cited.at_printing or {}).get("interventions") or ()
    fields = [TextField("interventions", "arm", name) for name in names]
    return find_synonym(fields, dossier.names[agent])[1] is not None
