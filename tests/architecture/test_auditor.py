"""The simulator's auditor is independent: it imports nothing of what it judges."""

import ast
from pathlib import Path
from typing import Final

ROOM: Final = Path(__file__).parents[1] / "simulation"
SERVICES: Final = frozenset({"orders", "payments", "accounting", "shared"})
GIVERS: Final = {
    "acquirer": "the provider, whose operations are the truth",
    "reconciled": "the world that evidence is taken out of",
    "reports": "the lines that the provider has written",
    "settled_books": "sums of the books, by the auditor's own hand",
    "settled_truth": "what follows from the reports that were written",
    "settlement": "what the provider has settled",
    "settling": "what the provider has settled when all was over",
    "statements": "what the bank has booked and written",
    "world": "the world that evidence is taken out of",
}
"""What an auditor may look at besides its like, and what for."""


def auditors() -> list[Path]:
    found = [ROOM / "evidence.py", *ROOM.glob("audit*.py"), *ROOM.glob("watch*.py")]
    return sorted({*found, ROOM / "settled_books.py"})


def imported(text: str) -> set[str]:
    """The modules that a text imports, with what it takes out of packages as modules of theirs."""
    modules = set[str]()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            modules |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "tests.simulation":
            modules |= {f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(str(node.module))
    return modules


def strangers(text: str) -> set[str]:
    own = {path.stem for path in auditors()} | set(GIVERS)
    return {
        module
        for module in imported(text)
        if module.partition(".")[0] in SERVICES
        or (module.startswith("tests.") and module.removeprefix("tests.simulation.") not in own)
    }


def test_no_auditor_knows_the_code_that_it_judges() -> None:
    found = {path.name: strangers(path.read_text()) for path in auditors()}
    assert {name: modules for name, modules in found.items() if modules} == {}
    assert len(found) > 14


def test_an_auditor_that_asks_the_platform_is_found() -> None:
    text = (
        "import shared.money\nfrom payments.domain import states\nfrom tests.doubles import ledger"
    )
    assert strangers(text) == {"shared.money", "payments.domain", "tests.doubles"}
