"""`make conformance`: ask both local clouds, and write down how they differ from AWS.

A run that does not end as expected writes nothing.
"""

import importlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from apphost.capabilities import LACKING, MEANINGS, Capability
from apphost.state_directory import LOCAL
from apphost.targets import EMBEDDED, LOCALSTACK
from tests.target import LACKS, VARIABLE

ROOT = Path(__file__).parents[2]
FOLDER = "tests/conformance"
DOCUMENT = ROOT / "docs" / "conformance.md"
TITLES = {EMBEDDED: "embedded cloud", LOCALSTACK: "LocalStack"}
HEAD = f"""\
# The local clouds beside AWS

Written by `make conformance` after it has asked both local clouds what `{FOLDER}` asks. A test says
what AWS documents. Where a cloud differs, the test has to fail there: the run ends red as soon as a
difference is gone, or a new one has come.
"""
DIFFERENCES = (
    "| on AWS | documented | embedded cloud | LocalStack | what it means for us |",
    "| --- | --- | --- | --- | --- |",
)
AREAS = ("| asked about | embedded cloud | LocalStack |", "| --- | --- | --- |")


@dataclass(frozen=True, slots=True)
class Run:
    """Of one target: tests by module, and tests that failed for want of a capability."""

    asked: Counter[str]
    held: Counter[str]
    lacked: Counter[Capability]


def main() -> int:
    runs: dict[str, Run] = {}
    for target in TITLES:
        report = LOCAL / f"conformance-{target}.xml"
        tests = [sys.executable, "-m", "pytest", FOLDER, "-rx", f"--junit-xml={report}"]
        env = {**os.environ, VARIABLE: target}
        if code := subprocess.run(tests, cwd=ROOT, env=env, check=False).returncode:
            return code
        runs[target] = read(report)
    DOCUMENT.write_text(rendered(runs))
    return 0


def read(report: Path) -> Run:
    cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314  written a moment ago
    return Run(
        asked=Counter(map(_module, cases)),
        held=Counter(_module(case) for case in cases if case.find("skipped") is None),
        lacked=Counter(
            Capability[found.attrib["value"]]
            for case in cases
            for found in case.iter("property")
            if found.attrib["name"] == LACKS
        ),
    )


def rendered(runs: Mapping[str, Run]) -> str:
    totals = [
        f"- {TITLES[target]}: {run.held.total()} of {run.asked.total()} tests as on AWS,"
        f" {run.lacked.total()} not, for want of {len(run.lacked)} things"
        for target, run in runs.items()
    ]
    lacked = {target: run.lacked for target, run in runs.items()}
    return "\n".join(
        [
            HEAD,
            "When it was last written:\n",
            *totals,
            "\n## Where they differ\n",
            *DIFFERENCES,
            *differences(lacked),
            "\n## What was asked\n",
            "Tests as on AWS, of all that were asked. What is said about the embedded cloud itself,"
            " its mends and its processes, is not asked of LocalStack.\n",
            *AREAS,
            *_areas(runs),
            "",
        ]
    )


def differences(tests: Mapping[str, Mapping[Capability, int]]) -> Sequence[str]:
    """A row for each capability that one of them lacks; `tests` counts what shows it."""
    return [
        f"| {capability} | [yes]({MEANINGS[capability].source})"
        f" | {_answer(EMBEDDED, capability, tests)} | {_answer(LOCALSTACK, capability, tests)}"
        f" | {MEANINGS[capability].for_us} |"
        for capability in Capability
    ]


def _answer(
    target: str, capability: Capability, tests: Mapping[str, Mapping[Capability, int]]
) -> str:
    if capability not in LACKING[target]:
        return "yes"
    count = tests[target][capability]
    return f"no: {LACKING[target][capability]} ({count} test{'s' * (count != 1)})"


def _areas(runs: Mapping[str, Run]) -> Iterable[str]:
    for module in sorted(runs[EMBEDDED].asked):
        about = (importlib.import_module(module).__doc__ or "").partition("\n")[0].rstrip(".")
        cells = [
            f"{run.held[module]} of {run.asked[module]}" if run.asked[module] else "not asked"
            for run in runs.values()
        ]
        yield f"| {about} | {' | '.join(cells)} |"


def _module(case: ElementTree.Element) -> str:
    return case.attrib["classname"]


if __name__ == "__main__":
    sys.exit(main())
