"""Whatever fails in a simulated world prints the command that makes it fail again."""

import runpy
import shlex
import sys
from collections.abc import Callable

import pytest

from tests.simulation import audit as auditor
from tests.simulation import audit_settlement, crashes, interruptions, stories
from tests.simulation.crashes import Killed
from tests.simulation.interruptions import Cut
from tests.simulation.lives import WORKFLOWS
from tests.simulation.run import reconcile, settle_up, simulate, upset
from tests.simulation.stories import STORIES, story_called
from tests.simulation.upsets import UPSETS, life_called

PLANTED = "found whatever happens"
APOSTROPHE = "a capture's withdrawal is told again"
STORY = "another fee"
FAILING: dict[str, Callable[[], object]] = {
    "a seed": lambda: simulate(7, 2),
    "a reconciled seed": lambda: reconcile(1),
    "all upsets": lambda: upset(1),
    "a settled seed": lambda: settle_up(2),
    "a settled seed, its reader killed": lambda: settle_up(2, 5),
    "a life, killed twice": lambda: crashes.killed(life_called(APOSTROPHE), 20, 60),
    "a story, killed once": lambda: stories.killed(story_called(STORY), 600),
    "an execution": lambda: "".join(interruptions.wrong("void", Cut("frozen", "", 3), "")),
    "a task": lambda: "".join(interruptions.wrong("void", Cut("killed", "", 90), "")),
}


@pytest.mark.parametrize("what", FAILING)
def test_the_command_that_is_printed_finds_the_same_again(
    what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(auditor.CHECKS, "unexpected", lambda _evidence: iter([PLANTED]))
    monkeypatch.setattr(audit_settlement, "_read_to_their_ends", lambda _evidence: iter([PLANTED]))
    printed, _, finding = str(FAILING[what]()).partition("\n")
    assert PLANTED in finding
    words = shlex.split(printed, comments=True)
    assert words[:3] == ["python", "-m", "tests.simulation"]
    monkeypatch.setattr(sys, "argv", words[2:])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("tests.simulation", run_name="__main__")
    assert ended.value.code == 1
    trace, found, _ = capsys.readouterr().out.partition(finding)
    assert found
    assert trace.count("\n") > 100


@pytest.mark.parametrize("name", [each.name for each in (*WORKFLOWS, *UPSETS, *STORIES)])
def test_a_shell_reads_every_name_in_a_command_as_it_is(name: str) -> None:
    printed = str(Killed(name, (1, 2), ())).partition("\n")[0]
    assert shlex.split(printed)[-5:] == ["--life", name, "--kill", "1", "2"]


@pytest.mark.parametrize(
    "wrong",
    [
        ("replay", "--life", "nobody's life"),
        ("replay", "--story", APOSTROPHE),
        ("replay", "--life", "void", "--story", STORY),
        ("replay", "--cut", "frozen", "1"),
        ("replay", "--life", "void", "--cut", "melted", "1"),
        ("replay", "--life", "void", "--cut", "frozen", "first"),
        ("replay", "--seed", "one"),
        ("run", "--seeds", "-1"),
        ("run", "--every-pair", "half"),
        ("run", "--every-place", "0"),
    ],
)
def test_what_there_is_not_is_said_so(
    wrong: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tests.simulation", *wrong])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("tests.simulation", run_name="__main__")
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err
