"""What changed between two neighbouring versions of a study: typed changes, one comparison a module, pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from etl.diff.administrative import list_administrative
from etl.diff.arms import compare_arms, compare_interventions
from etl.diff.context import Canonical, DiffContext, is_after_completion
from etl.diff.dates import compare_dates
from etl.diff.eligibility import compare_eligibility
from etl.diff.enrollment import compare_enrollment
from etl.diff.outcomes import compare_outcomes
from etl.diff.parts import compare_parts
from etl.diff.references import compare_references
from etl.diff.results import compare_results
from etl.diff.sites import compare_sites
from etl.diff.status import compare_status
from models.change import Change

__all__ = ["Canonical", "DiffContext", "find_changes", "is_after_completion", "list_administrative"]

Compare = Callable[[Canonical, Canonical, DiffContext], Iterator[Change]]
# In the order in which a reader wants to hear of them.
COMPARISONS: tuple[Compare, ...] = (
    compare_status,
    compare_results,
    compare_dates,
    compare_enrollment,
    compare_arms,
    compare_interventions,
    compare_outcomes,
    compare_eligibility,
    compare_sites,
    compare_parts,
    compare_references,
)


def find_changes(old: Canonical, new: Canonical, context: DiffContext) -> Iterator[Change]:
    """Yield every typed change from one canonical study to the next version's, in the order of `COMPARISONS`."""
    for compare in COMPARISONS:
        yield from compare(old, new, context)
