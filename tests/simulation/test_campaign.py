"""What a campaign adds up, and what is left of one that is interrupted."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.audit import CHECKS
from tests.simulation.audit_bank import BANK_CHECKS
from tests.simulation.audit_reconciliation import RECONCILIATION_CHECKS
from tests.simulation.campaign import Task, campaign, tasks
from tests.simulation.evidence import Finding
from tests.simulation.run import Outcome
from tests.simulation.tally import MEANINGS, Part, Tally, report, show

NO_PAIRS = {"workflows": 0, "upsets": 0, "stories": 0}
ASKED = {"seeds": 3, "payments": 10, "every_place": 1}


def test_a_campaign_adds_up_what_its_tasks_bring() -> None:
    seeds = list(tasks(seeds=3, payments=10, every_pair=NO_PAIRS, every_place=1))[:3]
    tally = campaign(seeds, processes=2)
    assert (tally.parts, tally.of, tally.seeds, tally.payments) == (3, 3, 3, 10)
    assert tally.failures == []
    assert tally.faults["message_doubled"] > 0
    assert tally.cost == tally.cost_of
    assert tally.seconds["seeds"] > 0


def test_crash_points_and_pairs_are_told_beside_all_that_there_are() -> None:
    """Of a twenty-fourth of the crash points of each first task, and one of 40 pairs there."""
    every = {"workflows": 40, "upsets": 40, "stories": 0}
    kinds = list(tasks(seeds=0, payments=0, every_pair=every, every_place=9))
    tally = campaign([kinds[0], kinds[-1]], processes=1)
    wanted = {"every_place": 9, **{f"every_pair_of_{kind}": n for kind, n in every.items()}}
    figures = report(tally, asked=wanted, seconds=1.0)
    workflows, stories = (figures["crashes"][kind] for kind in ("workflows", "stories"))
    assert 5 < workflows["crash_points"] < 40
    assert 0 < workflows["pairs"] < workflows["pairs_in_all"] / 20
    assert stories["pairs"] == 0 < stories["pairs_in_all"]
    assert figures["pairs_in_all"] == workflows["pairs_in_all"] + stories["pairs_in_all"]
    said = shown(figures)
    assert f"of {workflows['pairs_in_all']:,} pairs that begin there (one of 40)" in said
    assert f"stories: {stories['crash_points']} crash points (one of 9), 0 of " in said


def test_a_fault_that_never_struck_is_told() -> None:
    tally = Tally(of=1)
    tally.add(Part(outcome=outcome_with()))
    figures = report(tally, asked=ASKED, seconds=1.0)
    assert figures["faults"]["message_poisoned"] == 0
    assert figures["asked"] == ASKED


def test_an_interrupted_campaign_tells_what_came_to_its_end() -> None:
    brings = partial(Part, outcome=outcome_with())
    tally = campaign([task(brings), task(brings), task(interrupts)], processes=1)
    assert (tally.parts, tally.of, tally.payments) == (2, 3, 8)
    assert report(tally, asked=ASKED, seconds=1.0)["parts"] == "2 of 3"


def test_a_task_that_breaks_is_a_failure_told_at_once_and_the_others_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    brings = partial(Part, outcome=outcome_with())
    tally = campaign([task(breaks), task(brings)], processes=1)
    assert capsys.readouterr().out == "a task broke: ZeroDivisionError('of a test')\n"
    assert (tally.parts, tally.of, tally.payments) == (1, 2, 4)
    assert tally.failures == ["a task broke: ZeroDivisionError('of a test')"]
    assert report(tally, asked=ASKED, seconds=1.0)["stuck"] == 1


def test_findings_are_told_by_what_they_mean_for_money() -> None:
    tally = Tally(of=2)
    rules = ("P4", "L1", "liveness", "provider = ledger", "X1", "L4")
    tally.add(Part(outcome=outcome_with(*rules)))
    tally.add(Part(outcome=outcome_with("P5")))
    told = report(tally, asked=ASKED, seconds=1.0)
    assert [told[each] for each in MEANINGS] == [1, 2, 1, 1, 2]
    assert shown(told).splitlines()[-1] == ("1 lost, 2 doubled, 1 unbalanced, 1 corrupted, 2 stuck")
    assert [text.partition("\n")[0] for text in told["failures"]] == [
        "python -m tests.simulation replay --seed 7 --payments 4"
    ] * 2


def test_every_rule_that_the_auditor_can_name_means_one_thing() -> None:
    classes = Counter(rule for rules in MEANINGS.values() for rule in rules)
    assert set(classes.values()) == {1}
    assert set(classes) == set(rules_of_the_auditor()) | {*CHECKS, *BANK_CHECKS} | {
        *RECONCILIATION_CHECKS
    }


def rules_of_the_auditor() -> Iterator[str]:
    """What stands in its sources as a rule: a letter and a number, or the name of a finding."""
    here = Path(__file__).parent
    names = ("crashes", "run", "settling", "stories", "tally", "reconciled")
    paths = [here / f"{name}.py" for name in names if name != "tally"]
    for path in (*paths, *here.glob("audit*.py"), *here.glob("watch*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and re.fullmatch("[A-Z][0-9]", str(node.value)):
                yield str(node.value)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Finding", "self._find"}:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def shown(figures: dict[str, Any]) -> str:
    lines: list[str] = []
    show(figures, lines.append)
    return "\n".join(lines)


def task(run: Callable[[], Part]) -> Task:
    return Task(run=run, cost=1.0)


def outcome_with(*rules: str) -> Outcome:
    return Outcome(
        seed=7,
        payments=4,
        how=("--seed", "7", "--payments", "4"),
        trace_hash="",
        findings=tuple(Finding(rule, "of a test") for rule in rules),
        faults=Counter(),
        simulated_milliseconds=1,
    )


def interrupts() -> Part:
    raise KeyboardInterrupt


def breaks() -> Part:
    raise ZeroDivisionError("of a test")
