"""What ministack gets wrong and our money depends on: one module a gap, and the check at start.

A mend is a module whose docstring names the gap, with REQUIRES (the names of ministack it relies
on, as `module:attribute[key]`) and apply().
"""

import importlib.metadata
import re
from types import ModuleType

from apphost.cloud import stock
from apphost.cloud.mends import (
    event_entries,
    function_urls,
    lambda_environment,
    lambda_pool,
    queue_mappings,
    rest_accounts,
    rest_errors,
    snapshots,
    state_machine_callbacks,
    state_machine_parallel,
    state_machine_start,
    state_machine_tables,
    stream_mappings,
    template_alarms,
    template_archives,
    template_tables,
    template_validators,
)

MENDS: tuple[ModuleType, ...] = (
    event_entries,
    function_urls,
    lambda_environment,
    lambda_pool,
    queue_mappings,
    rest_accounts,
    rest_errors,
    snapshots,
    state_machine_callbacks,
    state_machine_parallel,
    state_machine_start,
    state_machine_tables,
    stream_mappings,
    template_alarms,
    template_archives,
    template_tables,
    template_validators,
)


class UnknownMinistack(Exception):
    """The installed ministack is not the one the mends were written for."""


def apply_all() -> None:
    check()
    for mend in MENDS:
        mend.apply()


def check() -> None:
    """Refuse to start on another ministack: a mend that patches nothing would hide the gap."""
    installed = importlib.metadata.version("ministack")
    if installed != stock.VERSION:
        raise UnknownMinistack(f"ministack is {installed}; the mends are for {stock.VERSION}")
    missing = [
        f"{mend.__name__.rpartition('.')[2]} needs {name}"
        for mend in MENDS
        for name in mend.REQUIRES
        if not _exists(name)
    ]
    if missing:
        raise UnknownMinistack("ministack lacks what is mended: " + "; ".join(missing))


def _exists(name: str) -> bool:
    """Whether `module:attribute` or `module:attribute[key][key]` is there."""
    module, _, rest = name.partition(":")
    attribute, *keys = re.findall(r"[^\[\]]+", rest)
    found = getattr(importlib.import_module(f"ministack.{module}"), attribute, _MISSING)
    for key in keys:
        found = found.get(key, _MISSING) if isinstance(found, dict) else _MISSING
    return found is not _MISSING


_MISSING = object()
