"""Links to plans, with how far each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.plan import PlanState, UndoHistory
from chalicelib.web.pages import plan_links, plan_words
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.plan import Plan

_MAX_RECENT = 5


class PlanLink(Struct, frozen=True, kw_only=True):
    """A plan of a list."""

    title: str
    state: str
    url: str


class PlanLists(Struct, frozen=True, kw_only=True):
    """Plans that can be continued, and the latest of those that are done."""

    unfinished: tuple[PlanLink, ...]
    recent: tuple[PlanLink, ...]

    @classmethod
    def of(cls, plans: Iterable[Plan], base: str) -> PlanLists:
        """Sort the latest plans into the two lists."""
        by_id = {plan.plan_id: plan for plan in plans}

        def link(plan: Plan) -> PlanLink:
            return link_to_plan(plan, base, UndoHistory.of(plan, by_id.get))

        unfinished = (PlanState.RUNNING, PlanState.STOPPED)
        done = [plan for plan in by_id.values() if plan.state is PlanState.DONE]
        return cls(
            unfinished=tuple(link(plan) for plan in by_id.values() if plan.state in unfinished),
            recent=tuple(map(link, done[:_MAX_RECENT])),
        )


def link_to_plan(plan: Plan, base: str, history: UndoHistory) -> PlanLink:
    """Return a link to the plan; ``history`` is that of its undos."""
    return PlanLink(
        title=plan_words.describe_plan(plan),
        state=_("undone") if history.is_undone else plan_words.describe_state(plan),
        url=plan_links.plan_url(base, plan.doctor_id, plan.plan_id),
    )
