"""Every error code, in one catalogue: `errors.md` for people, `errors.json` for programs."""

import inspect
from dataclasses import asdict, dataclass
from typing import Any

from infra.constructs.gateway_problems import REFUSALS, Refusal
from shared.errors.problem import PAGES
from shared.errors.taxonomy import (
    DomainException,
    IntegrationException,
    QuittanceException,
)
from tests.contract.operations import OPERATIONS, WEBHOOK, failures_of
from tests.contract.services import failures

KINDS = {
    "domain": "a rule says no: the same request will not succeed",
    "integration": "a provider or the network failed in a way that needs a person",
    "transient": "it may work later: repeat it with the same key",
    "internal": "something unexpected, whose text stays inside",
}
INSIDE = {
    "amount_exceeds_capturable": "as the code of CaptureFailed",
    "amount_exceeds_refundable": "as the code of RefundFailed",
    "authorization_not_possible": "by nobody: the command has nothing to do and is acknowledged",
    "authorization_over": "as the code of CaptureFailed",
    "bus_refused": "in the log, when the outbox is swept",
    "capture_not_booked": "in the log, while a message waits",
    "compensation_unknown": "as the error of an execution",
    "executions_busy": "in the log, while a message or a task waits",
    "task_malformed": "as the error of an execution",
    "capture_may_come": "as the code of PaymentFailed",
    "capture_not_possible": "as the code of CaptureFailed",
    "dead_letter_too_large": "in the log, while it stays in its queue",
    "currency_differs": "as the code of CaptureFailed or RefundFailed",
    "event_ahead": "in the log, while a message waits",
    "invalid_transition": "as the reason of a dead letter",
    "notice_contradicts": "as the event NoticeContradicted",
    "notice_early": "in the log, while a message waits",
    "operations_exhausted": "as the code of CaptureFailed, VoidFailed or RefundFailed",
    "order_unknown": "in the log, while a message waits",
    "payment_given_up": "as the code of PaymentFailed",
    "payment_unknown": "in the log, while a message waits",
    "report_not_finished": "in the log, while a report waits",
    "report_not_placed": "beside a dead letter",
    "reports_not_reached": "in the log, while a report waits",
    "refund_not_possible": "as the code of RefundFailed",
    "undecodable_message": "as the reason of a dead letter",
    "void_not_possible": "as the code of VoidFailed",
}
"""Where the codes are seen that no route answers with."""
INTRODUCTION = """\
# Errors

Generated from the code. Every refusal is `application/problem+json` (RFC 9457) with `type`,
`title`, `status`, `detail`, `code`, `retryable` and `correlation_id`; faults of the input are
listed in `errors`, each with its JSON `pointer`. The `code` is stable: decide by it, never by the
title. Where `retryable` is true, send the same request again with the same `Idempotency-Key` after
the seconds in `Retry-After`.
"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One code. `routes` are the operations that may answer with it, if not inside only."""

    code: str
    title: str
    status: int
    retryable: bool
    kind: str
    meaning: str
    routes: tuple[str, ...]


def of_gateway() -> dict[str, Refusal]:
    """What the gateway itself refuses with, by code, where no class of ours has that code."""
    ours = {failure.code for failure in failures()}
    return {each.code: each for each in REFUSALS.values() if each.code not in ours}


def entries() -> tuple[Entry, ...]:
    """The catalogue by code: the classes of the taxonomy, and what only the gateway says."""
    known = [_of_class(failure) for failure in failures()]
    known += [_of_gateway(refusal) for refusal in of_gateway().values()]
    return tuple(sorted(known, key=lambda entry: entry.code))


def render_json() -> dict[str, Any]:
    documents = [{"type": PAGES + each.code, **asdict(each)} for each in entries()]
    return {"errors": documents}


def render_markdown() -> str:
    lines = [INTRODUCTION, "| kind | means |", "|---|---|"]
    lines += [f"| {kind} | {meaning} |" for kind, meaning in KINDS.items()]
    lines += ["", "| code | status | retryable | kind | title |", "|---|---|---|---|---|"]
    lines += [
        f"| [`{each.code}`](#{each.code}) | {each.status} | {_yes_no(each.retryable)} "
        f"| {each.kind} | {each.title} |"
        for each in entries()
    ]
    for each in entries():
        lines += ["", f'## <a id="{each.code}"></a>`{each.code}`', ""]
        retry = "may be repeated" if each.retryable else "not to be repeated as it is"
        lines += [f"**{each.title}** · {each.status} · {each.kind} · {retry}"]
        if each.meaning:
            lines += ["", each.meaning]
        if each.code in INSIDE:
            lines += ["", f"Seen {INSIDE[each.code]}."]
        if each.routes:
            lines += ["", "Answered by: " + ", ".join(f"`{route}`" for route in each.routes) + "."]
    return "\n".join(lines) + "\n"


def kind_of(failure: type[QuittanceException]) -> str:
    """Which of the three kinds of failure it is, or `internal`."""
    if issubclass(failure, DomainException):
        return "domain"
    if issubclass(failure, IntegrationException):
        return "integration"
    return "transient" if failure.retryable else "internal"


def _of_class(failure: type[QuittanceException]) -> Entry:
    routes = [
        f"{method} {path}" for method, path in OPERATIONS if failure in failures_of((method, path))
    ]
    if len(routes) == len(OPERATIONS):
        routes = ["every route"]
    if failure in WEBHOOK:
        routes.append("POST /webhooks/{provider}")
    return Entry(
        code=failure.code,
        title=failure.title,
        status=failure.status,
        retryable=failure.retryable,
        kind=kind_of(failure),
        meaning=inspect.cleandoc(vars(failure).get("__doc__") or ""),
        routes=tuple(routes),
    )


def _of_gateway(refusal: Refusal) -> Entry:
    return Entry(
        code=refusal.code,
        title=refusal.title,
        status=refusal.status,
        retryable=refusal.retryable,
        kind="transient" if refusal.retryable else "domain",
        meaning=refusal.detail,
        routes=("every route",),
    )


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
