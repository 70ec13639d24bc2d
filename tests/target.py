"""The local cloud that the tests run on, and what it lacks of what they ask for."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from apphost.capabilities import LACKING, Capability
from apphost.targets import EMBEDDED, TARGETS

VARIABLE = "QUITTANCE_TEST_TARGET"
LACKS = "lacks"


def chosen() -> str:
    """A name of TARGETS."""
    name = os.environ.get(VARIABLE, EMBEDDED)
    if name not in TARGETS:
        raise pytest.UsageError(f"{VARIABLE} is {name!r}; it can be {' or '.join(TARGETS)}")
    return name


def expect_failures(items: Iterable[pytest.Item], target: str) -> None:
    """What the target lacks is tried all the same: once it works, the test fails and tells."""
    lacking = LACKING[target]
    for item in items:
        for needs in item.iter_markers("needs"):
            (capability,) = needs.args
            if capability in lacking:
                item.user_properties.append((LACKS, capability.name))
                reason = f"{capability.value}: {target}: {lacking[capability]}"
                item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


def failed_for_lack(reports: Iterable[Any]) -> Counter[Capability]:
    """Of these reports, how many tests failed for want of what."""
    return Counter(
        Capability[name]
        for report in reports
        for key, name in report.user_properties
        if key == LACKS
    )


def summary(target: str, failed: Counter[Capability]) -> Sequence[str]:
    """A headline, and a line for each capability."""
    return [
        f"{failed.total()} tests failed as expected: {target} cannot do what they ask for",
        *(f"  {count}: {needed} ({LACKING[target][needed]})" for needed, count in failed.items()),
    ]
