"""Derived ids never change: rows, provider keys and published messages rest on them."""

import re

import pytest

from shared.ids import derived, fresh, message_id

FORM = re.compile(r"ord_[0-9a-hjkmnp-tv-z]{26}")


@pytest.mark.parametrize(
    ("prefix", "parts", "id_"),
    [
        ("ord", ("req_1",), "ord_ptm89a2jv04ch3htjh7ybpscv3"),
        ("pay", ("ord_1",), "pay_y75nq95j6emr7w0708zf9b5eat"),
        ("je", ("payments/pay_1/3/1",), "je_k0z74f82gxsxefsdym88rfbcnc"),
        ("req", ("client", "once"), "req_x45mt486me3r7f2p3m0bpy6912"),
        ("x", ("ab", "c"), "x_8c7v3d5c8crpxjm1zas7m69gne"),
        ("x", ("é", "日本"), "x_n1zqkgqhmhs38jzg6e1z9x2mg1"),
        ("x", (), "x_werc8gmrzge196qvyk49jvxs4g"),
        ("x", ("",), "x_q9v8pcrzv1pes01vw175dasb7n"),
    ],
)
def test_a_derived_id_is_what_it_has_always_been(
    prefix: str, parts: tuple[str, ...], id_: str
) -> None:
    assert derived(prefix, *parts) == id_


def test_where_one_part_ends_and_the_next_begins_makes_a_difference() -> None:
    assert derived("x", "ab", "c") != derived("x", "a", "bc")
    assert derived("x", "a", "b") != derived("x", "b", "a")
    assert derived("x", "1:a") != derived("x", "1", "a")
    assert derived("x", "a") != derived("x", "a", "")


def test_a_fresh_id_looks_like_a_derived_one_and_never_repeats() -> None:
    ids = {fresh("ord") for _ in range(1000)}
    assert len(ids) == 1000
    assert all(FORM.fullmatch(id_) for id_ in ids)
    assert FORM.fullmatch(derived("ord", "req_1"))


def test_a_message_is_named_by_its_aggregate_version_and_number() -> None:
    assert message_id("payments", "pay_1", 3, 1) == "payments/pay_1/3/1"
