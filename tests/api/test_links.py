"""No link or form of a page leads nowhere, for anyone who sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.support.page_walk import walk

if TYPE_CHECKING:
    from tests.support.page_session import PageSession


PEOPLE = {"dr-lee": "doctor", "sam": "delegate", "alex": "admin", "mallory": "delegate"}
# By day, test_admin_pages.py follows the links of an admin, who has more pages there.
IN_TURN = [
    pytest.param(name, marks=pytest.mark.nightly) if role == "admin" else name
    for name, role in PEOPLE.items()
]


@pytest.mark.parametrize("name", IN_TURN)
def test_no_link_of_a_page_is_dead(page_session: PageSession, name: str) -> None:
    page_session.sign_in("dr-lee", "doctor")
    page_session.save("09:00", Sec_Fetch_Site="same-origin")
    page_session.sign_in(name, PEOPLE[name])

    visited = list(walk(page_session))

    dead = [visit for visit in visited if visit[1] and visit[2] not in {200, 303}]
    assert dead == []
    kinds = {urlsplit(path).path for path, _, _ in visited}
    assert {"/slots", "/changes", "/settings"} <= kinds
