"""The catalogue of errors: one meaning and one status a code, and no code without a place."""

import re
from collections import Counter

from infra.constructs.gateway_problems import REFUSALS
from shared.errors.taxonomy import DomainException, IntegrationException, TransientException
from tests.contract import errors
from tests.contract.services import failures

ENTRIES = {entry.code: entry for entry in errors.entries()}
GATEWAY_DIFFERS = {"invalid_request", "internal_error"}
"""The gateway gives these another status, or calls them retryable where the functions do not."""


def test_every_code_is_the_name_of_one_failure() -> None:
    codes = Counter(failure.code for failure in failures())
    assert [code for code, count in codes.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in ENTRIES)


def test_every_failure_has_a_title_of_its_own() -> None:
    titles = Counter(entry.title for entry in ENTRIES.values())
    assert [title for title, count in titles.items() if count > 1] == []
    assert all(title and title[0].isupper() and title[-1] != "." for title in titles)


def test_the_status_tells_whose_turn_it_is() -> None:
    for failure in failures():
        if issubclass(failure, DomainException):
            assert 400 <= failure.status < 500, failure.code
            assert not failure.retryable, failure.code
        if issubclass(failure, IntegrationException):
            assert failure.status == 502, failure.code
        if issubclass(failure, TransientException):
            assert failure.status in {409, 429, 503}, failure.code
            assert failure.retryable, failure.code


def test_what_may_be_repeated_is_what_may_work_later() -> None:
    for entry in ENTRIES.values():
        assert entry.retryable is (entry.kind == "transient"), entry.code


def test_only_the_unexpected_has_no_kind() -> None:
    assert [code for code, entry in ENTRIES.items() if entry.kind == "internal"] == [
        "internal_error"
    ]


def test_every_code_is_answered_by_a_route_or_known_to_stay_inside() -> None:
    assert {code for code, entry in ENTRIES.items() if not entry.routes} == set(errors.INSIDE)


def test_the_gateway_and_the_functions_mean_the_same_by_a_code() -> None:
    for refusal in REFUSALS.values():
        entry = ENTRIES[refusal.code]
        if refusal.code not in GATEWAY_DIFFERS:
            assert (refusal.status, refusal.retryable) == (entry.status, entry.retryable)
        assert refusal.title == entry.title, refusal.code


def test_every_code_has_its_place_on_the_page() -> None:
    page = errors.render_markdown()
    for code in ENTRIES:
        assert page.count(f'<a id="{code}"></a>') == 1
        assert page.count(f"(#{code})") == 1
