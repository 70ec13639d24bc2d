"""The message classes named by a `type X = A | B` alias, however it is nested."""

from typing import Any, TypeAliasType, get_args

from shared.contracts.envelope import Message


def message_types(alias: Any) -> tuple[type[Message], ...]:
    """The classes of the union in its order; a single class counts as a union of one."""
    if isinstance(alias, TypeAliasType):
        return message_types(alias.__value__)
    members = get_args(alias)
    if not members:
        return (alias,)
    return tuple(found for member in members for found in message_types(member))
