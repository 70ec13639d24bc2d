"""Faults strike by chance and countdown, and a seed repeats them."""

from sandbox.faults import Fault, FaultKind, Faults
from sandbox.ids import Ids


def test_a_fault_strikes_as_many_times_as_it_has() -> None:
    faults = Faults(seed=7)
    faults.set(Fault(FaultKind.SERVER_ERROR, times=2))
    struck = [faults.strike(FaultKind.SERVER_ERROR) is not None for _ in range(4)]
    assert struck == [True, True, False, False]
    assert faults.active() == {}


def test_a_fault_of_another_kind_does_not_strike() -> None:
    faults = Faults(seed=7)
    faults.set(Fault(FaultKind.SLOW))
    assert faults.strike(FaultKind.SERVER_ERROR) is None


def test_a_fault_without_times_strikes_until_it_is_removed() -> None:
    faults = Faults(seed=7)
    faults.set(Fault(FaultKind.DROP_WEBHOOK))
    assert all(faults.strike(FaultKind.DROP_WEBHOOK) for _ in range(100))
    faults.set(Fault(FaultKind.DROP_WEBHOOK, times=0))
    assert faults.strike(FaultKind.DROP_WEBHOOK) is None


def test_a_chance_of_zero_never_strikes() -> None:
    faults = Faults(seed=7)
    faults.set(Fault(FaultKind.SLOW, rate=0.0))
    assert not any(faults.strike(FaultKind.SLOW) for _ in range(100))


def test_a_seed_repeats_which_requests_are_struck() -> None:
    runs = []
    for _ in range(2):
        faults = Faults(seed=7)
        faults.set(Fault(FaultKind.TIMEOUT_AFTER, rate=0.3))
        runs.append([faults.strike(FaultKind.TIMEOUT_AFTER) is not None for _ in range(1_000)])
    assert runs[0] == runs[1]
    assert 250 < sum(runs[0]) < 350


def test_identifiers_repeat_with_the_seed_and_never_within_a_run() -> None:
    first = [Ids(seed=7).new("sbx_op_"), Ids(seed=8).new("sbx_op_")]
    ids = Ids(seed=7)
    many = [ids.new("sbx_op_") for _ in range(1_000)]
    assert many[0] == first[0] != first[1]
    assert len(set(many)) == 1_000
    assert len(many[0]) == len("sbx_op_") + 20
