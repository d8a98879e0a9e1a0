"""The responses and examples of sign-in, sign-out, passwords and people."""

from __future__ import annotations

from tools.openapi import examples
from tools.openapi.responses import HTML_PAGE, OperationDetails, ResponseDetails, response

SIGN_IN_OPERATIONS: dict[str, OperationDetails] = {
    "get_sign_in": OperationDetails(responses={303: response("To the identity provider.")}),
    "get_callback": OperationDetails(
        responses={
            303: response("Signed in. To the path where the user wanted to go."),
            400: response("Sign-in failed.", not_started_here=examples.LOGIN_FAILED),
        }
    ),
    "post_sign_out": OperationDetails(
        responses={
            200: response("Signed out here. The identity provider does not respond."),
            204: response("Signed out. To the URL in `HX-Redirect`, for htmx."),
            303: response("Signed out. To the identity provider's own sign-out."),
        }
    ),
    "post_person_sign_out": OperationDetails(
        responses={
            204: response("All sessions and tokens of the person have ended."),
            303: response("Redirect to the page of people, after its form."),
            404: response(
                "No account has signed in with this name.", unknown=examples.UNKNOWN_PERSON
            ),
        }
    ),
    "delete_person": OperationDetails(
        responses={
            204: response("The name is free, and all sessions and tokens have ended."),
            404: response(
                "No account has signed in with this name.", unknown=examples.UNKNOWN_PERSON
            ),
        }
    ),
    "get_signed_in": OperationDetails(responses={200: HTML_PAGE}),
    "get_password": OperationDetails(
        responses={
            200: HTML_PAGE,
            303: response("To the sign-in, and back."),
            404: response("The identity provider is not Cognito.", no_page=examples.NO_PAGE),
        }
    ),
    "post_password": OperationDetails(
        responses={
            200: response("The password has changed."),
            400: response("Password not accepted.", password_rejected=examples.PASSWORD_REJECTED),
            404: response("The identity provider is not Cognito.", no_page=examples.NO_PAGE),
            429: ResponseDetails(
                description="Cognito accepts no more attempts for now.",
                examples={"too many attempts": examples.TOO_MANY_ATTEMPTS},
                headers=("Retry-After",),
            ),
        }
    ),
}
