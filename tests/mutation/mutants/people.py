"""Mutants of sessions, tokens and names."""

from __future__ import annotations

from chalicelib.storage.people_models import LoginItem, PeopleAuditItem
from tests.mutation.edits import always, becomes, drop, exists, never, skip
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import branch, comparison, condition, keyword, statement, subscript

_ENDED = "tests/api/test_ended_sessions.py"
_NAMES = "tests/api/test_names_and_accounts.py"
_GROUPS = "tests/api/test_current_groups.py"
_PASSWORDS = "tests/api/test_password_page.py"
_PASSWORD_TOKEN = "tests/api/test_password_token.py"
_SIGN_OUT = "tests/api/test_sign_out.py"
_COOKIES = "tests/api/test_session_cookies.py"
_REPOSITORY = "chalicelib.storage.people_repository"

MUTANTS = (
    Mutant(
        "A sign-in completes twice",
        f"{_REPOSITORY}:PeopleRepository.sign_in",
        becomes(condition(LoginItem), None),
        f"{_COOKIES}::test_callback_is_accepted_once_even_with_its_cookie",
    ),
    Mutant(
        "A name that belongs to an account is given to another one",
        f"{_REPOSITORY}:_add_link",
        becomes(condition("does_not_exist"), None),
        f"{_NAMES}::test_concurrent_first_tokens_link_one_account",
    ),
    Mutant(
        "A sign-out writes to the person who has the name by now",
        f"{_REPOSITORY}:_is_linked",
        exists(condition("subject")),
        f"{_NAMES}::test_account_replaced_during_sign_out_keeps_its_sessions",
    ),
    Mutant(
        "The same subject of another issuer counts as the same account",
        f"{_REPOSITORY}:_is_linked",
        exists(condition("issuer")),
        f"{_NAMES}::test_account_of_another_issuer_ends_no_session",
    ),
    Mutant(
        "Ending the sessions of a person who never signed in creates the person",
        f"{_REPOSITORY}:PeopleRepository.end_all",
        becomes(keyword("condition"), None),
        f"{_ENDED}::test_unknown_person_is_not_found",
    ),
    Mutant(
        "A session goes on that an admin ends during its first change of password",
        f"{_REPOSITORY}:_has_generation",
        exists(condition("does_not_exist")),
        f"{_PASSWORDS}::test_session_that_an_admin_ends_meanwhile_does_not_go_on",
    ),
    Mutant(
        "A session goes on that an admin ends during a later change of password",
        f"{_REPOSITORY}:_has_generation",
        exists(condition("generation", n=1)),
        f"{_PASSWORDS}::test_session_that_an_admin_ends_meanwhile_does_not_go_on",
    ),
    Mutant(
        "The token of another session changes a password",
        "chalicelib.web.auth.account_tokens:AccountTokenStore.read",
        always(comparison("session_id")),
        f"{_PASSWORD_TOKEN}::test_token_works_only_in_its_session",
    ),
    Mutant(
        "An entry of the audit log of people is overwritten",
        f"{_REPOSITORY}:_add_audit_entry",
        becomes(condition(PeopleAuditItem), None),
        f"{_ENDED}::test_audit_entry_is_not_overwritten",
    ),
    Mutant(
        "A person is not read consistently",
        f"{_REPOSITORY}:PeopleRepository.get",
        never(keyword("consistent_read")),
        "tests/api/test_consistent_reads.py::test_reads_of_doctors_time_are_consistent",
    ),
    Mutant(
        "A session goes on after its sign-out",
        "chalicelib.domain.person:Person.allows_session",
        drop(comparison("ended_sessions")),
        f"{_SIGN_OUT}::test_signed_out_cookie_is_rejected_at_once",
    ),
    Mutant(
        "A session goes on after an admin has ended all",
        "chalicelib.domain.person:Person.allows_session",
        drop(comparison("generation")),
        f"{_ENDED}::test_admin_ends_all_sessions_and_tokens_of_a_person",
    ),
    Mutant(
        "A token is valid after an admin has ended all",
        "chalicelib.use_cases.manage_people:ManagePeople.is_token_valid",
        never(branch("allows_token")),
        f"{_ENDED}::test_admin_ends_all_sessions_and_tokens_of_a_person",
    ),
    Mutant(
        "A token of another account with the same name is accepted",
        "chalicelib.domain.person:Person.require_available_to",
        never(branch("NameTakenError")),
        f"{_NAMES}::test_token_of_second_account_is_forbidden",
    ),
    Mutant(
        "A person keeps the role of a group that they left",
        "chalicelib.web.auth.authentication:Auth._with_current_roles",
        always(comparison("groups")),
        f"{_GROUPS}::test_person_who_left_the_group_is_rejected_within_a_minute",
    ),
    Mutant(
        "A disabled account goes on",
        "chalicelib.web.auth.authentication:Auth._with_current_roles",
        never(branch("is_enabled")),
        f"{_GROUPS}::test_disabled_or_replaced_account_is_signed_out",
    ),
    Mutant(
        "Another process accepts an ended session for longer than ten seconds",
        "chalicelib.storage.people_cache:PeopleCache._is_fresh",
        always(comparison("TTL")),
        f"{_SIGN_OUT}::test_signed_out_cookie_is_rejected_elsewhere_in_ten_seconds",
    ),
    Mutant(
        "A sign-out takes effect in its own process only after ten seconds",
        "chalicelib.use_cases.manage_people:ManagePeople.end_session",
        skip(statement("discard")),
        f"{_SIGN_OUT}::test_signed_out_cookie_is_rejected_at_once",
    ),
    Mutant(
        "A read that began before a sign-out undoes it in its process",
        "chalicelib.storage.people_cache:PeopleCache._put",
        never(branch("ticket")),
        "tests/unit/test_people_cache.py::test_read_before_a_write_does_not_hide_it",
    ),
    Mutant(
        "A new key signs before every process knows it",
        "chalicelib.web.auth.session_keys:_signing_key_last",
        always(comparison("MIN_SIGNING_AGE")),
        f"{_COOKIES}::test_key_rotation_ends_no_session",
    ),
    Mutant(
        "A deployed stage trusts the proxy's word for plain HTTP",
        "chalicelib.web.http.request:scheme",
        drop(subscript()),
        f"{_COOKIES}::test_deployed_stage_is_https_whatever_proxies_say",
    ),
)
