"""What the embedded cloud carries, and ten minutes of orders at 80 % of it: python -m bench.soak.

Takes the seconds of the soak. Writes bench/results/soak.json and the curve of latency against load
beside it; ends with 1 where not everything is equal at the end.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from apphost import outputs, platform, processes
from apphost.state_directory import temporary
from bench import report
from bench.audit import Kept, differences, kept, unrest
from bench.curve import draw
from bench.faults import everything_goes_wrong
from bench.load import PLANS, Load, Placed
from client.watch import Patience, StillMoving, until
from tests.e2e.driver import Platform
from tests.e2e.fault_proxy import FaultProxy

SOAK_SECONDS: Final = 600.0
SOAK_SHARE: Final = 0.8
BURST: Final = 150
STEPS: Final = (0.2, 0.4, 0.6, 0.8, 0.95)
STEP_SECONDS: Final = 20.0
STEP_ORDERS_MIN: Final = 30
"""However slow the machine is."""
KILL_EVERY_SECONDS: Final = 10.0
FAULTS_SCALE: Final = 0.2
QUIET: Final = Patience(timeout_seconds=900.0, pause_seconds=2.0)
PERCENTILES: Final = {"median": 50, "95 %": 95, "99 %": 99}


@contextmanager
def fresh() -> Iterator[tuple[Platform, FaultProxy]]:
    """A platform of its own, whose Lambdas reach the cloud through a proxy that can fail."""
    with temporary("soak") as state_dir:

        def cloud_url() -> str:
            return processes.load(state_dir)[platform.CLOUD].url

        with (
            FaultProxy(cloud_url, seed=7, scale=FAULTS_SCALE).serving() as proxy,
            platform.running(state_dir, cloud_env={"AWS_ENDPOINT_URL": proxy.url}) as made,
        ):
            yield Platform(made, state_dir / outputs.FILE), proxy


def capacity(quittance: Platform) -> float:
    """Orders a second that come into the ledger while more wait than it can carry."""
    Load(quittance.api()).at_once(BURST // 5)  # the workers start
    rest(quittance, [])
    load = Load(quittance.api())
    load.at_once(BURST)
    rest(quittance, load.placed)
    seen = kept(quittance)
    first = min(seen.orders[each.order_id].created_at for each in load.placed)
    last = max(booked(seen, load.placed).values())
    return BURST / (last - first).total_seconds()


def step(quittance: Platform, orders_per_second: float) -> dict[str, float]:
    """Latencies in seconds at a steady load, without faults: of the answer, and until booked."""
    load = Load(quittance.api())
    seconds = max(STEP_SECONDS, STEP_ORDERS_MIN / orders_per_second)
    load.steadily(orders_per_second=orders_per_second, seconds=seconds)
    rest(quittance, load.placed)
    seen = kept(quittance)
    until_booked = [
        (moment - seen.orders[order_id].created_at).total_seconds()
        for order_id, moment in booked(seen, load.placed).items()
    ]
    answered = [each.answered_seconds for each in load.placed]
    figures = {"orders_per_second": round(orders_per_second, 2), "orders": len(answered)}
    figures |= {f"answered {name}": at(answered, share) for name, share in PERCENTILES.items()}
    return figures | {
        f"booked {name}": at(until_booked, share) for name, share in PERCENTILES.items()
    }


def at(seconds: Sequence[float], percent: int) -> float:
    """That percentile of them."""
    return round(statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1], 4)


def booked(seen: Kept, placed: list[Placed]) -> dict[str, datetime]:
    """When the capture of each order came into the ledger."""
    orders = {each.payment_id: each.order_id for each in placed}
    return {
        orders[entry.payment_id]: entry.booked_at
        for entry in seen.entries
        if entry.fact == "PaymentCaptured" and entry.payment_id in orders
    }


def rest(quittance: Platform, placed: list[Placed], patience: Patience = QUIET) -> list[str]:
    """What still moves when the time is up: nothing, as a rule."""
    try:
        return until(lambda: unrest(quittance, placed), lambda found: not found, patience)
    except StillMoving:
        return unrest(quittance, placed)


def soak(
    quittance: Platform,
    proxy: FaultProxy,
    *,
    orders_per_second: float,
    seconds: float,
    patience: Patience = QUIET,
) -> dict[str, Any]:
    """Orders of every kind with everything going wrong; then what is not as it must be."""
    load = Load(quittance.api(), plans=PLANS)
    began = time.monotonic()
    with everything_goes_wrong(quittance, proxy, kill_every_seconds=KILL_EVERY_SECONDS) as faults:
        load.steadily(orders_per_second=orders_per_second, seconds=seconds)
    placed_seconds = time.monotonic() - began
    left = rest(quittance, load.placed, patience)
    wrong = differences(quittance, load.placed)
    answered = [each.answered_seconds for each in load.placed]
    return {
        "orders": len(load.placed),
        "orders_per_second": round(len(load.placed) / placed_seconds, 2),
        "placed_seconds": round(placed_seconds, 1),
        "at_rest_after_seconds": round(time.monotonic() - began - placed_seconds, 1),
        "ends": dict(Counter(each.plan.end for each in load.placed)),
        "answered_again": dict(load.repeated),
        "faults": dict(faults),
        **{f"answered {name}": at(answered, share) for name, share in PERCENTILES.items()},
        "left": left,
        "differences": wrong,
    }


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SOAK_SECONDS
    commit = report.commit()
    with fresh() as (quittance, proxy):
        carried = capacity(quittance)
        _say(f"it carries {carried:.1f} orders a second")
        steps = []
        for share in STEPS:
            steps.append(step(quittance, share * carried))
            _say(f"{share:.0%}: {steps[-1]}")
        rate = SOAK_SHARE * carried
        _say(f"{seconds:g} seconds at {rate:.1f} orders a second, with faults")
        told = soak(quittance, proxy, orders_per_second=rate, seconds=seconds)
    figures = {"carried_orders_per_second": round(carried, 2), "steps": steps, "soak": told}
    figures |= {"load_average": os.getloadavg()}
    path = report.write("soak", figures, of=commit)
    _draw(steps, path.with_suffix(".svg"))
    report.table({"carried orders/s": round(carried, 2), **told})
    return 1 if told["left"] or told["differences"] else 0


def _draw(steps: list[dict[str, float]], path: Any) -> None:
    names = [f"{what} {name}" for what in ("answered", "booked") for name in ("median", "95 %")]
    lines = {name: [(each["orders_per_second"], each[name]) for each in steps] for name in names}
    title = "Latency against load on the embedded cloud"
    draw(path, title=title, x_name="orders a second", y_name="seconds", lines=lines)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
