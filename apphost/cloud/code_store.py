"""Deployment packages on disk: each archive is unpacked once, however many processes run it."""

import hashlib
import io
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path

_unpacking = threading.Lock()


def unpacked(archive: bytes) -> Path:
    """The folder that holds the files of that zip; the same bytes give the same folder."""
    place = Path(tempfile.gettempdir()) / "lambda-code" / hashlib.sha256(archive).hexdigest()[:32]
    with _unpacking:
        if not place.exists():
            _unpack(archive, place)
    return place


def _unpack(archive: bytes, place: Path) -> None:
    """Unpack beside it and rename, so that a folder that exists is complete."""
    partial = place.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        files.extractall(partial)
    partial.rename(place)
