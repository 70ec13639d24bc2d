"""Bugs in what all services share: table, outbox, relay, consumer."""

from typing import Final

from tests.simulation.planted.planting import bug

TABLE: Final = "shared.persistence.table"
ROWS: Final = "shared.persistence.aggregate"
RELAY: Final = "shared.messaging.relay"
CONSUMER: Final = "shared.messaging.consumer"
IDS: Final = "shared.ids"

_WRITE: Final = "        self._table.commit([*puts, *also], cause_id=cause.id if handled else None, now=cause.now)"
_MARK: Final = (
    "        if handled:\n            self._table.commit((), cause_id=cause.id, now=cause.now)"
)
_PLAIN: Final = "        self._table.commit([*puts, *also], cause_id=None, now=cause.now)"
_NEW: Final = '"ConditionExpression": "attribute_not_exists(pk)",'
HANDLED: Final = """        if self._handled(envelope.id):
            raise AlreadyHandled(envelope.id)
"""
_NO_SWEEP: Final = (RELAY, "        for shard in SHARDS:", "        for shard in ():")
_UNMARKED: Final = (
    TABLE,
    _NEW,
    '**({} if put.key.sk == "CAUSE" else {"ConditionExpression": "attribute_not_exists(pk)"}),',
)
ONCE: Final = "shared.persistence.once"
_REFUSED: Final = """    except DomainException:
        if not is_done():
            raise
"""

BUGS: Final = (
    bug(
        "a row is written whatever became of it meanwhile",
        (
            TABLE,
            """            write["ConditionExpression"] = "version = :seen"
            write["ExpressionAttributeValues"] = {":seen": {"N": str(put.seen)}}
""",
            """            del write["ConditionExpression"]
""",
        ),
    ),
    bug("a new row overwrites one that is there", (TABLE, _NEW, '"ConditionExpression": None,')),
    bug("the inbox is only looked at before", _UNMARKED),
    bug(
        "no inbox at all",
        _UNMARKED,
        (CONSUMER, HANDLED, ""),
        why="looking before is a courtesy: the mark in the commit is enough without it",
    ),
    bug("the mark is written after the effect, on its own", (ROWS, _WRITE, f"{_PLAIN}\n{_MARK}")),
    bug("the mark is written before the effect, on its own", (ROWS, _WRITE, f"{_MARK}\n{_PLAIN}")),
    bug(
        "the messages are written after the state, on their own",
        (
            ROWS,
            _WRITE,
            """        self._table.commit(
            [puts[0], *also], cause_id=cause.id if handled else None, now=cause.now
        )
        if puts[1:]:
            self._table.commit(puts[1:], cause_id=None, now=cause.now)""",
        ),
    ),
    bug(
        "the mark of a cause is kept for an hour",
        (TABLE, "CAUSE_KEPT: Final = timedelta(days=90)", "CAUSE_KEPT: Final = timedelta(hours=1)"),
    ),
    bug(
        "a lost race is taken for done",
        (
            "shared.persistence.until_fresh",
            "            continue",
            "            return None  # type: ignore",
        ),
    ),
    bug(
        "a duplicate is answered as a failure",
        (CONSUMER, '            metrics.count("DuplicateAcknowledged")', "            raise"),
    ),
    bug(
        "messages of one write share an id",
        (
            IDS,
            'f"{service}/{aggregate_id}/{version}/{number}"',
            'f"{service}/{aggregate_id}/{version}"',
        ),
    ),
    bug(
        "messages of two writes share an id",
        (
            IDS,
            'f"{service}/{aggregate_id}/{version}/{number}"',
            'f"{service}/{aggregate_id}/{number}"',
        ),
    ),
    bug(
        "an event has another id each time it is put",
        (
            RELAY,
            '            "Detail": message.payload,',
            """            "Detail": message.payload.replace(
                '"id":"', f'"id":"{next(_NUMBERS)}-', 1
            ),""",
        ),
        (
            RELAY,
            "ENTRIES_MAX: Final = 10",
            "_NUMBERS = __import__('itertools').count()\nENTRIES_MAX: Final = 10",
        ),
    ),
    bug(
        "an entry that the bus refused is stamped as sent",
        (RELAY, '                if "EventId" in result:', "                if True:"),
    ),
    bug(
        "a message is stamped before it is sent",
        (
            RELAY,
            "            answer = self._bus.put_events(Entries=[self._entry(message)",
            """            for message in batch:
                self._table.stamp_processed(message.key, now=now)
            answer = self._bus.put_events(Entries=[self._entry(message)""",
        ),
    ),
    bug(
        "nobody sweeps what the relay has missed",
        _NO_SWEEP,
    ),
    bug(
        "the relay tells the stream of no failure",
        (RELAY, "        failures = [{", "        failures = [] and [{"),
        _NO_SWEEP,
        why="the sweep finds what the stream was not told of",
    ),
    bug(
        "the relay names the last failure, not the first",
        (
            RELAY,
            "        first = next(self._refused(waiting, now=now), None)",
            "        *_, first = None, *self._refused(waiting, now=now)",
        ),
        _NO_SWEEP,
        why="the sweep finds what the stream was not told of",
    ),
    bug(
        "a message that failed is acknowledged",
        (
            CONSUMER,
            "            self._note(record, failure)\n            raise\n        except Exception",
            "            self._note(record, failure)\n        except Exception",
        ),
    ),
    bug(
        "the queue is told of no failure",
        (
            CONSUMER,
            "        return dict(\n            process_partial_response(",
            "        return dict(batchItemFailures=[]) if (\n            process_partial_response(",
        ),
        (
            CONSUMER,
            "processor=processor)\n        )",
            "processor=processor)\n        ) else {}",
        ),
    ),
    bug(
        "what was done is refused when it is asked for once more",
        (ONCE, _REFUSED, ""),
        rule="unexpected",
    ),
)
