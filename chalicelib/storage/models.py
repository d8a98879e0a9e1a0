"""PynamoDB models of the items, with one base class so that one read can return all kinds."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    DiscriminatorAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.constants import MAP
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

# The format in which this release writes items. Only a change that its readers would misunderstand
# gets another number: they ignore attributes that they do not know.
SCHEMA = 1
# An item, or an action on one, in DynamoDB's own format.
RawItem = dict[str, Any]
# What decoding raises if an item is not as expected.
# ``OSError`` is of ``datetime.fromtimestamp``, for years that no calendar has.
DECODING_ERRORS = (AttributeError, KeyError, OSError, OverflowError, TypeError, ValueError)


class SharedIndex(GlobalSecondaryIndex[Any]):
    """The index of every kind of item that is found by another key than its own.

    Each kind has partitions of its own (``keys``): doctors, and their days by specialty and date,
    both in the order of a search; the words of doctors' names; people; the audit entries of each
    doctor; series that may have to be applied further; disruptions that may have to be announced.
    """

    class Meta:
        """Its name, and that items are in it as a whole."""

        index_name = "GSI1"
        projection = AllProjection()

    gsi1_pk = UnicodeAttribute(hash_key=True, attr_name="GSI1PK")
    gsi1_sk = UnicodeAttribute(range_key=True, attr_name="GSI1SK")


class BaseItem(Model):
    """Any item of the table."""

    class Meta:
        """``table.connect`` sets the name; botocore finds region, endpoint and credentials."""

        table_name: str | None = None
        billing_mode = "PAY_PER_REQUEST"
        # API Gateway times out after 29 s, the page after 20 s: so short timeouts.
        connect_timeout_seconds = 1
        read_timeout_seconds = 4
        # ``call_retries`` and ``use_cases.retry`` retry, within the budget of the request.
        max_retry_attempts = 0
        # As many as a busy local server has threads; a Lambda function uses one.
        max_pool_connections = 64

    pk = UnicodeAttribute(hash_key=True, attr_name="PK")
    sk = UnicodeAttribute(range_key=True, attr_name="SK")
    kind = DiscriminatorAttribute(attr_name="type")
    shared_index = SharedIndex()
    gsi1_pk = UnicodeAttribute(null=True, attr_name="GSI1PK")
    gsi1_sk = UnicodeAttribute(null=True, attr_name="GSI1SK")
    # The version of the item's format; items of the first releases have none.
    schema = NumberAttribute(null=True, default_for_new=SCHEMA)

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Any:  # noqa: ANN401  PynamoDB's is of any model
        """Deserialize an item; one that this code does not understand is an ``UnreadableItem``."""
        try:
            return super().from_raw_data(data)
        except DECODING_ERRORS:
            sort_key = data.get("GSI1SK", {}).get("S")
            return UnreadableItem(data["PK"]["S"], data["SK"]["S"], gsi1_sk=sort_key)

    @classmethod
    def to_raw(cls, pk: str, sk: str, **values: Any) -> RawItem:  # noqa: ANN401  as PynamoDB's
        """Serialize a new item, without the attributes whose value is None.

        PynamoDB would create an object first, and go through all attributes of the class several
        times: for an audit entry, that took a twentieth of the CPU time of a booking.
        """
        attributes = cls.get_attributes()
        present = {"pk": pk, "sk": sk, "kind": cls, "schema": SCHEMA} | {
            name: value for name, value in values.items() if value is not None
        }
        return {
            attributes[name].attr_name: {
                attributes[name].attr_type: attributes[name].serialize(value)
            }
            for name, value in present.items()
        }


class UnreadableItem(BaseItem):
    """The keys of an item of an unknown type, or with an attribute of another type than ours.

    It takes the item's place in the results of a query, where ``decoding`` leaves it out.
    """


class ClinicSessionMap(MapAttribute[str, str]):
    """Local times as ``HH:MM``; ``24:00`` is the end of the day.

    ``weekdays`` are digits from 1, Monday, to 7 (ISO 8601); none for every day.
    """

    start = UnicodeAttribute(attr_name="from")
    end = UnicodeAttribute(attr_name="to")
    weekdays = UnicodeAttribute(attr_name="days", null=True)


class DoctorItem(BaseItem, discriminator="doctor"):
    """A doctor's settings."""

    doctor_id = UnicodeAttribute()
    name = UnicodeAttribute()
    specialty = UnicodeAttribute()
    location = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    sessions = ListAttribute(of=ClinicSessionMap)
    slot_minutes = NumberAttribute()
    lead_minutes = NumberAttribute()
    window_days = NumberAttribute()
    delegates = ListAttribute(of=UnicodeAttribute)
    version = NumberAttribute()
    # Only of doctors who take no bookings.
    is_inactive = BooleanAttribute(null=True)
    # The stored name stays, so that existing items can be read.
    reindex_pending = BooleanAttribute(attr_name="is_relocating", null=True)
    fhir_id = UnicodeAttribute(null=True)


class DelegateItem(BaseItem, discriminator="delegate"):
    """Links a delegate to a doctor, in the partition of the delegate's name."""


class SlotMapAttribute(Attribute[dict[str, Any]]):
    """A map from start to ``minutes``, ``status``, ``until`` (see ``mapping``)."""

    attr_type = MAP


class DayItem(BaseItem, discriminator="day"):
    """The read model of one date of a doctor."""

    version = NumberAttribute()
    revision = NumberAttribute()
    slots = SlotMapAttribute()
    # The instant of the last save, to the microsecond (``mapping.format_microsecond``).
    changed_at = UnicodeAttribute(null=True)
    # What opened which slots (``origin_mapping``); slots of the first releases have no origin.
    origins = JSONAttribute(null=True)
    # The version of each series that a plan has applied to the date, by series id.
    series = JSONAttribute(null=True)
    # What has become of disrupted bookings (``disruption_mapping``).
    rebooked = UnicodeSetAttribute(null=True)
    # The stretches that time off and closures block (``time_off_mapping``).
    blocked = JSONAttribute(null=True)
    # The version of the day that has set them: what a booking requires to be the same.
    blocked_version = NumberAttribute(null=True)


class SlotItem(BaseItem, discriminator="slot"):
    """The authoritative item of one slot; the day's map is a copy for reads.

    It has ``holder``, ``held_since`` and ``held_until`` while it is held, ``booking_id`` and
    ``booked_at`` while it is booked, and then also the ``client`` that owns the hold or booking.
    Items from before owners were stored have no ``client``; their ``patient_reference`` is here,
    later ones have it in the booking record.
    """

    start = UnicodeAttribute()
    end = UnicodeAttribute()
    # The date of the day that has the slot; items of the first releases have none.
    date = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    client = UnicodeAttribute(null=True)
    holder = UnicodeAttribute(null=True)
    held_since = UnicodeAttribute(null=True)
    held_until = UnicodeAttribute(null=True)
    booking_id = UnicodeAttribute(null=True)
    booked_at = UnicodeAttribute(null=True)
    patient_reference = UnicodeAttribute(null=True)
    disrupted_since = UnicodeAttribute(null=True)
    disruption_reason = UnicodeAttribute(null=True)
    # The instant of the last write, to the microsecond: the audit log's ``at`` (``mapping``).
    changed_at = UnicodeAttribute(null=True)


class BookingItem(BaseItem, discriminator="booking"):
    """Where a client's booking is; without ``slot_id`` once it is cancelled.

    ``cancelled`` has a text for each slot on which it was cancelled, with the instant. DynamoDB
    deletes the item some time after ``expires_at`` (seconds since 1970).
    """

    version = NumberAttribute()
    slot_id = UnicodeAttribute(null=True)
    patient_reference = UnicodeAttribute(null=True)
    cancelled = UnicodeSetAttribute(null=True)
    expires_at = NumberAttribute()


class HoldsItem(BaseItem, discriminator="holds"):
    """The starts of the slots of a doctor that one client holds, some of which may have expired.

    Each start is also the name of an attribute, with the end of the hold.
    """

    version = NumberAttribute()
    held = UnicodeSetAttribute(null=True)


class ChangeItem(BaseItem, discriminator="change"):
    """The idempotency record of a save.

    Items from before the audit log also have who saved what and when; ``opened`` and ``closed``
    have the format of the day's ``slots``.
    """

    request_id = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    version = NumberAttribute()
    change_id = UnicodeAttribute(null=True)
    at = UnicodeAttribute(null=True)
    by = UnicodeAttribute(null=True)
    role = UnicodeAttribute(null=True)
    client = UnicodeAttribute(null=True)
    opened = SlotMapAttribute(null=True)
    closed = SlotMapAttribute(attr_name="withdrawn", null=True)


class AuditItem(BaseItem, discriminator="audit"):
    """An entry of the audit log, in a partition that the app may only add to and read.

    Slot maps have the format of the day's ``slots``; an empty one is left out.
    """

    date = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    act = UnicodeAttribute(attr_name="kind")
    by = UnicodeAttribute()
    role = UnicodeAttribute()
    client = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    opened = SlotMapAttribute(null=True)
    closed = SlotMapAttribute(null=True)
    booked = SlotMapAttribute(null=True)
    cancelled = SlotMapAttribute(null=True)
    affected = SlotMapAttribute(null=True)
    moved_from = UnicodeAttribute(null=True)
    moved_to = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    settings = JSONAttribute(null=True)
    # Of closed slots, and of those that an undo opened again (``origin_mapping``).
    origins = JSONAttribute(null=True)
    # What a plan or an undo left alone: a list of start, minutes and reason.
    kept = JSONAttribute(null=True)
    plan_id = UnicodeAttribute(null=True)
    undoes = UnicodeAttribute(null=True)
    # The stretch that time off set, and the one that was lifted (``time_off_mapping``).
    blocked = JSONAttribute(null=True)
    unblocked = JSONAttribute(null=True)
