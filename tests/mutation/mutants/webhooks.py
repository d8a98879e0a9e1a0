"""Mutants of the conditions of webhooks and their deliveries."""

from __future__ import annotations

from chalicelib.storage.webhook_models import DeliveryItem, WebhookAuditItem, WebhookItem
from tests.mutation.edits import always, becomes, drop, exists, never
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import call, comparison, condition, keyword

_WEBHOOKS = "chalicelib.storage.webhook_repository:WebhookRepository"
_DELIVERIES = "chalicelib.storage.delivery_repository:DeliveryRepository"
_TESTS = "tests/api/test_webhook_conditions.py"

MUTANTS = (
    Mutant(
        "A webhook overwrites another one",
        f"{_WEBHOOKS}.put",
        becomes(condition(WebhookItem, "does_not_exist"), None),
        f"{_TESTS}::test_webhook_is_created_once",
    ),
    Mutant(
        "Two rotations make the same version of a webhook",
        f"{_WEBHOOKS}.put",
        exists(condition(WebhookItem, "version")),
        f"{_TESTS}::test_two_rotations_do_not_make_the_same_version",
    ),
    Mutant(
        "A webhook is deleted twice",
        f"{_WEBHOOKS}.delete",
        becomes(condition(WebhookItem, "exists"), None),
        f"{_TESTS}::test_webhook_is_deleted_once",
    ),
    Mutant(
        "An entry of the audit log of webhooks is overwritten",
        "chalicelib.storage.webhook_repository:_add_audit_entry",
        becomes(condition(WebhookAuditItem, "does_not_exist"), None),
        f"{_TESTS}::test_audit_entry_is_not_overwritten",
    ),
    Mutant(
        "A delivery overwrites one that was tried",
        f"{_DELIVERIES}.put",
        becomes(condition(DeliveryItem, "does_not_exist"), None),
        f"{_TESTS}::test_delivery_is_stored_once",
    ),
    Mutant(
        "A try is recorded twice",
        f"{_DELIVERIES}.put",
        drop(condition(DeliveryItem, "tries")),
        f"{_TESTS}::test_try_is_recorded_once",
    ),
    Mutant(
        "A try from before a replay is recorded",
        f"{_DELIVERIES}.put",
        drop(condition(DeliveryItem, "replays")),
        f"{_TESTS}::test_try_before_a_replay_is_not_recorded",
    ),
    Mutant(
        "A client sees the webhooks of others",
        "chalicelib.use_cases.manage_webhooks:ManageWebhooks.get",
        always(call("can_see")),
        "tests/api/test_webhooks.py::test_booking_site_sees_only_its_own_webhooks",
    ),
    Mutant(
        "Webhooks are sent to private addresses",
        "chalicelib.events.webhook_sender:WebhookSender._checked_addresses",
        always(call("all")),
        "tests/unit/test_webhook_sender.py::test_private_address_is_not_connected_to",
    ),
    Mutant(
        "Events of a booking are sent to another client",
        "chalicelib.domain.webhook:Webhook.receives",
        always(comparison("owner")),
        "tests/api/test_webhook_delivery.py::test_booking_events_go_to_the_owner_of_the_booking_only",
    ),
    *(
        Mutant(
            f"{what} not read consistently",
            f"{repository}.{method}",
            never(keyword("consistent_read")),
            "tests/api/test_consistent_reads.py::test_reads_of_webhooks_are_consistent",
        )
        for what, repository, method in (
            ("A webhook is", _WEBHOOKS, "get"),
            ("The list of webhooks is", _WEBHOOKS, "list_all"),
            ("A delivery is", _DELIVERIES, "get"),
            ("The list of deliveries is", _DELIVERIES, "list_latest"),
        )
    ),
)
