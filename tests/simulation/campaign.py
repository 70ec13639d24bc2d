"""Many seeds and every crash point, over all processors, with progress and a report."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from typing import Final

from tests.simulation import crashes, stories
from tests.simulation.crashes import Killed
from tests.simulation.run import Outcome, reconcile, settle_memory, simulate
from tests.simulation.stories import story_called
from tests.simulation.tally import KINDS, Part, Tally
from tests.simulation.upsets import life_called

PARTS: Final = 24
"""Into so many tasks the crash points of a life or story are cut."""
TOLD_EVERY_SECONDS: Final = 20
RECONCILED_EVERY: Final = 10
"""Of so many seeds one is led with reports and reconciled nights, too."""
EXPECTED: Final = {
    "workflows": (450, 12_000, 0.036),
    "upsets": (640, 22_000, 0.057),
    "stories": (410, 100_000, 0.156),
}
"""The crash points, pairs, and seconds of a world, of one life or story on average."""
PAYMENT_SECONDS: Final = 0.027
RECONCILED_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`run` is called in another process; `cost` is how many seconds of it are expected."""

    run: Callable[[], Part]
    cost: float


def campaign(tasks: Sequence[Task], *, processes: int) -> Tally:
    """Carry out all tasks in their order, or as many as have come to their end when somebody
    interrupts it; what is wrong is told at once.
    """
    tally = Tally(of=len(tasks), cost_of=sum(task.cost for task in tasks))
    began = told = time.monotonic()
    pool = ProcessPoolExecutor(processes, get_context("forkserver"), initializer=_begin)
    left: set[Future[Part]] = set()
    try:
        left.update(pool.submit(_run, task) for task in tasks)
        for ended in as_completed(left):
            left.discard(ended)
            _add(tally, ended)
            now = time.monotonic()
            if now - told > TOLD_EVERY_SECONDS:
                told = now
                _say_progress(tally, now - began)
    except KeyboardInterrupt:
        print("interrupted: what follows is about what came to its end")  # noqa: T201
        pool.shutdown(cancel_futures=True)
        for ended in left:
            if not ended.cancelled() and not isinstance(ended.exception(), KeyboardInterrupt):
                _add(tally, ended)
    finally:
        pool.shutdown(cancel_futures=True)
    return tally


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the campaign decides what is still waited for
    settle_memory()


def _run(task: Task) -> Part:
    return replace(task.run(), cost=task.cost)


def _add(tally: Tally, ended: Future[Part]) -> None:
    told = len(tally.failures)
    failure = ended.exception()
    if isinstance(failure, Exception):
        tally.broke(failure)
    else:
        tally.add(ended.result())
    for wrong in tally.failures[told:]:
        print(wrong, flush=True)  # noqa: T201


def tasks(
    *, seeds: int, payments: int, every_pair: dict[str, int], every_place: int
) -> Iterator[Task]:
    """All seeds, which find most; each crash point of the lives (of the reconciliation's stories
    one of `every_place`), and by their kind one of `every_pair` pairs of these (0: none).
    """
    for seed in range(seeds // RECONCILED_EVERY):
        yield Task(run=partial(_reconciled, seed), cost=RECONCILED_SECONDS)
    for seed in range(seeds):
        share = payments * (seed + 1) // seeds - payments * seed // seeds
        yield Task(run=partial(_seed, seed, share), cost=share * PAYMENT_SECONDS)
    for kind, names in KINDS.items():
        yield from _of_kind(kind, names, every_pair[kind], every_place)


def _of_kind(kind: str, names: Iterable[str], every_pair: int, every_place: int) -> Iterator[Task]:
    singles, pairs, seconds = EXPECTED[kind]
    parts = PARTS * (every_place if kind == "stories" else 1)
    worlds = singles + (pairs / every_pair if every_pair else 0)
    crashed = _story if kind == "stories" else _life
    for name in names:
        for part in range(PARTS):
            run = partial(crashed, name, part, parts, every_pair)
            yield Task(run=run, cost=worlds * seconds / parts)


def _seed(seed: int, payments: int) -> Part:
    return _timed("seeds", lambda: simulate(seed, payments))


def _reconciled(seed: int) -> Part:
    return _timed("reconciled seeds", lambda: reconcile(seed))


def _timed(kind: str, led: Callable[[], Outcome]) -> Part:
    began = time.process_time()
    return Part(outcome=led(), seconds={kind: time.process_time() - began})


def _story(name: str, part: int, parts: int, every: int) -> Part:
    return _killed(name, stories.crashed(story_called(name), part=part, parts=parts, every=every))


def _life(name: str, part: int, parts: int, every: int) -> Part:
    return _killed(name, crashes.crashed(life_called(name), part=part, parts=parts, every=every))


def _killed(name: str, crashed: Iterable[Killed]) -> Part:
    """Count them, singly and in pairs, and keep what is wrong."""
    seconds = {"crash points": 0.0, "pairs": 0.0}
    numbers = dict.fromkeys(seconds, 0)
    in_all, wrong = 0, []
    began = time.process_time()
    for each in crashed:
        kind = "pairs" if each.kill_at[1:] else "crash points"
        now = time.process_time()
        seconds[kind], began = seconds[kind] + now - began, now
        numbers[kind] += 1
        in_all += 0 if each.kill_at[1:] else len(each.later)
        if each.findings:
            wrong.append(replace(each, later=()))
    return Part(
        life=name,
        singles=numbers["crash points"],
        pairs=numbers["pairs"],
        pairs_in_all=in_all,
        wrong=tuple(wrong),
        seconds=seconds,
    )


def _say_progress(tally: Tally, seconds: float) -> None:
    done = tally.cost / tally.cost_of
    rest = seconds / done - seconds
    print(  # noqa: T201
        f"{done:4.0%}  {tally.seeds:,} seeds  {tally.payments:,} payments"
        f"  {tally.singles.total():,} crash points  {tally.pairs.total():,} pairs"
        f"  {len(tally.failures)} wrong  {seconds:,.0f} s, about {rest:,.0f} s more",
        flush=True,
    )
