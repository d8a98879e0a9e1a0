"""PynamoDB models of people, their sign-ins, and the audit log of them."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.storage.models import BaseItem


class PersonItem(BaseItem, discriminator="person"):
    """A name with which a person signs in; without ``subject`` it belongs to no account.

    ``ended`` has the sessions that ended early, as ``<epoch seconds of their end>~<id>``.
    ``last_sign_in`` and ``roles`` are of the latest login session.
    """

    issuer = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    generation = NumberAttribute(null=True)
    not_before = UnicodeAttribute(null=True)
    ended = UnicodeSetAttribute(null=True)
    last_sign_in = UnicodeAttribute(null=True)
    roles = UnicodeAttribute(null=True)


class LoginItem(BaseItem, discriminator="login"):
    """A completed sign-in, which cannot be completed again; deleted some time after its expiry."""

    expires_at = NumberAttribute()


class PeopleAuditItem(BaseItem, discriminator="people_audit"):
    """An entry of the audit log of people, in a partition that the app may only add to."""

    at = UnicodeAttribute()
    act = UnicodeAttribute(attr_name="kind")
    person = UnicodeAttribute()
    by = UnicodeAttribute()
    role = UnicodeAttribute()
    client = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
