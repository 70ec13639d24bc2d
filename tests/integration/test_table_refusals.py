"""What the database refuses: a condition decides, load and conflict are tried again, in bounds."""

import socket
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.errors.taxonomy import AlreadyHandled, StaleRow, StoreBusy
from shared.persistence.table import Table
from tests.cloud import CLIENT_CONFIG, Account
from tests.integration.faulty_client import FaultyClient, answer_lost, refused
from tests.integration.tables import MAIN, create_main_table
from tests.integration.writing import FIRST, ORDER, put, write

CANCELED = "TransactionCanceledException"


@pytest.fixture
def client(account: Account) -> FaultyClient:
    create_main_table(account.client("dynamodb"))
    return FaultyClient(account.client("dynamodb"))


@pytest.fixture
def table(client: FaultyClient) -> Table:
    faulty: Any = client
    return Table(name=MAIN, client=faulty)


@pytest.mark.parametrize(
    "code",
    [
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
        "InternalServerError",
    ],
)
def test_load_and_conflict_are_tried_again_until_they_pass(
    client: FaultyClient, table: Table, code: str
) -> None:
    client.faults = [refused(code)] * 3
    write(table, put(ORDER, version=1), cause_id="req_1")
    assert len(client.calls) == 4
    assert table.handled("req_1")


@pytest.mark.parametrize(
    "reasons",
    [
        ("None", "TransactionConflict"),
        ("TransactionConflict", "None"),
        ("None", "ThrottlingError"),
        ("None", "ProvisionedThroughputExceeded"),
    ],
)
def test_a_transaction_that_was_cancelled_for_conflict_is_tried_again(
    client: FaultyClient, table: Table, reasons: tuple[str, ...]
) -> None:
    client.faults = [refused(CANCELED, *reasons)]
    write(table, put(ORDER, version=1), cause_id="req_1")
    assert len(client.calls) == 2
    assert table.get(ORDER) is not None


def test_after_four_refusals_the_database_is_busy_and_nothing_is_written(
    client: FaultyClient, table: Table
) -> None:
    client.faults = [refused(CANCELED, "None", "TransactionConflict")] * 4
    with pytest.raises(StoreBusy, match=CANCELED):
        write(table, put(ORDER, version=1), cause_id="req_1")
    assert len(client.calls) == 4
    assert table.get(ORDER) is None
    assert not table.handled("req_1")


@pytest.mark.parametrize(
    ("reasons", "failure"),
    [
        (("ConditionalCheckFailed", "None", "None"), AlreadyHandled),
        (("ConditionalCheckFailed", "ConditionalCheckFailed", "None"), AlreadyHandled),
        (("ConditionalCheckFailed", "TransactionConflict", "None"), AlreadyHandled),
        (("None", "ConditionalCheckFailed", "None"), StaleRow),
        (("None", "TransactionConflict", "ConditionalCheckFailed"), StaleRow),
        (("TransactionConflict", "None", "ConditionalCheckFailed"), StaleRow),
    ],
)
def test_a_failed_condition_decides_at_once(
    client: FaultyClient, table: Table, reasons: tuple[str, ...], failure: type[Exception]
) -> None:
    client.faults = [refused(CANCELED, *reasons)]
    with pytest.raises(failure):
        write(table, put(ORDER, version=1), put(FIRST, version=1), cause_id="req_1")
    assert len(client.calls) == 1


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("ValidationException", ()),
        ("AccessDeniedException", ()),
        ("ResourceNotFoundException", ()),
        (CANCELED, ("None", "ValidationError")),
        (CANCELED, ("None", "ItemCollectionSizeLimitExceeded")),
    ],
)
def test_a_mistake_of_ours_is_not_tried_again(
    client: FaultyClient, table: Table, code: str, reasons: tuple[str, ...]
) -> None:
    client.faults = [refused(code, *reasons)]
    with pytest.raises(ClientError):
        write(table, put(ORDER, version=1), cause_id="req_1")
    assert len(client.calls) == 1


@pytest.mark.parametrize("code", ["InternalServerError", "TransactionInProgressException"])
def test_a_commit_whose_answer_was_lost_is_no_duplicate_of_itself(
    client: FaultyClient, table: Table, code: str
) -> None:
    client.faults = [answer_lost(code)]
    write(table, put(ORDER, version=1), cause_id="req_1")
    write(table, put(ORDER, seen=1, version=2), cause_id="req_2")
    assert len(client.calls) == 3


def test_the_same_commit_made_twice_is_two_commits(client: FaultyClient, table: Table) -> None:
    write(table, put(ORDER, version=1), cause_id="req_1")
    with pytest.raises(AlreadyHandled):
        write(table, put(ORDER, version=1), cause_id="req_1")
    tokens = [request["ClientRequestToken"] for request in client.calls]
    assert tokens[0] != tokens[1]


def test_a_row_alone_whose_answer_was_lost_is_told_as_stale(
    client: FaultyClient, table: Table
) -> None:
    """A single write has no token: it is read again, and found to be as it should be."""
    client.faults = [answer_lost("InternalServerError")]
    with pytest.raises(StaleRow):
        write(table, put(ORDER, version=1))
    assert table.get(ORDER) == {"pk": "ORDER#ord_1", "sk": "STATE", "version": 1}


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_a_read_that_is_refused_for_load_says_so(
    client: FaultyClient, table: Table, code: str
) -> None:
    client.faults = [refused(code)]
    with pytest.raises(StoreBusy, match=code):
        table.get(ORDER)


def test_a_database_that_does_not_answer_is_busy(account: Account) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    table = Table(
        name=MAIN,
        client=account.session.client(
            "dynamodb", endpoint_url=f"http://127.0.0.1:{port}", config=CLIENT_CONFIG
        ),
    )
    for call in (
        lambda: table.get(ORDER),
        lambda: list(table.partition("ORDER#ord_1")),
        lambda: list(table.scan(sk="STATE")),
        lambda: write(table, put(ORDER, version=1)),
        lambda: write(table, put(ORDER, version=1), cause_id="req_1"),
    ):
        with pytest.raises(StoreBusy, match="the database does not answer"):
            call()
