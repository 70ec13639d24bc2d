"""The index of what operators have to do or have asked for: few rows, if all is well."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.moments import timestamp
from shared.persistence.rows import Row
from shared.persistence.table import Index

TASKS: Final = Index("tasks", partition="Task", sort="TaskAt")
FIRST: Final = " "
"""Before every row: each sort key begins with a digit."""


@dataclass(frozen=True, slots=True)
class Listed[T]:
    """An item of a list, and the place where the list goes on behind it."""

    item: T
    place: str


def task(name: str, since: datetime, id_: str) -> Row:
    """The attributes that put a row into the index."""
    return {TASKS.partition: name, TASKS.sort: f"{timestamp(since)}#{id_}"}
