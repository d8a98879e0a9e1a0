"""A fake Cognito user pool whose users are invited and put into groups."""

from __future__ import annotations

from typing import Any

from tests.support.fake_user_pool import FakeUserPool, cognito_error

INVITED = "FORCE_CHANGE_PASSWORD"


class FakeAccounts(FakeUserPool):
    """Users by name; ``failing`` has the operations that fail.

    ``failing_later`` has those that fail once a user is in a group.
    """

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[str, dict[str, Any]] = {}
        self.members: dict[str, list[str]] = {"doctor": [], "delegate": [], "admin": []}
        self.failing: set[str] = set()
        self.failing_later: set[str] = set()
        self.calls: list[str] = []
        self.page_size = 60

    @property
    def _subject(self) -> list[dict[str, str]]:
        return [{"Name": "sub", "Value": self.subject}]

    def add(self, name: str, *groups: str, status: str = "CONFIRMED", email: str = "") -> None:
        attributes = [{"Name": "email", "Value": email}] if email else []
        self.users[name] = {"Username": name, "UserStatus": status, "Attributes": attributes}
        for group in groups:
            self.members[group].append(name)

    def admin_get_user(self, **parameters: str) -> dict[str, Any]:
        self._called("admin_get_user")
        user = self._user(parameters["Username"])
        return {**user, "UserAttributes": [*user["Attributes"], *self._subject]}

    def admin_list_groups_for_user(self, **parameters: str) -> dict[str, Any]:
        name = parameters["Username"]
        groups = [group for group, names in self.members.items() if name in names]
        return {"Groups": [{"GroupName": group} for group in groups]}

    def admin_create_user(self, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401  Cognito's
        self._called("admin_create_user")
        name = parameters["Username"]
        if parameters.get("MessageAction") == "RESEND":
            return {"User": self._user(name)}
        if name in self.users:
            raise cognito_error("UsernameExistsException")
        self.add(name, status=INVITED)
        self.users[name]["Attributes"] = parameters["UserAttributes"]
        self.users[name]["password"] = parameters.get("TemporaryPassword")
        return {"User": self.users[name]}

    def admin_add_user_to_group(self, **parameters: str) -> dict[str, Any]:
        self._called("admin_add_user_to_group")
        members = self.members[parameters["GroupName"]]
        if parameters["Username"] not in members:
            members.append(parameters["Username"])
        self.failing |= self.failing_later
        return {}

    def admin_set_user_password(self, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401  Cognito's
        self._user(parameters["Username"])["password"] = parameters["Password"]
        return {}

    def list_users_in_group(self, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401  Cognito's
        self._called("list_users_in_group")
        names, start = self.members[parameters["GroupName"]], int(parameters.get("NextToken", 0))
        end = start + self.page_size
        more = {"NextToken": str(end)} if end < len(names) else {}
        return {"Users": [self.users[name] for name in names[start:end]], **more}

    def _user(self, name: str) -> dict[str, Any]:
        if name not in self.users:
            raise cognito_error("UserNotFoundException")
        return self.users[name]

    def _called(self, operation: str) -> None:
        self.calls.append(operation)
        if self.error or operation in self.failing:
            raise self.error or cognito_error("InternalErrorException")
