"""What a campaign adds up, and what is left of one that is interrupted."""

from collections import Counter
from functools import partial

from tests.simulation.campaign import Part, Tally, campaign, report, tasks
from tests.simulation.evidence import Finding
from tests.simulation.run import Outcome


def test_a_campaign_adds_up_what_its_tasks_bring() -> None:
    seeds = list(tasks(seeds=3, payments=10, every_pair=0, every_place=1))[-3:]
    tally = campaign(seeds, processes=2)
    assert (tally.parts, tally.of, tally.seeds, tally.payments) == (3, 3, 3, 10)
    assert tally.failures == []
    assert tally.faults["message_doubled"] > 0


def test_an_interrupted_campaign_tells_what_came_to_its_end() -> None:
    outcome = outcome_with()
    tally = campaign(
        [partial(Part, outcome=outcome), partial(Part, outcome=outcome), interrupts], processes=1
    )
    assert (tally.parts, tally.of, tally.payments) == (2, 3, 8)
    assert report(tally, seconds=1.0)["parts"] == "2 of 3"


def test_findings_are_told_by_what_they_mean_for_money() -> None:
    tally = Tally(of=2)
    rules = ("P4", "L1", "liveness", "provider = ledger", "X1")
    tally.add(Part(outcome=outcome_with(*rules)))
    tally.add(Part(outcome=outcome_with("P5")))
    told = report(tally, seconds=1.0)
    assert (told["doubled"], told["unbalanced"], told["stuck"], told["lost"]) == (1, 1, 2, 2)
    assert [text.partition("\n")[0] for text in told["failures"]] == [
        "python -m tests.simulation replay --seed 7 --payments 4"
    ] * 2


def outcome_with(*rules: str) -> Outcome:
    return Outcome(
        seed=7,
        payments=4,
        trace_hash="",
        findings=tuple(Finding(rule, "of a test") for rule in rules),
        faults=Counter(),
        simulated_milliseconds=1,
    )


def interrupts() -> Part:
    raise KeyboardInterrupt
