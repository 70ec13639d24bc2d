"""The ledger against a real table, a locked bucket and a signing key."""

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from accounting.application.balance import current, folded, including
from accounting.application.by_hand import submit
from accounting.application.effective import effective_until
from accounting.application.fold import fold
from accounting.application.prove import prove
from accounting.application.reactions import react
from accounting.application.seal import seal_days
from accounting.domain.chain import LANES
from accounting.domain.chart_of_accounts import BANK, CUSTOMER_CREDIT, REVENUE
from accounting.domain.errors import EntryDiffers, LimitExceeded
from accounting.domain.journal import Authorship, Person, credit, debit
from accounting.domain.manual import Draft
from accounting.infrastructure.dynamodb_attested import DynamoDbAttested
from accounting.infrastructure.dynamodb_folds import DynamoDbFolds
from accounting.infrastructure.dynamodb_journal import DynamoDbJournal
from accounting.infrastructure.vault import Vault
from client.signature import signed_by
from shared.contracts.envelope import Cause, Envelope, Event
from shared.errors.taxonomy import AlreadyHandled, StaleRow, StoreBusy
from shared.moments import timestamp
from tests.cloud import Account
from tests.doubles.ledger import START, authorized, captured, eur
from tests.integration.accounting.conftest import bucket_of

TRACE = "00-000cbe9ed81b71bc63a27d6167d147b3-587862398c3b3480-01"
BY = Authorship(actor=Person("operator", "ann"), reason="a test")


def cause(id_: str) -> Cause:
    return Cause(id=id_, correlation_id="cor_1", traceparent=TRACE, now=START)


def hear(journal: DynamoDbJournal, event: Event, message_id: str) -> None:
    envelope = Envelope(
        id=message_id,
        source="quittance.payments",
        subject="pay",
        time=START,
        sequence=1,
        correlation_id="cor_1",
        causation_id="m0",
        traceparent=TRACE,
        data=event,
    )
    attested = DynamoDbAttested(journal._table)
    react(envelope, cause(message_id), journal=journal, attested=attested)  # type: ignore[arg-type]


def test_a_fact_is_one_item_written_once(journal: DynamoDbJournal) -> None:
    hear(journal, captured(), "m1")
    with pytest.raises(AlreadyHandled):
        hear(journal, captured(), "m1")
    with pytest.raises(EntryDiffers):
        hear(journal, captured(1), "m1")
    (entry,) = journal.entries()
    assert entry.amount == eur(3998)


def test_entries_are_found_by_payment_and_by_order(journal: DynamoDbJournal) -> None:
    hear(journal, authorized(), "m1")
    hear(journal, captured(), "m2")
    hear(journal, captured(payment="pay_2"), "m3")
    by_payment = [each.entry.fact for each in journal.of_payment("pay_1")]
    by_order = [each.entry.fact for each in journal.of_order("ord_pay_1")]
    assert sorted(by_payment) == sorted(by_order) == ["PaymentAuthorized", "PaymentCaptured"]


def test_workers_that_fold_the_same_batch_at_once_count_it_once(
    journal: DynamoDbJournal, folds: DynamoDbFolds
) -> None:
    for number in range(30):
        hear(journal, captured(100, payment=f"pay_{number}"), f"m{number}")
    rows = list(journal.rows())

    def work(start: int) -> None:
        for _ in range(20):
            try:
                fold(rows[start:] + rows[:start], folds=folds, now=START)
            except (StaleRow, StoreBusy):
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    standing = folded(folds=folds)
    assert standing.point.entries == 30
    assert standing.sums == current(journal=journal).sums
    assert standing.sums.balance("1100", "EUR").balance.minor == 3000
    assert sum(folds.lane(lane).head.height for lane in range(LANES)) == 30


def test_a_limit_holds_when_two_spend_at_the_same_time(journal: DynamoDbJournal) -> None:
    give = Draft(
        description="Credit",
        postings=(debit(BANK, eur(100)), credit(CUSTOMER_CREDIT, eur(100))),
        effective_at=START,
    )
    submit([give], BY, journal=journal, cause=cause("req_0"))
    spend = replace(give, postings=(debit(CUSTOMER_CREDIT, eur(60)), credit(REVENUE, eur(60))))

    def attempt(number: int) -> bool:
        try:
            submit([spend], BY, journal=journal, cause=cause(f"req_{number}"))
        except LimitExceeded:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, (1, 2))) == [False, True]
    assert current(journal=journal).sums.balance("2120", "EUR").balance.minor == 40


def test_a_seal_is_signed_locked_and_written_once(
    account: Account, journal: DynamoDbJournal, folds: DynamoDbFolds, vault: Vault
) -> None:
    for number in range(5):
        hear(journal, captured(100, payment=f"pay_{number}"), f"m{number}")
    tomorrow = START + timedelta(days=1)
    for _ in range(2):
        seal_days(
            journal=journal,
            folds=folds,
            seals=vault,
            now=tomorrow,
            timestamp=timestamp(tomorrow),
        )
    assert vault.days() == ["2026-01-02"]
    sealed = vault.find("2026-01-02")
    assert sealed is not None
    assert vault.holds(sealed)
    assert not vault.holds(replace(sealed, document=sealed.document + " "))
    key = base64.b64decode(vault.public_key())
    signature = base64.b64decode(sealed.signature)
    assert signed_by(key, sealed.document.encode(), signature)
    assert not signed_by(key, b"another document", signature)
    s3 = account.client("s3")
    versions = s3.list_object_versions(Bucket=bucket_of(account))["Versions"]
    assert sorted(each["Key"] for each in versions) == [
        "exports/2026-01-02/000000.csv",
        "seals/2026-01-02.json",
    ]
    with pytest.raises(ClientError):
        s3.delete_object(
            Bucket=bucket_of(account), Key=versions[0]["Key"], VersionId=versions[0]["VersionId"]
        )
    attested = DynamoDbAttested(journal._table)
    proof = prove(journal=journal, folds=folds, seals=vault, attested=attested, now=tomorrow)
    assert (proof.entries, proof.days, proof.breaches) == (5, 1, ())


def test_what_had_happened_by_a_moment_is_read_beside_a_fold_that_moves(
    journal: DynamoDbJournal, folds: DynamoDbFolds
) -> None:
    for number in range(30):
        hear(journal, captured(100, payment=f"pay_{number}"), f"m{number}")
    fold(journal.rows(), folds=folds, now=START)
    end = START.replace(hour=23, minute=59, second=59, microsecond=999_999)
    hear(journal, captured(7, payment="pay_new"), "new")
    new = next(each.entry_id for each in journal.entries() if each.payment_id == "pay_new")
    for moment, expected in ((START - timedelta(seconds=1), 0), (START, 3000), (end, 3000)):
        standing = effective_until(moment, folds=folds, journal=journal)
        assert standing.sums.balance("1100", "EUR").balance.minor == expected
    known = including([new], folds=folds, journal=journal)
    assert (known.point.entries, known.sums.balance("1100", "EUR").balance.minor) == (31, 3007)
