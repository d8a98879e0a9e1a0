"""A fake Cognito user pool with one user."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from tests.support.fake_oidc_provider import SUBJECT

MIN_PASSWORD_CHARACTERS = 15
PASSWORD = "the current password"


class FakeUserPool:
    """The calls of Cognito that the app makes; tests change the user, or let all calls fail."""

    def __init__(self) -> None:
        self.subject = SUBJECT
        self.groups = ["delegate"]
        self.is_enabled = True
        self.error: Exception | None = None
        self.requests = 0
        self.password = PASSWORD
        self.revoked_tokens: set[str] = set()
        self.revocation_error: Exception | None = None

    def admin_get_user(self, **_: str) -> dict[str, Any]:
        self.requests += 1
        if self.error:
            raise self.error
        attributes = [{"Name": "sub", "Value": self.subject}]
        return {"Enabled": self.is_enabled, "UserAttributes": attributes}

    def admin_list_groups_for_user(self, **_: str) -> dict[str, Any]:
        return {"Groups": [{"GroupName": name} for name in self.groups]}

    def _is_unused(self, **_: Any) -> dict[str, Any]:  # noqa: ANN401  Cognito's
        raise NotImplementedError

    def change_password(self, **parameters: str) -> dict[str, Any]:
        if self.error:
            raise self.error
        if parameters["AccessToken"] in self.revoked_tokens:
            raise cognito_error("NotAuthorizedException", "Access Token has been revoked")
        if parameters["PreviousPassword"] != self.password:
            raise cognito_error("NotAuthorizedException", "Incorrect username or password.")
        if len(parameters["ProposedPassword"]) < MIN_PASSWORD_CHARACTERS:
            raise cognito_error("InvalidPasswordException", "Password not long enough")
        self.password = parameters["ProposedPassword"]
        return {}

    def global_sign_out(self, **parameters: str) -> dict[str, Any]:
        if self.revocation_error:
            raise self.revocation_error
        self.revoked_tokens.add(parameters["AccessToken"])
        return {}

    # ``FakeAccounts`` has users to invite and to list.
    admin_create_user = admin_add_user_to_group = admin_set_user_password = _is_unused
    list_users_in_group = _is_unused


def cognito_error(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "ChangePassword")
