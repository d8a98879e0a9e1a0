"""The app on MiniStack (nightly on moto too); each test starts with some doctors and no slots."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from chalice.test import Client
from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.settings import Settings
from local import demo_data
from local.local_config import use_local_stage
from tests.support import app_setup, password_page
from tests.support.all_routes import ANOTHER_SITE, CALLERS
from tests.support.app_client import build_services
from tests.support.factories import SUNDAY_NOON, make_doctor, make_grid
from tests.support.fake_oidc_provider import FakeOidcProvider, run_fake_oidc_provider
from tests.support.fake_user_pool import FakeUserPool
from tests.support.invariants import assert_invariants
from tests.support.page_session import PageSession
from tests.support.pseudo_language import PSEUDO
from tests.support.request_log import RequestLog, enable_request_log
from tests.support.webhook_receiver import Receiver, WebhookSystem, run_receiver
from tools.catalogue import write_pseudo_language

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.support.app_client import AppClient
    from tests.support.raw_table import RawItem

DOCTORS = (
    *demo_data.DOCTORS,
    make_doctor("dr-quarter", make_grid(("00:00", "24:00"), minutes=15)),
    make_doctor("dr-twenty", make_grid(("09:00", "12:00"), minutes=20)),
    make_doctor("dr-night", make_grid(("00:00", "04:00"))),
)
SignIn = Callable[[str], "AppClient"]
ItemsAfter = Callable[[Callable[["AppClient"], object]], list["RawItem"]]
use_local_stage()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test on MiniStack, and on moto nightly.

    Tests marked ``both_stores`` always run on both. They are a sample of what DynamoDB must do:
    saves, holds, bookings, rejected conditions and pages of a query. Those marked ``large`` never
    run on moto: it copies the table with each transaction, and keeps the copies.
    """
    if "dynamodb_endpoint" in metafunc.fixturenames:
        is_daily = metafunc.definition.get_closest_marker("both_stores")
        is_large = metafunc.definition.get_closest_marker("large")
        moto = pytest.param("moto", marks=() if is_daily else pytest.mark.nightly)
        stores = ["ministack"] if is_large else [moto, "ministack"]
        metafunc.parametrize("dynamodb_endpoint", stores, indirect=True, scope="session")


@pytest.fixture(scope="session")
def dynamodb_endpoint(request: pytest.FixtureRequest) -> str:
    """The endpoint of the store that the test runs on."""
    endpoint: str = request.getfixturevalue(request.param)
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint
    return endpoint


@pytest.fixture(scope="session")
def chalice_client(dynamodb_endpoint: str) -> Iterator[Client]:
    """Chalice's test client, which calls the app without a port."""
    app_setup.connect_table(dynamodb_endpoint)
    with Client(app_setup.import_app_with_libcurl()) as client:
        yield client


@pytest.fixture(scope="session")
def dynamodb(dynamodb_endpoint: str) -> DynamoDBClient:
    """A DynamoDB client that is independent of the app's."""
    return boto3.client("dynamodb", endpoint_url=dynamodb_endpoint)


@pytest.fixture
def oidc_provider() -> Iterator[FakeOidcProvider]:
    """A fake identity provider; tests have its keys."""
    with run_fake_oidc_provider() as provider:
        yield provider


@pytest.fixture
def authenticated_client(client: AppClient, oidc_provider: FakeOidcProvider) -> AppClient:
    """The app with sign-in at the fake identity provider."""
    table_name = client.services.settings.table_name
    settings = Settings(table_name=table_name, oidc=oidc_provider.settings())
    client.use_services(build_services(settings, client.clock))
    return client


@pytest.fixture
def pool() -> FakeUserPool:
    """The user pool of ``client_with_pool``."""
    return FakeUserPool()


@pytest.fixture
def client_with_pool(authenticated_client: AppClient, pool: FakeUserPool) -> AppClient:
    """The app with sign-in at a Cognito user pool."""
    client = authenticated_client
    settings = client.services.settings
    assert settings.oidc is not None
    with_pool = replace(settings, oidc=replace(settings.oidc, user_pool="the-pool"))
    services = bootstrap.build_services(
        with_pool, now=client.clock, pause=lambda _attempt: None, cognito_client=lambda: pool
    )
    client.use_services(services)
    return client


@pytest.fixture
def admin(client_with_pool: AppClient, oidc_provider: FakeOidcProvider) -> PageSession:
    """The browser of an admin, where people are in a user pool."""
    session = PageSession(client_with_pool, oidc_provider)
    session.sign_in("alex", "admin")
    return session


@pytest.fixture(scope="session")
def catalogue_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the catalogue of the pseudo-language."""
    folder = tmp_path_factory.mktemp("catalogues")
    write_pseudo_language(folder, PSEUDO)
    return folder


@pytest.fixture
def sign_in(authenticated_client: AppClient, oidc_provider: FakeOidcProvider) -> SignIn:
    """Return the app as one of ``CALLERS`` sees it, with a token of two weeks."""

    def signed_in(caller: str) -> AppClient:
        issued, expiry = (int((SUNDAY_NOON + timedelta(days=days)).timestamp()) for days in (-7, 7))
        claims = CALLERS.get(caller) or ANOTHER_SITE
        token = oidc_provider.access_token(claims, iat=issued, exp=expiry)
        return authenticated_client.with_token(token)

    return signed_in


@pytest.fixture
def site(sign_in: SignIn) -> AppClient:
    """A booking site; Dr Lee has three free slots."""
    sign_in("admin").save("09:00", "09:30", "10:00")
    return sign_in("slots/book")


@pytest.fixture
def claims(site: AppClient) -> None:
    """A site holds 09:00 and has booked 09:30; 10:00 is free."""
    site.hold("09:00", "hannah")
    site.book("09:30", "b-1")


@pytest.fixture
def other_site(site: AppClient, sign_in: SignIn) -> AppClient:
    """Another booking site than ``site``."""
    del site  # it opens the slots
    return sign_in("another site")


@pytest.fixture(scope="session")
def doctor_items(chalice_client: Client) -> list[RawItem]:
    """The items of a table with the doctors and nothing else."""
    client = app_setup.create_client(Settings.from_env(os.environ), chalice_client)
    app_setup.replace_doctors(client, DOCTORS)
    return client.export()


@pytest.fixture(scope="session")
def items_after(chalice_client: Client, doctor_items: list[RawItem]) -> ItemsAfter:
    """Return the items of ``doctor_items`` after some requests, for many tests to restore."""

    def export_after(send: Callable[[AppClient], object]) -> list[RawItem]:
        client = app_setup.create_client(Settings.from_env(os.environ), chalice_client)
        client.restore(doctor_items)
        send(client)
        return client.export()

    return export_after


@pytest.fixture(scope="session")
def booked_items(items_after: ItemsAfter) -> list[RawItem]:
    """The items of ``doctor_items`` after Dr Lee's slots were saved, held and booked."""

    def send(client: AppClient) -> None:
        client.save("09:00", "09:30", "10:00", "10:30")
        client.hold("09:30", "hannah")
        client.book("10:00", "b-1")

    return items_after(send)


@pytest.fixture
def client(chalice_client: Client, doctor_items: list[RawItem]) -> AppClient:
    """The app on a table with some doctors and nothing else, at Sunday noon."""
    client = app_setup.create_client(Settings.from_env(os.environ), chalice_client)
    client.restore(doctor_items)
    return client


@pytest.fixture
def consistent_table(client: AppClient) -> Iterator[None]:
    """Check after the test that the stored items are consistent."""
    yield
    assert_invariants(client.export())


@pytest.fixture
def cached_doctor(
    client: AppClient, doctor_items: list[RawItem], booked_items: list[RawItem]
) -> None:
    """Dr Lee has a free, a held and a booked slot, and is in the process's cache.

    A second later: writes of one slot at the same instant would need another attempt.
    """
    client.restore(booked_items, current=doctor_items)
    assert client.get_slot("09:00").status == 200
    client.clock.now += timedelta(seconds=1)


@pytest.fixture(scope="session")
def open_items(items_after: ItemsAfter) -> list[RawItem]:
    """The items of ``doctor_items`` after Dr Lee has opened three slots of Monday."""
    return items_after(lambda client: client.save("09:00", "09:30", "10:00"))


@pytest.fixture
def open_slots(client: AppClient, doctor_items: list[RawItem], open_items: list[RawItem]) -> None:
    """Three slots of Dr Lee's Monday."""
    client.restore(open_items, current=doctor_items)


@pytest.fixture
def page_session(authenticated_client: AppClient, oidc_provider: FakeOidcProvider) -> PageSession:
    """A browser session without a signed-in user."""
    return PageSession(authenticated_client, oidc_provider)


@pytest.fixture
def lee(
    client_with_pool: AppClient, oidc_provider: FakeOidcProvider, pool: FakeUserPool
) -> PageSession:
    """Dr Lee with the password page open."""
    pool.groups = ["doctor"]
    session = PageSession(client_with_pool, oidc_provider)
    session.sign_in(return_path=password_page.PATH)
    return session


@pytest.fixture
def app_log(client: AppClient) -> Iterator[RequestLog]:
    """The log of an app without sign-in, where Dr Lee has two slots on Monday."""
    client.save("09:00", "09:30")
    client.clock.now += timedelta(seconds=1)
    yield from enable_request_log(client)


@pytest.fixture
def authenticated_app_log(authenticated_client: AppClient) -> Iterator[RequestLog]:
    """The log of an app with sign-in."""
    yield from enable_request_log(authenticated_client)


@pytest.fixture(scope="session")
def one_receiver() -> Iterator[Receiver]:
    """A server on this machine that receives webhooks."""
    with run_receiver() as receiver:
        yield receiver


@pytest.fixture
def receiver(one_receiver: Receiver) -> Receiver:
    """A receiver that accepts what comes."""
    one_receiver.reset()
    return one_receiver


@pytest.fixture
def system(client: AppClient) -> WebhookSystem:
    """The app's webhooks, with a queue that the test's clock drives."""
    return WebhookSystem(client)
