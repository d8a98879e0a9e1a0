"""A browser session of the page without a browser: it signs in and keeps cookies."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse
    from tests.support.fake_oidc_provider import FakeOidcProvider


HOST_HEADERS = {"Host": "slots.example", "Accept": "text/html"}
ORIGIN = "http://slots.example"
DAY_PATH = f"/slots?doctor_id=dr-lee&date={MONDAY}"


class PageSession:
    """Sends requests with the cookies of earlier responses."""

    def __init__(self, client: AppClient, oidc_provider: FakeOidcProvider) -> None:
        self.client = client
        self.oidc_provider = oidc_provider
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, body: str = "", **headers: str) -> AppResponse:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**HOST_HEADERS, **({"Cookie": cookie} if cookie else {})}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.client.request(method, path, body.encode(), sent)
        set_cookies: str | list[str] = response.headers.get("Set-Cookie", [])
        for text in [set_cookies] if isinstance(set_cookies, str) else set_cookies:
            for name, morsel in SimpleCookie(text).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return response

    def get(self, path: str, **headers: str) -> AppResponse:
        return self.send("GET", path, **headers)

    def save(self, start: str, **headers: str) -> AppResponse:
        body = (
            '{"doctor_id": "dr-lee", "date": "2026-11-23", '
            f'"slots": [{{"start": "{start}", "status": "free"}}]}}'
        )
        sent = {"Content_Type": "application/json", "Accept": "application/json", **headers}
        return self.send("POST", "/slots", body, **sent)

    def sign_in(
        self,
        name: str = "dr-lee",
        group: str = "doctor",
        return_path: str = DAY_PATH,
        **claims: object,
    ) -> AppResponse:
        """Sign in at the provider, which issues an ID token with those claims besides."""
        parameters = self.start_login(return_path)
        self.oidc_provider.id_tokens_by_code["c"] = self.oidc_provider.id_token(
            name, group, nonce=parameters["nonce"], **claims
        )
        return self.get(f"/sign-in/callback?code=c&state={parameters['state']}")

    def sign_out(self) -> AppResponse:
        """Submit the page's sign-out form."""
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        return self.send("POST", "/sign-out", **form, Sec_Fetch_Site="same-origin")

    def copy(self) -> PageSession:
        """Return a browser with a copy of the cookies, such as a thief's."""
        other = PageSession(self.client, self.oidc_provider)
        other.cookies = dict(self.cookies)
        return other

    def start_login(self, return_path: str = DAY_PATH) -> dict[str, str]:
        """Start a sign-in; return the parameters of the redirect to the provider."""
        url = urlsplit(self.get(f"/sign-in?to={quote(return_path)}").headers["Location"])
        return {name: values[0] for name, values in parse_qs(url.query).items()}
