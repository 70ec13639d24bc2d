"""On a real table and a locked bucket: a seal stays, and the books are made again from it."""

from datetime import timedelta
from typing import Any

from accounting.application.fold import fold
from accounting.application.prove import parts_of, prove
from accounting.application.rebuild import rebuild
from accounting.application.seal import seal_days
from accounting.domain.chain import LANES
from accounting.domain.seals import read_seal
from accounting.infrastructure.dynamodb_attested import DynamoDbAttested
from accounting.infrastructure.dynamodb_folds import DynamoDbFolds
from accounting.infrastructure.dynamodb_journal import DynamoDbJournal
from accounting.infrastructure.vault import Vault
from shared.moments import timestamp
from tests.cloud import Account, open_account
from tests.doubles.ledger import START, captured
from tests.integration.accounting.conftest import bucket_of
from tests.integration.accounting.test_ledger import hear
from tests.integration.tables import create_main_table

NEXT = START + timedelta(days=1)
DAY = START.date().isoformat()


def sealed(journal: DynamoDbJournal, folds: DynamoDbFolds, vault: Vault) -> None:
    for number in range(30):
        hear(journal, captured(100, payment=f"pay_{number}"), f"m{number}")
        if number % 7 == 6:
            fold(list(journal.rows()), folds=folds, now=START)
    assert seal_days(
        journal=journal, folds=folds, seals=vault, now=NEXT, timestamp=timestamp(NEXT)
    ) == [DAY]


def test_the_books_made_again_have_the_same_chains_and_fit_the_same_seals(
    cloud_url: str, journal: DynamoDbJournal, folds: DynamoDbFolds, vault: Vault
) -> None:
    sealed(journal, folds, vault)
    table = create_main_table(open_account(cloud_url).client("dynamodb"))
    again, chains = DynamoDbJournal(table), DynamoDbFolds(table)
    document = vault.find(DAY)
    assert document is not None
    days = [(read_seal(document.document), parts_of(DAY, vault))]
    assert rebuild(days, table=again, folds=chains, now=NEXT) == 30
    assert [chains.lane(lane).head for lane in range(LANES)] == [
        folds.lane(lane).head for lane in range(LANES)
    ]
    attested = DynamoDbAttested(table)
    proof = prove(journal=again, folds=chains, seals=vault, attested=attested, now=NEXT)
    assert (proof.entries, proof.days, proof.breaches) == (30, 1, ())


def test_what_somebody_lays_over_a_seal_is_not_read(
    account: Account, journal: DynamoDbJournal, folds: DynamoDbFolds, vault: Vault
) -> None:
    sealed(journal, folds, vault)
    before = vault.find(DAY)
    s3: Any = account.client("s3")
    s3.put_object(
        Bucket=bucket_of(account),
        Key=f"seals/{DAY}.json",
        Body=b'{"document": "", "signature": ""}',
    )
    s3.put_object(Bucket=bucket_of(account), Key=f"exports/{DAY}/000000.csv", Body=b"nothing")
    assert vault.find(DAY) == before
    assert (vault.part(DAY, 0) or "").count("\n") == 31
    s3.delete_object(Bucket=bucket_of(account), Key=f"seals/{DAY}.json")
    assert vault.days() == [DAY]
    assert vault.find(DAY) == before
