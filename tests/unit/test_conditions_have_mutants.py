"""Every condition of the storage layer has a mutant that breaks it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chalicelib.storage.disruption_models import DisruptionsItem
from chalicelib.storage.models import BaseItem, DayItem, SharedIndex, SlotItem
from chalicelib.storage.webhook_models import DeliveryItem
from tests.mutation import MUTANTS
from tests.mutation.conditions import is_record_condition
from tests.mutation.mutant import file_of, find
from tests.mutation.selectors import condition

if TYPE_CHECKING:
    from collections.abc import Iterator


PROJECT = Path(__file__).parents[2]
STORAGE = sorted((PROJECT / "chalicelib" / "storage").glob("*.py"))


def parameters(source: str) -> set[str]:
    """Names of the parameters and fields that take a PynamoDB condition."""
    annotated = [
        (node.arg if isinstance(node, ast.arg) else ast.unparse(node.target), node.annotation)
        for parent in ast.walk(ast.parse(source))
        for node in ast.iter_child_nodes(parent)
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.AnnAssign) and isinstance(parent, ast.ClassDef))
    ]
    return {
        name
        for name, annotation in annotated
        if annotation and re.search(r"\bCondition\b", ast.unparse(annotation))
    }


# A condition is
# - the value of one of these keywords, unless the value is itself such a parameter, or none;
CONDITION_PARAMETERS = set().union(*(parameters(path.read_text()) for path in STORAGE))
KEYWORDS = {*CONDITION_PARAMETERS, "condition", "consistent_read"}
PARAMETERS_PASSED_ON = CONDITION_PARAMETERS
# - and each comparison of an attribute of a record, and each call of a predicate on it, anywhere.
# Its identity is its function and its text. A mutant breaks it if the function
# has one occurrence less in the mutated code.

KEY_RANGE = "selects the items of a query"
CONDITIONS_WITHOUT_MUTANT = (
    ("chalicelib.storage.change_markers:_hold_versions", condition("startswith"), KEY_RANGE),
    ("chalicelib.storage.audit_feed:query_date", condition("startswith"), KEY_RANGE),
    ("chalicelib.storage.audit_feed:_query_legacy_saves", condition("startswith"), KEY_RANGE),
    ("chalicelib.storage.audit_feed:_read_sorted_range", condition("between"), KEY_RANGE),
    (
        "chalicelib.storage.audit_feed:_query_legacy_saves",
        condition("exists"),
        "only saves transfer: records without slots would be skipped",
    ),
    ("chalicelib.storage.day_repository:DayRepository.list_range", condition(DayItem), KEY_RANGE),
    (
        "chalicelib.storage.booking_repository:BookingRepository.list_booked",
        condition(SlotItem, "between"),
        KEY_RANGE,
    ),
    (
        "chalicelib.storage.disruption_repository:DisruptionRepository.list_due",
        condition(DisruptionsItem),
        KEY_RANGE,
    ),
    (
        "chalicelib.storage.plan_repository:PlanRepository.list_latest",
        condition("startswith"),
        KEY_RANGE,
    ),
    (
        "chalicelib.storage.series_repository:SeriesRepository.list_versions",
        condition("startswith"),
        KEY_RANGE,
    ),
    (
        "chalicelib.storage.time_off_repository:TimeOffRepository.list_all",
        condition("startswith"),
        KEY_RANGE,
    ),
    (
        "chalicelib.storage.calendar_feed_repository:CalendarFeedRepository.list_all",
        condition("startswith"),
        KEY_RANGE,
    ),
    (
        "chalicelib.storage.calendar_feed_repository:CalendarFeedRepository.get_with_days",
        condition("between"),
        KEY_RANGE,
    ),
    (
        "chalicelib.storage.delivery_repository:DeliveryRepository.list_latest",
        condition(DeliveryItem),
        KEY_RANGE,
    ),
    ("chalicelib.storage.audit_log:AuditLog.list_plan", condition("between"), KEY_RANGE),
    ("chalicelib.storage.audit_log:AuditLog.count_cancelled", condition("between"), KEY_RANGE),
    (
        "chalicelib.storage.doctor_directory:_list_with_prefix",
        condition(SharedIndex),
        KEY_RANGE,
    ),
    (
        "chalicelib.storage.people_repository:PeopleRepository.list_signed_in",
        condition(SharedIndex),
        KEY_RANGE,
    ),
    (
        "chalicelib.storage.availability_index:AvailabilityIndex.iter_stale_dates",
        condition(DayItem),
        KEY_RANGE,
    ),
    (
        "chalicelib.storage.table:create_if_absent",
        condition(BaseItem),
        "checks that the table exists",
    ),
)


def find_conditions(source: str) -> Counter[str]:
    return Counter(_conditions_in(ast.parse(source), ""))


def _conditions_in(node: ast.AST, function: str) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        function = node.name
    if _is_condition(node):
        yield f"{function}: {ast.unparse(node)}"
    for child in ast.iter_child_nodes(node):
        yield from _conditions_in(child, function)


def _is_condition(node: ast.AST) -> bool:
    match node:
        case ast.keyword(arg=name, value=value):
            return name in KEYWORDS and not _is_passed_on(value)
    return is_record_condition(node)


def _is_passed_on(value: ast.AST) -> bool:
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in PARAMETERS_PASSED_ON
        case ast.Constant(value=None | False):
            return True
    return False


def without_mutant(path: Path) -> Iterator[str]:
    for target, selector, _ in CONDITIONS_WITHOUT_MUTANT:
        if PROJECT / file_of(target) == path:
            name = target.partition(":")[2]
            node = selector.find(find(ast.parse(path.read_text()), name))
            yield f"{name.rpartition('.')[2]}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", STORAGE, ids=lambda path: path.name)
def test_every_condition_has_a_mutant_or_a_reason(path: Path) -> None:
    source = path.read_text()
    present = find_conditions(source)
    mutants = [mutant for mutant in MUTANTS if PROJECT / mutant.file == path]

    broken: Counter[str] = Counter()
    for mutant in mutants:
        broken += present - find_conditions(mutant.mutate(source))

    assert sorted((present - broken).elements()) == sorted(without_mutant(path))


def test_condition_parameters_are_found_by_their_type() -> None:
    step = "class Step:\n    when: Condition\n    at: date\n"
    put = "def put(item: Item, *, condition: Condition | None): ...\n"

    assert parameters(step + put) == {"when", "condition"}
    assert CONDITION_PARAMETERS


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("t.put(i, condition=may_put())", [": condition=may_put()"]),
        ("t.put(i, condition=is_open)", [": condition=is_open"]),
        ("i.save(SlotItem.end == end)", [": SlotItem.end == end"]),
        ("is_new = DayItem.pk.does_not_exist()", [": DayItem.pk.does_not_exist()"]),
        (
            "def f(): return is_free | ~DayItem.slots[key].exists()",
            ["f: DayItem.slots[key].exists()"],
        ),
        ("SlotItem.get(pk, sk, consistent_read=True)", [": consistent_read=True"]),
        ("t.put(i, condition=None)", []),
        ("i.save(condition=condition)", []),
        ("SlotItem.status.set('free') if day.version == 0 else None", []),
    ],
)
def test_find_conditions_recognises_conditions(code: str, expected: list[str]) -> None:
    assert list(find_conditions(code)) == expected
