from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from local.booking_sites import DEMO_SITES, load_template
from local.identity_provider import INFRASTRUCTURE, POLL_SECONDS

if TYPE_CHECKING:
    from local.identity_provider import IdentityProvider


def test_template_is_valid_for_cloudformation(tmp_path: Path) -> None:
    template = tmp_path / "template.json"
    template.write_text(json.dumps(load_template(INFRASTRUCTURE, DEMO_SITES)))

    checked = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), template],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.stdout + checked.stderr == ""
    assert checked.returncode == 0


def auth_flows(pool_id: str, client_id: str) -> list[str]:
    """Return the client's authentication flows without a browser."""
    client = boto3.client("cognito-idp").describe_user_pool_client(
        UserPoolId=pool_id, ClientId=client_id
    )
    return [str(flow) for flow in client["UserPoolClient"]["ExplicitAuthFlows"]]


def test_password_tokens_require_opt_in(
    provider: IdentityProvider,
) -> None:
    cloudformation = boto3.client("cloudformation")
    parameters = {"CallbackUrls": "https://a/", "LogoutUrls": "https://a/", "SignInDomain": "cloud"}
    cloudformation.create_stack(
        StackName="cloud",
        TemplateBody=json.dumps(load_template(INFRASTRUCTURE, DEMO_SITES)),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="cloud", WaiterConfig=POLL_SECONDS
    )
    outputs = cloudformation.describe_stacks(StackName="cloud")["Stacks"][0]["Outputs"]
    cloud = {output["OutputKey"]: output["OutputValue"] for output in outputs}

    # Custom authentication needs a Lambda trigger, and the pool has none.
    assert auth_flows(cloud["UserPoolId"], cloud["PageClientId"]) == ["ALLOW_CUSTOM_AUTH"]
    assert auth_flows(provider.pool_id, provider.page.client_id) == [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH"
    ]


def test_only_admins_create_users(provider: IdentityProvider) -> None:
    pool = boto3.client("cognito-idp").describe_user_pool(UserPoolId=provider.pool_id)["UserPool"]

    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]
