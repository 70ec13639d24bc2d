"""A wish to end waits for what must not be left half done, and is not forgotten."""

import signal

import pytest

from apphost.interruption import postponed


def test_ctrl_c_takes_effect_when_the_block_is_done() -> None:
    done: list[str] = []

    def start() -> None:
        with postponed():
            signal.raise_signal(signal.SIGINT)
            done.append("recorded")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert done == ["recorded"]


def test_without_a_wish_nothing_happens_and_the_handlers_are_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with postponed():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
