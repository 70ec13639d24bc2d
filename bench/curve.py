"""The curve of latency against load, as an SVG: one line a percentile, logarithmic upwards."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 130, 50, 60
NAME_HEIGHT: Final = 14
COLOURS: Final = ("#1b6ca8", "#d1741f", "#7a3e9d", "#2c8a57", "#b3364b", "#555555")

type Points = Sequence[tuple[float, float]]


def draw(path: Path, *, title: str, x_name: str, y_name: str, lines: Mapping[str, Points]) -> None:
    """Write the lines' points (x from zero, y over zero in seconds) as a chart."""
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    x_max = max(xs) * 1.05
    low = math.floor(math.log10(min(ys)))
    high = max(math.ceil(math.log10(max(ys))), low + 1)

    def at(x: float, y: float) -> tuple[float, float]:
        across = LEFT + x / x_max * (WIDTH - LEFT - RIGHT)
        up = (math.log10(y) - low) / (high - low)
        return round(across, 1), round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="28" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        _, y = at(0, 10.0**power)
        parts.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
    for x in sorted(set(xs)):
        across, down = at(x, 10.0**low)
        parts.append(f'<path d="M{across} {down}v5" stroke="#333333"/>')
        parts.append(f'<text x="{across}" y="{down + 18}" text-anchor="middle">{x:.1f}</text>')
    parts.append(
        f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#333333"/>'
    )
    placed = {name: [at(x, y) for x, y in sorted(points)] for name, points in lines.items()}
    names = _apart({name: places[-1][1] for name, places in placed.items()})
    for (name, places), colour in zip(placed.items(), COLOURS, strict=False):
        parts += _line(name, places, colour, names[name])
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{HEIGHT - 15}" text-anchor="middle">{escape(x_name)}</text>'
    )
    parts.append(
        f'<text transform="translate(20 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(y_name)}</text>'
    )
    path.write_text("\n".join([*parts, "</svg>"]) + "\n")


def _apart(heights: Mapping[str, float]) -> dict[str, float]:
    """Where the names are written: each beside its line's end, none over another."""
    placed: dict[str, float] = {}
    for name, height in sorted(heights.items(), key=lambda each: each[1]):
        placed[name] = max(height, *(each + NAME_HEIGHT for each in placed.values()), 0.0)
    return placed


def _line(name: str, places: list[tuple[float, float]], colour: str, name_y: float) -> list[str]:
    path = "L".join(f"{x} {y}" for x, y in places)
    end_x, _ = places[-1]
    dots = [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places]
    return [
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *dots,
        f'<text x="{end_x + 8}" y="{name_y + 4}" fill="{colour}">{escape(name)}</text>',
    ]
