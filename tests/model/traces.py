"""What is seen of a run of the real code in the simulator, in the words of the model.

Nothing here decides what is allowed: each write, call and message becomes one observation, and the
model itself (payment.pml, compiled with TRACE) says whether it has a run that shows them in order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shared.http import HttpAnswer, NotAnswered, NotSent
from tests.simulation.evidence import plain_row
from tests.simulation.lives import Life
from tests.simulation.world import World

SLOTS: Final = 16
GIVE_BACK: Final = SLOTS - 1
OPERATIONS: Final = {"authorize": 1, "capture": 2, "void": 3, "refund": 4}
COMMANDS: Final = {
    "AuthorizePayment": "authorize",
    "CapturePayment": "capture",
    "CancelPayment": "void",
    "RefundPayment": "refund",
}
STARTED, UNKNOWN, PENDING, OK, NO, GONE = range(1, 7)
STATUSES: Final = {
    "started": STARTED,
    "unknown": UNKNOWN,
    "pending": PENDING,
    "succeeded": OK,
    "declined": NO,
    "failed": NO,
}
TAKEN, YES, REFUSED, REJECTED, UNDONE, SILENCE, NOT_REACHED = range(1, 8)
VERDICTS: Final = {
    "succeeded": YES,
    "declined": REFUSED,
    "failed": REFUSED,
    "reversed": UNDONE,
    "expired": UNDONE,
}
INTENT, STATUS, MARK, CALL, ARRIVAL, VERDICT, ANSWER, PUT, STAMP, BOOKED, COUNTED = range(1, 12)
BY_NOBODY, BY_COMMAND, BY_WEBHOOK = 0, 10, 20
SUCCESS, OWED, WITHDRAWN = 0, 1, 2

type Item = Mapping[str, Any]
type Write = tuple[str, Item | None, Item | None]
type Seen = tuple[int, int, int]


class BeyondTheModel(BaseException):
    """The run does what the model leaves out (a dispute, a late success); nobody may catch it."""


@dataclass
class Recorder:
    """Listens to a world with one life. `seen` are its observations, in order."""

    seen: list[Seen] = field(default_factory=list)
    commands: dict[str, int] = field(default_factory=dict)
    operations: dict[int, tuple[int, int]] = field(default_factory=dict)
    _attempts: dict[str, int] = field(default_factory=dict)
    _refunds: dict[str, int] = field(default_factory=dict)
    _facts: dict[str, int] = field(default_factory=dict)
    _statuses: dict[str, int] = field(default_factory=dict)
    _writes: list[Write] = field(default_factory=list)

    def attach(self, world: World) -> None:
        self._attach_store(world)
        self._attach_bus(world)
        self._attach_provider(world)

    def text(self) -> str:
        """The trace as the model reads it: the commands of all slots, then what was seen."""
        slots = [self.operations.get(slot, (0, 0)) for slot in range(SLOTS)]
        rows = [f"{operation} {amount}" for operation, amount in slots]
        rows += [f"{kind} {slot} {value}" for kind, slot, value in self.seen]
        return "\n".join(rows) + "\n"

    # --- the store ----------------------------------------------------------------------------

    def _attach_store(self, world: World) -> None:
        on_call, on_write = world.dynamo.on_call, world.dynamo.on_write

        def called(moment: str, place: str) -> None:
            if moment == "after":
                writes, self._writes = self._writes, []
                self._committed(writes)
            on_call(moment, place)

        def written(table: str, before: Item | None, after: Item | None) -> None:
            if table in world.streams and after is not None:
                self._writes.append((table, before, after))
            on_write(table, before, after)

        world.dynamo.on_call, world.dynamo.on_write = called, written

    def _committed(self, writes: list[Write]) -> None:
        cause = ""
        states: dict[str, Item] = {}
        counted = False
        for table, before, after in writes:
            if after is None or "sk" not in after:
                continue
            sk = after["sk"]["S"]
            if sk == "CAUSE":
                cause = after["pk"]["S"].removeprefix("CAUSE#")
            elif sk == "STATE":
                states[table] = after
                counted = table == "orders" and before is not None and _moved(before, after)
            else:
                self._message(table, sk, before, after)
        tables = {table for table, _, _ in writes}
        if tables == {"payments"} and (cause or states):
            self._payment(states.get("payments"), cause)
        fact = self._facts.get(cause)
        if fact is not None and counted:
            self.seen.append((COUNTED, fact, 0))

    def _message(self, table: str, sk: str, before: Item | None, after: Item) -> None:
        if sk == "ENTRY" and before is None:
            self._booked(after)
        elif sk.startswith("MESSAGE#") and before is None:
            self._told(table, after)
        elif "Unprocessed" in (before or {}) and "Unprocessed" not in after:
            self._stamped(after)

    def _payment(self, item: Item | None, cause: str) -> None:
        by = BY_NOBODY
        if cause:
            by = BY_COMMAND if cause in self.commands else BY_WEBHOOK
        changed = False
        for attempt in plain_row(item)["attempts"] if item is not None else []:
            changed = self._attempt(attempt, by) or changed
        if by == BY_COMMAND and not changed:
            self.seen.append((MARK, self.commands[cause], 0))

    def _attempt(self, attempt: Mapping[str, Any], by: int) -> bool:
        name = attempt["attempt_id"]
        if name not in self._attempts:
            slot = self.commands[attempt["cause_id"]]
            self._attempts[name] = slot
            self._statuses[name] = STARTED
            self.seen.append((INTENT, slot, attempt["amount"]))
        status = GONE if attempt["withdrawn"] else STATUSES[attempt["status"]]
        if status == self._statuses[name]:
            return False
        if self._statuses[name] == NO:
            raise BeyondTheModel("what had been given up has happened")
        self._statuses[name] = status
        self.seen.append((STATUS, self._attempts[name], status + by))
        return True

    def _told(self, table: str, item: Item) -> None:
        kind, name = item["Type"]["S"], item["Id"]["S"]
        data = json.loads(item["Payload"]["S"])["data"]
        if kind in COMMANDS:
            self._commanded(table, name, COMMANDS[kind], data)
        if table != "payments":
            return
        fact = self._fact(kind, data)
        if fact is not None:
            self._facts[name] = fact

    def _commanded(self, table: str, name: str, operation: str, data: Mapping[str, Any]) -> None:
        slot = GIVE_BACK if table == "payments" else len(self.commands)
        if slot in self.operations or (slot == GIVE_BACK) != (table == "payments"):
            raise BeyondTheModel("too many commands")
        if table == "payments" and operation != "void":
            raise BeyondTheModel("captured after it was given up")
        self.commands[name] = slot
        amount = data["amount"]["minor"] if "amount" in data else 0
        self.operations[slot] = OPERATIONS[operation], amount
        if operation == "refund":
            self._refunds[data["refund_id"]] = slot

    def _fact(self, kind: str, data: Mapping[str, Any]) -> int | None:
        match kind:
            case "PaymentCaptured":
                return 3 * self._attempts[data["capture_id"]] + SUCCESS
            case "CaptureFailed" if data["undoes_capture"]:
                return 3 * self._attempts[data["capture_id"]] + WITHDRAWN
            case "RefundRequested":
                return 3 * self._refunds[data["refund_id"]] + OWED
            case "PaymentRefunded":
                return 3 * self._refunds[data["refund_id"]] + SUCCESS
            case "RefundFailed" if data["undoes"] != "nothing":
                return 3 * self._refunds[data["refund_id"]] + WITHDRAWN
            case "DisputeOpened":
                raise BeyondTheModel("a dispute")
        return None

    def _booked(self, item: Item) -> None:
        fact = self._facts.get(json.loads(item["Payload"]["S"])["causationid"])
        if fact is not None:
            self._facts[item["Id"]["S"]] = fact
            self.seen.append((BOOKED, fact, 0))

    def _stamped(self, item: Item) -> None:
        if item["sk"]["S"].startswith("MESSAGE#") and item["Id"]["S"] in self._facts:
            self.seen.append((STAMP, self._facts[item["Id"]["S"]], 0))

    # --- the bus and the provider ---------------------------------------------------------------

    def _attach_bus(self, world: World) -> None:
        recorder = self

        class Published(list[dict[str, Any]]):
            def append(self, document: dict[str, Any]) -> None:
                super().append(document)
                name = document["id"]
                if name in recorder._facts and document["source"] == "quittance.payments":
                    recorder.seen.append((PUT, recorder._facts[name], 0))

        world.bus.published = Published()

    def _attach_provider(self, world: World) -> None:
        acquirer: Any = world.acquirer
        call, post, begin = acquirer.call, acquirer._post, acquirer._begin
        perform, say = acquirer._perform, acquirer._say

        def posted(path: str, body: Any, key: str) -> HttpAnswer:
            self.seen.append((CALL, self._attempts[body["reference"]], 0))
            return post(path, body, key)  # type: ignore[no-any-return]

        def called(method: str, path: str, **more: Any) -> HttpAnswer:
            if method != "POST":
                return call(method, path, **more)  # type: ignore[no-any-return]
            slot = self._attempts[more["body"]["reference"]]
            calls = self.seen.count((CALL, slot, 0))
            try:
                answer: HttpAnswer = call(method, path, **more)
            except (NotSent, NotAnswered) as silence:
                if self.seen.count((CALL, slot, 0)) == calls:  # it did not get as far
                    self.seen.append((CALL, slot, 0))
                said = NOT_REACHED if isinstance(silence, NotSent) else SILENCE
                self.seen.append((ANSWER, slot, said))
                raise
            self.seen.append((ANSWER, slot, _meaning(answer)))
            return answer

        def begun(charge: Any, kind: str, amount: int, body: Any, course: Any) -> HttpAnswer:
            self.seen.append((ARRIVAL, self._attempts[body["reference"]], TAKEN))
            return begin(charge, kind, amount, body, course)  # type: ignore[no-any-return]

        def performed(path: str, body: Any, course: Any) -> HttpAnswer:
            answer: HttpAnswer = perform(path, body, course)
            if answer.status != 201:
                self.seen.append((ARRIVAL, self._attempts[body["reference"]], REJECTED))
            return answer

        def said(operation: Any, *course: Any, **more: Any) -> None:
            if operation["operation"] == "dispute":
                raise BeyondTheModel("a dispute")
            verdict = VERDICTS[operation["status"]]
            self.seen.append((VERDICT, self._attempts[operation["reference"]], verdict))
            say(operation, *course, **more)

        acquirer.call, acquirer._post, acquirer._begin = called, posted, begun
        acquirer._perform, acquirer._say = performed, said


def _moved(before: Item, after: Item) -> bool:
    return bool(before["captured"] != after["captured"])


def _meaning(answer: HttpAnswer) -> int:
    if answer.status in {401, 403, 429}:
        return NOT_REACHED
    if answer.status in {400, 404, 409}:
        return REJECTED
    understood = answer.status == 201 and isinstance(answer.body, dict) and "id" in answer.body
    return TAKEN if understood else SILENCE


def recorded(seed: int, life: Life | None = None) -> Recorder:
    """The trace of a world with one payment, or of a life without faults; raises BeyondTheModel."""
    world = World(seed, payments=1) if life is None else World(seed, lives=[life], rates={})
    recorder = Recorder()
    recorder.attach(world)
    world.run()
    assert not world.surprises, world.surprises  # of the recorder's own, too
    return recorder
