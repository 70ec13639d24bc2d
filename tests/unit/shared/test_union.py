"""A service's subscription is read from the union type it is written as."""

from dataclasses import dataclass

from shared.contracts.envelope import Event
from shared.contracts.union import message_types


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOpened(Event):
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorClosed(Event):
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRung(Event):
    times: int


type Doors = DoorOpened | DoorClosed
type House = Doors | BellRung
type Single = BellRung
type Renamed = Single


def test_the_classes_of_a_union_come_in_its_order() -> None:
    assert message_types(Doors) == (DoorOpened, DoorClosed)


def test_a_union_of_unions_is_flat() -> None:
    assert message_types(House) == (DoorOpened, DoorClosed, BellRung)


def test_a_union_without_a_name_is_read_as_well() -> None:
    assert message_types(BellRung | DoorOpened) == (BellRung, DoorOpened)


def test_a_single_class_is_a_union_of_one() -> None:
    assert message_types(Single) == (BellRung,)
    assert message_types(Renamed) == (BellRung,)
    assert message_types(BellRung) == (BellRung,)
