"""What the pages, locks and settings say is so: each is compared with the files."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/runbooks/{p.name}" for p in sorted((ROOT / "docs/runbooks").glob("*.md"))),
]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))

LINES_PER_PAGE_MAX = 60
WORDS_PER_PAGE_MAX = 450
SECTIONS = ["Status", "Context", "Decision", "Rejected", "Consequences"]
COMMAND_SECONDS_MAX = 30

MACHINE_PATH = re.compile(r"(?<![\w.$}~-])/(?:home|root|Users|work)/[\w.]")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b")
CODE = {".bash", ".js", ".json", ".py", ".sh", ".toml", ".yaml", ".yml"}


def run(*command: str) -> str:
    ran = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX
    )
    return ran.stdout


def tracked_texts() -> dict[str, str]:
    """Every tracked file that is text, by its path."""
    texts = {}
    for name in run("git", "ls-files", "-z").split("\0"):
        path = ROOT / name
        if name and path.is_file():
            data = path.read_bytes()
            if b"\0" not in data:
                texts[name] = data.decode("utf-8")
    return texts


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    found = [name for name, text in tracked_texts().items() if MACHINE_PATH.search(text)]
    assert found == [], "say it relative to the repository, or take it from the environment"


def test_what_is_deployed_names_no_local_cloud() -> None:
    """It knows the stage and AWS_ENDPOINT_URL: which cloud it runs on makes no difference."""
    deployed = re.compile(r"^(?:functions|infra|layers)/")
    local = re.compile(r"localstack|ministack|moto\b|apphost", re.IGNORECASE)
    texts = {name: text for name, text in tracked_texts().items() if deployed.match(name)}
    assert len(texts) > 100
    assert [name for name, text in texts.items() if local.search(text)] == []


def test_no_lock_or_setting_names_a_registry() -> None:
    """A lock with hosts in it works on the network it was made on, and on no other."""
    names = ["package-lock.json", "package.json", ".npmrc", "Makefile", ".ci/run", "pyproject.toml"]
    names += [f"requirements/{path.name}" for path in (ROOT / "requirements").iterdir()]
    resolved = re.compile(
        r'"resolved": "http|--(?:extra-)?index-url|^registry=|(?:pypi|npmjs)\.', re.M
    )
    found = [name for name in names if resolved.search((ROOT / name).read_text())]
    assert found == [], "make lock writes no host; .npmrc keeps them out of package-lock.json"


def test_no_code_is_left_unfinished() -> None:
    found = [
        name
        for name, text in tracked_texts().items()
        if Path(name).suffix in CODE and "golden" not in name and UNFINISHED.search(text)
    ]
    assert found == [], "finish it, or take it out"


def test_the_locks_hold_what_pyproject_asks_for() -> None:
    """Exact versions only: `make lock-check` resolves again and finds the rest."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    for lock, asked in {
        "runtime": ["runtime"],
        "cloud": ["cloud"],
        "localstack": ["localstack"],
        "dev": ["runtime", "infra", "local", "dev"],
    }.items():
        text = (ROOT / "requirements" / f"{lock}.txt").read_text()
        locked = set(re.findall(r"^([a-z0-9-]+==[^\s;]+)", text, re.MULTILINE))
        names = {requirement.split("==")[0] for requirement in locked}
        for requirement in (r for group in asked for r in groups[group] if isinstance(r, str)):
            name = re.split(r"[\[=<>~ ]", requirement, maxsplit=1)[0].lower()
            assert name in names, f"{name} is not in requirements/{lock}.txt: run make lock"
            if exact := re.fullmatch(r"[\w-]+(?:\[[^\]]*\])?==([\w.]*\w)", requirement):
                assert f"{name}=={exact[1]}" in locked, f"requirements/{lock}.txt: run make lock"
        assert text.count("==") <= text.count("--hash=sha256:")


def test_help_lists_every_target() -> None:
    listed = set(re.findall(r"^  make ([a-z0-9-]+) +\S", run("make", "help"), re.MULTILINE))
    assert listed == make_targets()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_only_commands_that_exist(page: str) -> None:
    text = (ROOT / page).read_text()
    commands = set(re.findall(r"(?:^|`|\s)make ([a-z][a-z0-9-]*)", text, re.MULTILINE))
    modules = set(re.findall(r"python -m ([a-z_.]+)", text))
    assert commands <= make_targets()
    missing = [m for m in modules if not (ROOT / m.replace(".", "/")).exists() and m != "json.tool"]
    assert missing == []


@pytest.mark.parametrize(
    "page", [*PAGES, "CHANGELOG.md", *(f"docs/adr/{p.name}" for p in DECISIONS)]
)
def test_a_page_links_only_to_what_is_there(page: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / page).read_text())
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_under_a_page_and_says_what_was_rejected(decision: Path) -> None:
    text = decision.read_text()
    assert re.match(rf"# {int(decision.name[:4])}\. \S", text), "title: `# 7. What was decided`"
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    assert all(body.strip() for body in re.split(r"^## .+$", text, flags=re.MULTILINE)[1:])
    assert len(text.splitlines()) <= LINES_PER_PAGE_MAX
    assert len(text.split()) <= WORDS_PER_PAGE_MAX


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_changelog_is_kept() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)
    assert re.search(r"^### Safety$", text, re.MULTILINE), "say what protects or endangers money"
