"""PutEvents takes entries that AWS refuses.

Stock 1.5.33 accepts an entry without source or type, with a detail that is no JSON object, and of
any size; on AWS each of these is lost unless the caller reads the answer. The mend refuses them as
AWS does: entry by entry with an error code, and the whole call when it is over 256 KB.
"""

import json
from typing import Any

from apphost.cloud import stock

REQUIRES = (
    "services.eventbridge:_put_events",
    "services.eventbridge:json_response",
    "services.eventbridge:error_response_json",
)
ENTRIES_MAX = 10
SIZE_MAX_BYTES = 262_144
TIME_BYTES = 14

type Entry = dict[str, Any]


def apply() -> None:
    service, stock_put = stock.eventbridge, stock.eventbridge._put_events

    def put(data: dict[str, Any], **options: Any) -> Any:
        entries = data.get("Entries", [])
        if sum(map(_size_bytes, entries)) > SIZE_MAX_BYTES:
            too_large = (
                f"Total size of the entries in the request is over the limit {SIZE_MAX_BYTES}"
            )
            return service.error_response_json("ValidationException", too_large, 400)
        faults = [_fault(entry) for entry in entries]
        if len(entries) > ENTRIES_MAX or not any(faults):
            return stock_put(data, **options)
        sound = [entry for entry, fault in zip(entries, faults, strict=True) if not fault]
        answer = json.loads(stock_put({**data, "Entries": sound}, **options)[2])
        results = iter(answer["Entries"])
        answer["Entries"] = [fault or next(results) for fault in faults]
        answer["FailedEntryCount"] += len(entries) - len(sound)
        return service.json_response(answer)

    service._put_events = put


def _size_bytes(entry: Entry) -> int:
    """As AWS counts: time, source, type, detail and resources in UTF-8."""
    texts = [entry.get("Source"), entry.get("DetailType"), entry.get("Detail")]
    texts += entry.get("Resources") or []
    counted = sum(len(text.encode()) for text in texts if text)
    return counted + (TIME_BYTES if entry.get("Time") else 0)


def _fault(entry: Entry) -> Entry | None:
    for field in ("Source", "DetailType", "Detail"):
        if not entry.get(field):
            message = f"Parameter {field} is not valid. Reason: {field} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": message}
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    return None
