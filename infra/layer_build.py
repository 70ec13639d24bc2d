"""Builds what Lambda runs: locked wheels for one platform, pruned, compiled and zipped alike.

The same inputs give the same bytes: wheels come from the hashed lock, files are zipped in name
order with one date, and byte code is `unchecked-hash`, because a zip's dates would make ordinary
.pyc files stale inside Lambda. Results are kept under `build/`, each named by the digest of its
inputs, so a second run only looks.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "runtime.txt"
BUILD = ROOT / "build" / "packages"
PYTHON = "3.13"

# The AWS services the runtime may call. botocore describes 440, in 20 MB that every cold start
# would have to carry; endpoints.json knows two of them by other names.
AWS_SERVICES = frozenset(
    {"dynamodb", "events", "kms", "s3", "secretsmanager", "sqs", "stepfunctions", "sts"}
)
ENDPOINT_NAMES = AWS_SERVICES | {"states", "streams.dynamodb"}

# Never read at run time: installer records, scripts, tests, type stubs, boto3's resource layer,
# botocore's examples. METADATA stays: vulnerability scanners read it.
PRUNED = re.compile(
    r"\.dist-info/(?!METADATA$)|^bin/|^\.lock$|(^|/)tests?/|\.pyi$|/py\.typed$"
    r"|^boto3/(data|examples)/|/examples-1\.json$"
)

ZIP_DATE = (1980, 1, 1, 0, 0, 0)
UNUSED_FOR_SECONDS_MAX = 7 * 24 * 3600
INSTALL_TIMEOUT_SECONDS = 300
COMPILE_TIMEOUT_SECONDS = 120

type Package = tuple[Path, str]
"""A zip to deploy, and the digest of the inputs it was made from."""


def dependencies_layer(platform: str) -> Package:
    """The locked dependencies as a layer, for a uv platform name ("" is this machine's own)."""
    digest = _dependencies_digest(platform)
    return _kept(
        "dependencies-layer", digest, lambda to: write_zip(to, dependencies(platform), "python/")
    )


def shared_layer(package: Path) -> Package:
    """Our shared package, compiled, as a layer."""
    digest = _digest("python/", _sources_digest([package]))
    return _kept("shared-layer", digest, lambda to: _write_sources(to, [package], "python/"))


def sources_zip(package: Path) -> Package:
    """One of our packages, compiled, as a function's own code."""
    return _kept(
        package.name, _sources_digest([package]), lambda to: _write_sources(to, [package], "")
    )


def flat_zip(packages: Iterable[Path], platform: str) -> Package:
    """Packages and dependencies side by side, for a cloud that applies no layers."""
    packages = list(packages)
    digest = _digest(_dependencies_digest(platform), _sources_digest(packages))

    def write(to: Path) -> None:
        base, _ = _kept(
            "flat-base",
            _dependencies_digest(platform),
            lambda b: write_zip(b, dependencies(platform), ""),
        )
        shutil.copyfile(base, to)
        _write_sources(to, packages, "")

    return _kept("flat-" + "-".join(p.name for p in packages), digest, write)


def dependencies(platform: str) -> Path:
    """The folder of installed, pruned and compiled dependencies; built once a digest."""
    target = BUILD / "dependencies" / _dependencies_digest(platform)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            building = Path(scratch, "tree")
            install(building, platform)
            _move_into_place(building, target)
    os.utime(target)
    return target


def install(target: Path, platform: str) -> None:
    """Install the lock into `target`, take away what Lambda never reads, compile the rest."""
    command = [find_uv_bin(), "pip", "install", "--quiet", "--no-config", "--require-hashes"]
    command += ["--no-deps", "--no-compile", "--only-binary", ":all:", "--link-mode", "copy"]
    command += ["--python-version", PYTHON, *(["--python-platform", platform] if platform else [])]
    command += ["--target", str(target), "--requirements", str(LOCK)]
    subprocess.run(command, check=True, timeout=INSTALL_TIMEOUT_SECONDS)  # noqa: S603
    _trim_botocore(target / "botocore" / "data")
    for path in sorted(target.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif path.is_file() and PRUNED.search(path.relative_to(target).as_posix()):
            path.unlink()
    _compile(target)


def _trim_botocore(data: Path) -> None:
    for service in data.iterdir():
        if service.is_dir() and service.name not in AWS_SERVICES:
            shutil.rmtree(service)
    endpoints = data / "endpoints.json"
    document = json.loads(endpoints.read_text())
    for partition in document["partitions"]:
        services = partition["services"]
        partition["services"] = {n: services[n] for n in services if n in ENDPOINT_NAMES}
    endpoints.write_text(json.dumps(document, separators=(",", ":")))


def _compile(folder: Path) -> None:
    """Write byte code that is valid whatever the dates: without it a cold start costs thrice."""
    assert sys.version.startswith(f"{PYTHON}."), f"byte code must come from Python {PYTHON}"
    command = [sys.executable, "-m", "compileall", "-q", "-s", str(folder)]
    command += ["--invalidation-mode", "unchecked-hash", str(folder)]
    env = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run(command, check=True, env=env, timeout=COMPILE_TIMEOUT_SECONDS)  # noqa: S603


def write_zip(target: Path, folder: Path, prefix: str) -> None:
    """Add a folder's files to a zip in name order, with one date and one mode."""
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            entry = zipfile.ZipInfo(prefix + file.relative_to(folder).as_posix(), ZIP_DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)


def _write_sources(target: Path, packages: Iterable[Path], prefix: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for package in packages:
            for file in _source_files(package):
                copy = Path(scratch, file.relative_to(package.parent))
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
        _compile(Path(scratch))
        write_zip(target, Path(scratch), prefix)


def _kept(name: str, digest: str, write: Callable[[Path], None]) -> Package:
    """The zip of that name and digest, written now unless an earlier run left it."""
    BUILD.mkdir(parents=True, exist_ok=True)
    target = BUILD / f"{name}-{digest}.zip"
    if target.exists():
        os.utime(target)
        return target, digest
    with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
        building = Path(scratch, target.name)
        write(building)
        building.replace(target)
    _forget_unused()
    return target, digest


def _forget_unused() -> None:
    for old in (*BUILD.glob("*.zip"), *BUILD.glob("dependencies/*")):
        if time.time() - old.stat().st_mtime < UNUSED_FOR_SECONDS_MAX:
            continue
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()


def _move_into_place(built: Path, target: Path) -> None:
    """Rename a finished folder; the first of two simultaneous builders wins, with equal bytes."""
    try:
        built.rename(target)
    except OSError:
        if not target.exists():
            raise


def _dependencies_digest(platform: str) -> str:
    return _digest(platform, LOCK.read_text(), Path(__file__).read_text())


def _sources_digest(packages: Iterable[Path]) -> str:
    parts = [Path(__file__).read_text()]
    for package in packages:
        for file in _source_files(package):
            parts += [file.relative_to(package.parent).as_posix(), file.read_text()]
    return _digest(*parts)


def _source_files(package: Path) -> list[Path]:
    files = (file for file in package.rglob("*") if file.is_file())
    return sorted(f for f in files if "__pycache__" not in f.parts and f.suffix != ".pyc")


def _digest(*parts: str) -> str:
    """One SHA-256 over texts, of which none can run into the next."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
