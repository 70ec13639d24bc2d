"""A piece of work joins the caller's trace with a span of its own, or begins a trace."""

import re

import pytest

from shared.observability.trace import child_of

TRACE = "0af7651916cd43dd8448eb211c80319c"
FORM = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


def parts(traceparent: str) -> tuple[str, str, str]:
    match = FORM.fullmatch(traceparent)
    assert match is not None
    trace, span, flags = match.groups()
    return trace, span, flags


def test_a_child_keeps_the_trace_and_its_flags_and_has_its_own_span() -> None:
    trace, span, flags = parts(child_of(f"00-{TRACE}-b7ad6b7169203331-01"))
    assert (trace, flags) == (TRACE, "01")
    assert span != "b7ad6b7169203331"
    assert parts(child_of(f"00-{TRACE}-b7ad6b7169203331-00"))[2] == "00"


def test_no_two_children_share_a_span() -> None:
    parent = f"00-{TRACE}-b7ad6b7169203331-01"
    assert child_of(parent) != child_of(parent)


@pytest.mark.parametrize(
    "traceparent",
    [
        None,
        "",
        "nonsense",
        f"00-{TRACE}-b7ad6b7169203331",
        f"00-{TRACE}-b7ad6b7169203331-01 ",
        f"00-{TRACE}-b7ad6b7169203331-01\n",
        f"00-{TRACE.upper()}-b7ad6b7169203331-01",
        f"ff-{TRACE}-b7ad6b7169203331-01",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01",
    ],
)
def test_without_a_valid_caller_a_new_sampled_trace_begins(traceparent: str | None) -> None:
    trace, span, flags = parts(child_of(traceparent))
    assert trace not in {TRACE, "0" * 32}
    assert span not in {"b7ad6b7169203331", "0" * 16}
    assert flags == "01"
