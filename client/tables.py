"""The two kinds of table that people are shown: the facts of one thing, and many things."""

from collections.abc import Sequence

from rich.table import Table


def facts(title: str, values: dict[str, str]) -> Table:
    """One thing, a line a fact; what is empty is left out."""
    made = Table(title=title, title_justify="left", show_header=False, box=None)
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in values.items():
        if value:
            made.add_row(name, value)
    return made


def table(title: str, columns: Sequence[str], *, footer: bool = False) -> Table:
    """A table whose cells fold; a column named with `>` holds numbers and stands to the right."""
    made = Table(title=title or None, title_justify="left", show_footer=footer)
    for name in columns:
        made.add_column(
            name.removeprefix(">"),
            justify="right" if name.startswith(">") else "left",
            overflow="fold",
        )
    return made
