"""A dispute is fought in the simulated world, and the auditor knows what the provider has heard."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulation.audit import audit, evidence_of, findings
from tests.simulation.crashes import lived
from tests.simulation.evidence import Evidence
from tests.simulation.upsets import life_called
from tests.simulation.world import World


def _fought() -> tuple[Evidence, dict[str, Any]]:
    evidence = evidence_of(lived(life_called("a dispute is fought")))
    (payment,) = evidence.payments.values()
    (given,) = payment["disputes"][0]["evidence"]
    return evidence, given


def test_of_three_pieces_the_one_in_time_is_taken_once() -> None:
    evidence, given = _fought()
    assert given["status"] == "submitted"
    assert evidence.heard == {"dp_1": [f"evidence:{given['evidence_id']}"]}
    assert findings(evidence) == []


def _taken_twice(evidence: Evidence, given: dict[str, Any]) -> None:
    evidence.heard["dp_1"].append(f"evidence:{given['evidence_id']}")


def _never_taken(evidence: Evidence, given: dict[str, Any]) -> None:
    del given
    evidence.heard.clear()


def _said_to_be_refused(evidence: Evidence, given: dict[str, Any]) -> None:
    del evidence
    given["status"] = "refused"


def _left_unknown(evidence: Evidence, given: dict[str, Any]) -> None:
    del evidence
    given["status"] = "given"


def _of_nobody(evidence: Evidence, given: dict[str, Any]) -> None:
    del given
    evidence.heard["dp_1"].append("evidence:req_another")


@pytest.mark.parametrize(
    "corrupt", [_taken_twice, _never_taken, _said_to_be_refused, _left_unknown, _of_nobody]
)
def test_evidence_that_is_not_as_it_is_told_is_found(
    corrupt: Callable[[Evidence, dict[str, Any]], None],
) -> None:
    evidence, given = _fought()
    corrupt(evidence, given)
    assert {finding.rule for finding in findings(evidence)} == {"provider = payments"}


def test_evidence_is_not_left_unknown_when_our_credentials_are_refused_behind_a_silence() -> None:
    """Somebody mends them and asks the same again: nobody else would ever ask what became of it."""
    life, refused = life_called("a dispute is fought"), 0
    for seed in range(30):
        lines: list[str] = []
        world = World(seed, lives=[life], rates={"provider_refuses_us": 0.3})
        world.on_line = lines.append
        world.run()
        assert audit(world) == [], seed
        answers = [line.split()[-1] for line in lines if "/evidence 50" in line]
        refused += "outcome_unknown provider_refuses_us" in " ".join(answers)
    assert refused >= 3


def test_a_payment_said_to_be_overdrawn_is_found_where_nothing_was_undone() -> None:
    evidence = evidence_of(lived(life_called("dispute lost")))
    assert findings(evidence) == []
    opened = next(row for row in evidence.outbox if row["Type"] == "DisputeOpened")
    opened["Type"] = "PaymentOverdrawn"
    assert {finding.rule for finding in findings(evidence)} == {"unexpected", "X6"}
