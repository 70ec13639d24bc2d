"""Every file keeps the house rules, and the rules find what they are meant to find."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.rules import Source, findings

ROOT = Path(__file__).parents[2]
ROOMS = ("functions", "layers", "infra", "apphost", "sandbox", "client", "bench", "tests")
DOMAIN = "functions/orders/domain/a.py"
APPLICATION = "functions/orders/application/a.py"
INFRASTRUCTURE = "functions/orders/infrastructure/a.py"
API = "functions/orders/api/a.py"
SHARED = "layers/shared/python/shared"
TRY = "try:\n    f()\n"


def sources(room: str) -> list[Source]:
    paths = sorted((ROOT / room).rglob("*.py"))
    return [Source.read(path, root=ROOT) for path in paths if "__pycache__" not in path.parts]


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_of_the_room_is_tidy(room: str) -> None:
    found = [finding for source in sources(room) for finding in findings(source)]
    assert not found, "\n".join(["house rules broken:", *found])


@pytest.mark.parametrize("service", ["orders", "payments", "accounting"])
def test_the_rules_for_pure_code_reach_every_service(service: str) -> None:
    rooms = [source for source in sources("functions") if service in source.path.parts]
    pure = {source.path.parts[2] for source in rooms if source.is_pure}
    assert pure == {"domain", "application"}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (DOMAIN, "import os\n", "os is outside"),
        (DOMAIN, "from uuid import uuid4\n", "uuid is outside"),
        (DOMAIN, "x = datetime.now(UTC)\n", "now() reads a clock"),
        (DOMAIN, "x = float('1')\n", "a float loses cents"),
        (APPLICATION, "x = 1.5\n", "a float loses cents"),
        (APPLICATION, "x = total / 2\n", "`/` makes a float"),
        (APPLICATION, "print('paid')\n", "print() is an effect"),
        (f"{SHARED}/money.py", "x = 0.01\n", "a float loses cents"),
        (f"{SHARED}/contracts/orders.py", "import time\n", "time is outside"),
        ("infra/utils.py", "x = 1\n", "'utils' says nothing"),
        ("infra/common/a.py", "x = 1\n", "'common' says nothing"),
        ("infra/a.py", "x = 1\n", "open it with one sentence"),
        ("infra/a.py", '"""Stacks"""\n', "not a sentence"),
        ("infra/a.py", "x = 1\n" * 301, "301 lines"),
        ("infra/a.py", "def f():\n" + "    x = 1\n" * 50, "f has 51 lines"),
        (INFRASTRUCTURE, f"{TRY}except Exception:\n    g()\n", "catch what"),
        (DOMAIN, f"{TRY}except (OSError, Exception):\n    g()\n", "catch what"),
    ],
)
def test_a_broken_rule_is_found(path: str, text: str, expected: str) -> None:
    assert any(expected in finding for finding in findings(Source.parse(path, text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("functions/orders/domain/__init__.py", ""),
        (DOMAIN, '"""Halves a sum."""\nx = total // 2\n'),
        (API, '"""Reads the clock."""\nimport time\nx = time.time()\n'),
        (f"{SHARED}/contracts/codec.py", '"""Decodes."""\nimport time\n'),
        (API, f'"""Answers."""\n{TRY}except Exception:\n    g()\n'),
    ],
)
def test_a_kept_rule_is_left_alone(path: str, text: str) -> None:
    assert findings(Source.parse(path, text)) == []
