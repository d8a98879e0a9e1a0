"""Plans in the table. The days that they change are saved by ``DayRepository``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.errors import DoctorNotFoundError
from chalicelib.domain.plan import PlanState, UndoHistory
from chalicelib.domain.plan_errors import PlanModifiedError, PlanNotFoundError, PlanUndoneError
from chalicelib.storage import keys, table
from chalicelib.storage.decoding import decode_readable
from chalicelib.storage.doctor_mapping import doctor_from_item
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.plan_models import PlanItem, SeriesItem
from chalicelib.storage.series_mapping import (
    applied_actions,
    closing_to_raw,
    plan_from_item,
    plan_to_item,
    series_to_item,
    series_to_raw,
    third_next_to_raw,
)
from chalicelib.storage.series_repository import remove_from_index
from chalicelib.storage.time_off_writes import put_time_off
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.plan import Plan
    from chalicelib.domain.series import Series

# So long can a proposed plan be started.
_PROPOSAL_LIFETIME = timedelta(days=7)


class PlanRepository:
    """The plans of all doctors."""

    def get(self, doctor_id: str, plan_id: str) -> Plan:
        """Return the plan; strongly consistent.

        Raises ``PlanNotFoundError``, ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        try:
            with translate_read_errors():
                item = PlanItem.get(
                    keys.doctor_pk(doctor_id), keys.plan_sk(plan_id), consistent_read=True
                )
        except DoesNotExist:
            raise PlanNotFoundError from None
        return plan_from_item(item)

    def get_with_doctor(self, doctor_id: str, plan_id: str) -> tuple[Doctor, Plan | None]:
        """Return the doctor and the plan, None if there is none, in one strongly consistent read.

        Raises ``DoctorNotFoundError``, ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        pk = keys.doctor_pk(doctor_id)
        doctor_key, plan_key = (pk, keys.DOCTOR_SK), (pk, keys.plan_sk(plan_id))
        items = table.batch_get([doctor_key, plan_key])
        if doctor_key not in items:
            raise DoctorNotFoundError(doctor_id)
        plan = items.get(plan_key)
        return doctor_from_item(items[doctor_key]), plan_from_item(plan) if plan else None

    def list_latest(
        self, doctor_id: str, limit: int, state: PlanState | None = None
    ) -> Sequence[Plan]:
        """Return the latest plans, the newest first; strongly consistent.

        Raises ``StoreUnavailableError``.
        """
        with translate_read_errors():
            items: Iterable[PlanItem] = PlanItem.query(
                keys.doctor_pk(doctor_id),
                PlanItem.sk.startswith(keys.PLAN_PREFIX),
                PlanItem.state == str(state) if state else None,
                consistent_read=True,
                scan_index_forward=False,
                page_size=limit,
            )
            return [*islice(decode_readable(items, plan_from_item), limit)]

    def find_undone(self, doctor_id: str, plan_ids: Iterable[str]) -> frozenset[str]:
        """Return the ids of those plans that are undone, or being undone; strongly consistent.

        One read is of the plans, and each further one of the undos of those before. Raises
        ``StoreUnavailableError``.
        """
        asked = frozenset(plan_ids)
        known: dict[str, Plan] = {}
        wanted = {*asked}
        while wanted:
            found = table.batch_get(
                [(keys.doctor_pk(doctor_id), keys.plan_sk(each)) for each in wanted]
            )
            plans = [*decode_readable(found.values(), plan_from_item)]
            known |= {plan.plan_id: plan for plan in plans}
            wanted = {plan.undone_by for plan in plans if plan.undone_by} - {*known}
        read = (known[each] for each in asked & {*known})
        return frozenset(plan.plan_id for plan in read if UndoHistory.of(plan, known.get).is_undone)

    def create(self, plan: Plan) -> None:
        """Store a proposed plan. Raises ``PlanModifiedError`` if its id is taken."""
        transaction = Transaction()
        transaction.put(
            plan_to_item(plan, plan.created_at + _PROPOSAL_LIFETIME).serialize(),
            condition=PlanItem.pk.does_not_exist(),
            on_failure=lambda _: PlanModifiedError(),
        )
        transaction.commit()

    def start(self, plan: Plan, series: Series | None) -> None:
        """Start the plan, and store the version that it makes of a series or of time off, at once.

        A plan that it undoes is done by that: it applies no further dates. Raises
        ``PlanModifiedError`` if it has started or ended, or if there is a later version;
        ``PlanUndoneError`` if another undo of that plan has started.
        """
        transaction = Transaction()
        if series:
            transaction.put(
                series_to_item(plan.doctor_id, series).serialize(),
                condition=SeriesItem.pk.does_not_exist(),
                on_failure=lambda _: PlanModifiedError(),
            )
        self._update(
            transaction,
            plan,
            [
                PlanItem.state.set(str(PlanState.RUNNING)),
                PlanItem.has_started.set(True),
                PlanItem.expires_at.remove(),
                *([PlanItem.series.set(series_to_raw(series))] if series else []),
            ],
            PlanItem.has_started.does_not_exist() & PlanItem.pk.exists(),
        )
        if plan.time_off:
            put_time_off(transaction, plan.doctor_id, plan.time_off, plan.replaced)
        if plan.undone_plan:
            _mark_undone(transaction, plan, plan.undone_plan)
        transaction.commit()

    def set_state(self, plan: Plan, state: PlanState) -> None:
        """Stop or continue the plan.

        Raises ``PlanModifiedError`` if its state has changed since it was read.
        """
        transaction = Transaction()
        self._update(
            transaction,
            plan,
            [PlanItem.state.set(str(state))],
            PlanItem.state == str(plan.state),
        )
        transaction.commit()

    def set_preview(self, plan: Plan) -> None:
        """Store which slots a new preview closes. Raises ``PlanModifiedError`` if it is gone."""
        transaction = Transaction()
        actions = [
            PlanItem.closing.set(closing_to_raw(plan.closing)),
            PlanItem.third_next.set(third_next_to_raw(plan.third_next_available)),
        ]
        self._update(transaction, plan, actions, PlanItem.pk.exists())
        transaction.commit()

    def record_progress(self, plan: Plan, through: date) -> None:
        """Record that all dates are applied up to that one, unless a later one is on record."""
        try:
            transaction = Transaction()
            self._update(
                transaction,
                plan,
                [PlanItem.applied_through.set(through.isoformat())],
                PlanItem.applied_through.does_not_exist()
                | (PlanItem.applied_through < through.isoformat()),
            )
            transaction.commit()
        except PlanModifiedError:
            return  # another tab was faster

    def finish(self, plan: Plan, applied_to: date | None) -> None:
        """Record that the plan is done, and to which date its version of a series is applied.

        None if it is not applied to all dates, because there is a later version. Otherwise
        the progress of ``plan`` is recorded too, which is its last date.
        """
        transaction = Transaction()
        if plan.series and applied_to:
            transaction.update(
                (
                    keys.doctor_pk(plan.doctor_id),
                    keys.series_sk(plan.series.series_id, plan.series.version),
                ),
                applied_actions(plan.doctor_id, plan.series, applied_to),
                condition=SeriesItem.pk.exists(),
                on_failure=lambda _: PlanModifiedError(),
            )
            if plan.series.version > 1:
                previous = replace(plan.series, version=plan.series.version - 1)
                remove_from_index(transaction, plan.doctor_id, previous)
        through = plan.applied_through
        actions = [
            PlanItem.state.set(str(PlanState.DONE)),
            *(
                [PlanItem.applied_through.set(through.isoformat())]
                if applied_to and through
                else []
            ),
        ]
        self._update(transaction, plan, actions, PlanItem.pk.exists())
        transaction.commit()

    def _update(
        self, transaction: Transaction, plan: Plan, actions: Sequence[Action], condition: Condition
    ) -> None:
        transaction.update(
            (keys.doctor_pk(plan.doctor_id), keys.plan_sk(plan.plan_id)),
            list(actions),
            condition=condition,
            on_failure=lambda _: PlanModifiedError(),
        )


def _mark_undone(transaction: Transaction, undo: Plan, undone: str) -> None:
    transaction.update(
        (keys.doctor_pk(undo.doctor_id), keys.plan_sk(undone)),
        [PlanItem.undone_by.set(undo.plan_id), PlanItem.state.set(str(PlanState.DONE))],
        condition=PlanItem.has_started.exists() & PlanItem.undone_by.does_not_exist(),
        on_failure=lambda _: PlanUndoneError(),
    )
