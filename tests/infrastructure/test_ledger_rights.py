"""Who may write what of the ledger, and how long whoever books may take."""

from __future__ import annotations

import pytest

from accounting.application.by_hand import CLOSES_AFTER
from tests.infrastructure.synthesis import Assemblies, actions

CHAINS = {"FOLD#*", "CHAIN#*", "KEPT#*", "MOVED#*"}
WRITING = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}


@pytest.mark.parametrize(
    ("entry", "forbidden"),
    [
        ("http", CHAINS),
        ("events", CHAINS),
        ("schedule", CHAINS),
        ("reconcile", CHAINS),
        ("nightly", CHAINS | {"ENTRY#*"}),
        ("fold", {"ENTRY#*"}),
        ("proof", {"ENTRY#*"}),
        ("rebuild", set()),
    ],
)
def test_who_books_writes_no_chain_and_who_chains_writes_no_entry(
    assemblies: Assemblies, entry: str, forbidden: set[str]
) -> None:
    template = assemblies.template("prod", "Accounting")
    told: set[str] = set()
    for statement in template.denials_of(f"accounting.api.{entry}.handler"):
        assert set(actions(statement)) == WRITING
        told.update(statement["Condition"]["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"])
    assert told == forbidden


@pytest.mark.parametrize("entry", ["http", "events", "schedule", "reconcile"])
def test_nobody_who_books_takes_longer_than_a_period_takes_to_close(
    assemblies: Assemblies, entry: str
) -> None:
    """The closed periods are read once, before: a close counts when no such run is left."""
    for stage in ("local", "dev", "prod"):
        functions = assemblies.template(stage, "Accounting").resources("AWS::Lambda::Function")
        (timeout,) = (
            each["Timeout"]
            for each in functions.values()
            if each["Handler"] == f"accounting.api.{entry}.handler"
        )
        assert timeout < CLOSES_AFTER.total_seconds()
