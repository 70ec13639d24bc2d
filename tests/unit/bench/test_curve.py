"""The chart shows every point at its place: further right for more load, higher for slower."""

import itertools
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.curve import draw

SVG = "{http://www.w3.org/2000/svg}"


def test_more_load_is_further_right_and_slower_is_higher(tmp_path: Path) -> None:
    path = tmp_path / "curve.svg"
    lines = {"median": [(1.0, 0.1), (2.0, 1.0)], "95 % & more": [(1.0, 0.2), (2.0, 10.0)]}
    draw(path, title="t", x_name="orders a second", y_name="seconds", lines=lines)
    chart = ElementTree.parse(path).getroot()  # noqa: S314 - our own
    places = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in chart.iter(f"{SVG}circle")]
    (left, low), (right, middle), (left_again, second), (right_again, top) = places
    assert (left, right) == (left_again, right_again)
    assert left < right
    assert low > second > middle > top
    assert low - middle == pytest.approx(middle - top)  # a factor of ten is a step
    texts = [text.text for text in chart.iter(f"{SVG}text")]
    assert {"t", "orders a second", "seconds", "median", "95 % & more", "1.0", "2.0"} <= {*texts}


def test_the_names_of_lines_that_end_together_stand_apart(tmp_path: Path) -> None:
    path = tmp_path / "curve.svg"
    draw(
        path,
        title="t",
        x_name="x",
        y_name="y",
        lines={name: [(1.0, 0.1), (2.0, 1.0)] for name in ("one", "two", "three")},
    )
    chart = ElementTree.parse(path).getroot()  # noqa: S314 - our own
    names = {"one", "two", "three"}
    heights = sorted(float(t.get("y", "")) for t in chart.iter(f"{SVG}text") if t.text in names)
    assert [after - before for before, after in itertools.pairwise(heights)] == [14, 14]
