"""Signing in at the issuer, the session that follows, and its end."""

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
    """Keeps cookies, and tells who it is."""

    def __init__(self, client: AppClient, oidc_provider: FakeOidcProvider) -> None:
        self.client = client
        self.oidc_provider = oidc_provider
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, body: str = "", **headers: str) -> AppResponse:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**HOST_HEADERS, **({"Cookie": cookie} if cookie else {})}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.request(method, path, body.encode(), sent)
        set_cookies: str | list[str] = answer.headers.get("Set-Cookie", [])
        for text in [set_cookies] if isinstance(set_cookies, str) else set_cookies:
            for name, morsel in SimpleCookie(text).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return answer

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
        self, name: str = "dr-lee", group: str = "doctor", return_path: str = DAY_PATH
    ) -> AppResponse:
        asked = self.start_login(return_path)
        self.oidc_provider.id_tokens_by_code["c"] = self.oidc_provider.id_token(
            name, group, nonce=asked["nonce"]
        )
        return self.get(f"/sign-in/callback?code=c&state={asked['state']}")

    def start_login(self, return_path: str = DAY_PATH) -> dict[str, str]:
        """What the issuer is asked."""
        url = urlsplit(self.get(f"/sign-in?to={quote(return_path)}").headers["Location"])
        return {name: values[0] for name, values in parse_qs(url.query).items()}
