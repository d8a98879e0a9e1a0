"""Which endpoint the app's DynamoDB client calls."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from botocore.session import Session

from chalicelib.storage.connection import DynamoDBConnection


@pytest.mark.parametrize("region", ["eu-central-1", "us-gov-west-1", "cn-north-1"])
@pytest.mark.parametrize("use_fips", [False, True])
def test_client_calls_the_endpoint_that_botocore_rules_choose(
    region: str, *, use_fips: bool
) -> None:
    config = Config(use_fips_endpoint=use_fips)
    # Its private methods are what the shortcut replaces.
    client: Any = Session().create_client("dynamodb", region_name=region, config=config)
    operation = client.meta.service_model.operation_model("TransactWriteItems")
    chosen = resolve_endpoint(client, operation)

    DynamoDBConnection(region=region).register_handlers(client)

    assert resolve_endpoint(client, operation) == chosen


def resolve_endpoint(client: Any, operation: Any) -> Any:  # noqa: ANN401  botocore's own types
    """Return the URL, the headers and the properties of a call."""
    context: dict[str, Any] = {}
    return client._resolve_endpoint_ruleset(operation, {"TransactItems": []}, context), context
