"""Change a password at the Cognito user pool, which alone knows and checks it."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, ReadTimeoutError

from chalicelib.domain.text import Text
from chalicelib.web.auth.oidc import IdentityProviderUnavailableError
from chalicelib.web.auth.user_directory import create_cognito_client
from chalicelib.web.http.errors import HttpError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.web.auth.user_directory import CognitoClient

# Cognito hashes two passwords, and may compare the new one with those of breaches.
_READ_TIMEOUT_SECONDS = 8
# For so long, at most, Cognito accepts no password after too many wrong ones.
_LOCKOUT_SECONDS = 900


class PasswordChangeError(HttpError):
    """The password did not change; ``field`` names the field of the form at fault."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        field: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(status, detail)
        self.code = code
        self.field = field
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)


class PasswordChanger:
    """Changes a person's password with their own access token, so the app needs no permission.

    Cognito limits how often a wrong password may be tried.
    """

    def __init__(self, create_client: Callable[[], CognitoClient] | None = None) -> None:
        self._client = create_client() if create_client else _create_patient_client()

    def change(self, access_token: str, *, current: str, new: str) -> None:
        """Change the password, and try to revoke all tokens that the person has from Cognito.

        Raises:
            PasswordChangeError: Cognito rejects one of the passwords, or the token.
            IdentityProviderUnavailableError: Cognito does not respond, and nothing has changed.
        """
        try:
            self._client.change_password(
                AccessToken=access_token, PreviousPassword=current, ProposedPassword=new
            )
        except ClientError as error:
            # "from None": what Cognito says about a password must reach no log.
            raise _error_of(error) from None
        except (ReadTimeoutError, ConnectionClosedError):
            raise _outcome_unknown() from None
        except BotoCoreError:
            raise IdentityProviderUnavailableError from None
        # The app ends its own sessions. This token is one of those that are revoked.
        with suppress(BotoCoreError, ClientError):
            self._client.global_sign_out(AccessToken=access_token)


def _create_patient_client() -> CognitoClient:
    return create_cognito_client(read_timeout=_READ_TIMEOUT_SECONDS)


def confirmation_expired() -> PasswordChangeError:
    """The sign-in before the form is too long ago, or was for another session."""
    return PasswordChangeError(
        HTTPStatus.FORBIDDEN,
        "confirmation_expired",
        Text("Your password is unchanged, because the page was open for too long. Start again."),
    )


def _wrong_password() -> PasswordChangeError:
    return PasswordChangeError(
        HTTPStatus.FORBIDDEN,
        "wrong_password",
        Text("This is not your current password"),
        field="current_password",
    )


def _password_rejected() -> PasswordChangeError:
    return PasswordChangeError(
        HTTPStatus.BAD_REQUEST,
        "password_rejected",
        Text(
            "Choose another password: at least 15 characters, without a space at the start or end, "
            "and not one that you use elsewhere or have used here"
        ),
        field="new_password",
    )


def _too_many_attempts() -> PasswordChangeError:
    return PasswordChangeError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too_many_attempts",
        Text("Your password is unchanged, because there were too many attempts. Try again later."),
        retry_after=_LOCKOUT_SECONDS,
    )


def _outcome_unknown() -> PasswordChangeError:
    return PasswordChangeError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "outcome_unknown",
        Text(
            "The sign-in service didn't respond, so we don't know whether your password has "
            "changed. Sign out, and try to sign in with the new one."
        ),
        retry_after=_READ_TIMEOUT_SECONDS,
    )


_ERRORS: dict[str, Callable[[], Exception]] = {
    "InvalidParameterException": _password_rejected,
    "InvalidPasswordException": _password_rejected,
    "LimitExceededException": _too_many_attempts,
    "PasswordHistoryPolicyViolationException": _password_rejected,
    "PasswordResetRequiredException": confirmation_expired,
    "TooManyRequestsException": _too_many_attempts,
    "UserNotFoundException": confirmation_expired,
}


def _error_of(error: ClientError) -> Exception:
    name = error.response["Error"]["Code"]
    if name == "NotAuthorizedException":
        return _not_authorized(str(error.response["Error"].get("Message", "")).lower())
    return _ERRORS.get(name, IdentityProviderUnavailableError)()


def _not_authorized(message: str) -> PasswordChangeError:
    """Return what is wrong: Cognito has one code for it, and says it in words only."""
    if "attempts" in message:
        return _too_many_attempts()
    if "token" in message or "disabled" in message:
        return confirmation_expired()
    return _wrong_password()
