"""The user pool of the CloudFormation template: passwords and tokens of people."""

from __future__ import annotations

import re
from typing import Any

from cloud.package import PROJECT
from cloud.template import STAGES, load_fragments


def test_compromised_passwords_are_rejected_in_production(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    plans = {
        stage: load_fragments(PROJECT, stage)["Parameters"]["UserPoolPlan"]["Default"]
        for stage in STAGES
    }

    assert plans == {"dev": "ESSENTIALS", "prod": "PLUS"}
    assert resources["UserPool"]["UserPoolTier"] == {"Ref": "UserPoolPlan"}
    assert template["Resources"]["ThreatProtection"]["Condition"] == "HasThreatProtection"
    compromised = resources["ThreatProtection"]["CompromisedCredentialsRiskConfiguration"]
    assert compromised["Actions"] == {"EventAction": "BLOCK"}
    assert "PASSWORD_CHANGE" in compromised["EventFilter"]


def test_refresh_tokens_of_the_page_rotate(resources: dict[str, Any]) -> None:
    client = resources["PageClient"]

    assert client["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    # Cognito rejects this flow beside rotation, and would add it to an empty list.
    _, allowed, refused = client["ExplicitAuthFlows"]["Fn::If"]
    assert (allowed, refused) == (["ALLOW_ADMIN_USER_PASSWORD_AUTH"], ["ALLOW_CUSTOM_AUTH"])
    assert "LambdaConfig" not in resources["UserPool"]


def test_people_change_their_own_password_with_their_own_token(
    resources: dict[str, Any],
) -> None:
    """The app itself may change no one's password."""
    role = str(resources["AppRole"])

    assert "aws.cognito.signin.user.admin" in resources["PageClient"]["AllowedOAuthScopes"]
    assert "Password" not in role
    assert "InitiateAuth" not in role


def test_app_may_call_exactly_what_it_calls_of_the_pool(resources: dict[str, Any]) -> None:
    """Setting a temporary password is for a laptop, whose pool sends no invitation."""
    folder = PROJECT / "chalicelib" / "web" / "auth"
    accounts = (folder / "user_accounts.py").read_text()
    directory = (folder / "user_directory.py").read_text()
    calls = {
        *re.findall(r"\bpool\.(\w+)\(", accounts),
        *re.findall(r"client\.(admin_\w+)\(", directory),
    } - {"admin_set_user_password"}

    (policy,) = [
        each for each in resources["AppRole"]["Policies"] if each["PolicyName"] == "accounts"
    ]

    allowed = policy["PolicyDocument"]["Statement"][0]["Action"]
    actions = {f"cognito-idp:{name.title().replace('_', '')}" for name in calls}
    assert set(allowed) == actions
