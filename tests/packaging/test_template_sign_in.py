"""Sign-in in the CloudFormation template: the user pool, its clients and the session key."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote


def test_sign_in_redirects_to_the_api(template: dict[str, Any], resources: dict[str, Any]) -> None:
    url = template["Outputs"]["ApiUrl"]["Value"]

    assert resources["PageClient"]["CallbackURLs"] == [
        {"Fn::Sub": ["${Api}/sign-in/callback", {"Api": url}]}
    ]
    assert resources["PageClient"]["LogoutURLs"] == [{"Fn::Sub": ["${Api}/", {"Api": url}]}]


def test_sign_in_domain_is_unique_in_the_region(resources: dict[str, Any]) -> None:
    assert resources["SignInPages"]["Domain"] == {"Fn::Sub": "${AWS::StackName}-${AWS::AccountId}"}


def test_people_need_a_second_factor_and_choose_their_passwords(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    pool = resources["UserPool"]

    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("ON", ["SOFTWARE_TOKEN_MFA"])
    password = pool["Policies"]["PasswordPolicy"]
    # ASVS 5.0: 6.2.1 recommends 15 characters, 6.2.5 forbids rules about kinds of characters.
    assert password["MinimumLength"] == 15
    assert [name for name, value in password.items() if name.startswith("Require") and value] == []
    assert password["TemporaryPasswordValidityDays"] <= 7
    assert pool["AccountRecoverySetting"]["RecoveryMechanisms"][0]["Name"] == "verified_email"
    assert pool["DeletionProtection"] == "ACTIVE"
    assert template["Resources"]["UserPool"]["DeletionPolicy"] == "Retain"


def test_each_booking_site_has_its_own_client(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    sites = template["Metadata"]["BookingSites"]
    accepted = resources["APIHandler"]["Environment"]["Variables"]["OIDC_MACHINE_CLIENTS"]

    assert len(sites) > 1
    for key, site in sites.items():
        client = resources[f"{key}Client"]
        assert (client["ClientName"], client["GenerateSecret"]) == (site["name"], True)
        assert client["AllowedOAuthScopes"] == site["scopes"]
        assert template["Outputs"][f"{key}ClientId"]["Value"] == {"Ref": f"{key}Client"}
        assert f"${{{key}Client}}={quote(site['name'])}" in accepted["Fn::Sub"].split()


def test_session_key_is_generated_and_read_by_the_app_only(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    assert resources["SessionKey"]["GenerateSecretString"]["PasswordLength"] >= 32
    readers = [
        name
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::IAM::Role" and "secretsmanager" in json.dumps(each)
    ]
    assert readers == ["AppRole"]
    users = [
        name
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::Serverless::Function" and "SessionKey" in json.dumps(each)
    ]
    assert users == ["APIHandler"]
