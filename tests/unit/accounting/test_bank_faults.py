"""A run with the bank that is killed, or overtaken by another one, gives each entry once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounting.application import arrive
from shared.errors.taxonomy import StaleRow
from tests.unit.accounting.banking import bank, books, house_with_a_bank, items, send
from tests.unit.accounting.reconciled_house import House


def test_a_run_killed_before_any_of_its_writes_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def story(house: House) -> None:
        bank(house, "l1", 10457, "po_00001")
        house.run(provider="bank", name="req-0")
        send(house, 10457)
        send(house, 2000, "po_00002")
        bank(house, "l2", 2000)

    whole = house_with_a_bank()
    story(whole)
    whole.run(provider="bank")
    for number in range(1, 30):
        house = house_with_a_bank()
        story(house)
        if not killed_at(number, house, monkeypatch):
            break
        house.run(provider="bank")
        assert (books(house), items(house)) == (books(whole), items(whole)), number
    else:
        pytest.fail("the run never came to its end")
    assert number > 5


def killed_at(number: int, house: House, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the run died before its so-manieth write."""
    writes = iter(range(1, 1000))
    commit: Callable[..., None] = house.ledger.table.commit

    def counted(*args: object, **named: object) -> None:
        if next(writes) == number:
            raise KeyboardInterrupt
        commit(*args, **named)

    with monkeypatch.context() as patch:
        patch.setattr(house.ledger.table, "commit", counted)
        try:
            house.run(provider="bank")
        except KeyboardInterrupt:
            return True
    return False


def test_an_entry_that_two_runs_want_is_given_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = house_with_a_bank()
    send(house, 10457)
    bank(house, "l1", 10457, "po_00001")
    give = arrive._give

    def overtaken(*args: object) -> None:
        monkeypatch.setattr(arrive, "_give", give)
        house.run(provider="bank", name="req-other")
        give(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(arrive, "_give", overtaken)
    with pytest.raises(StaleRow):
        house.run(provider="bank")
    house.run(provider="bank")
    assert books(house) == {"1000": 10457, "1220": 0, "1900": 0}
    assert items(house) == {}
