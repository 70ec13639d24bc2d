"""What AWS's Python runtime brings along, and nothing else of LocalStack's environment.

A function that lacks a package fails here as it fails on AWS, whatever LocalStack has installed.
"""

import importlib.util
import tempfile
import threading
from pathlib import Path

PACKAGES = (
    "awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py",
    "boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3",
)  # fmt: skip

_linking = threading.Lock()


def folder() -> Path:
    """The folder of links to the packages, made when it is first asked for."""
    place = Path(tempfile.gettempdir()) / "lambda-runtime"
    with _linking:
        place.mkdir(exist_ok=True)
        for name in PACKAGES:
            source = _source(name)
            link = place / source.name
            if not link.is_symlink():
                link.symlink_to(source)
    return place


def _source(name: str) -> Path:
    found = importlib.util.find_spec(name)
    assert found is not None, f"{name} is not installed"
    assert found.origin is not None, f"{name} has no file"
    file = Path(found.origin)
    return file.parent if file.name == "__init__.py" else file
