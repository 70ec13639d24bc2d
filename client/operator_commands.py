"""What each command of an operator does: dead letters are sent again or closed, spans replayed."""

from argparse import Namespace

from client import operator_render
from client.operator_api import SERVICES, DeadLetter, NewReplay, OperatorApi, Replay
from client.showing import FAILED, OK, Misused, idempotency_key, patience, show, telling
from client.watch import until

CHOSEN_MAX = 10_000


def list_dead_letters(api: OperatorApi, arguments: Namespace) -> int:
    """List the dead letters of all services with their reasons, the oldest first."""
    found = _chosen(api, arguments, status=arguments.status)
    return show(arguments, {"data": found}, lambda: operator_render.dead_letters(found))


def show_dead_letter(api: OperatorApi, arguments: Namespace) -> int:
    """Show a dead letter with its body and what was said of its last attempts."""
    found = api.dead_letter(arguments.dead_letter_id)
    return show(arguments, found, lambda: operator_render.dead_letter(found))


def redrive_dead_letters(api: OperatorApi, arguments: Namespace) -> int:
    """Send dead letters to their consumers again: those named, or `--all` that are chosen."""
    names: list[str] = arguments.dead_letter_ids
    if bool(names) == arguments.all:
        raise Misused("name dead letters, or choose them with --all")
    if arguments.all:
        chosen = _chosen(api, arguments, status="open")
        names = [each["dead_letter_id"] for each in chosen if each["redrivable"]]
    key = idempotency_key(arguments)
    sent = [
        api.redrive(name, reason=arguments.reason, idempotency_key=f"{key}:{name}").body
        for name in names
    ]
    if arguments.watch:
        sent = [_rested(api, each, arguments) for each in sent]
    show(arguments, {"data": sent}, lambda: operator_render.dead_letters(sent))
    return OK if all(each["status"] != "open" for each in sent) else FAILED


def close_dead_letter(api: OperatorApi, arguments: Namespace) -> int:
    """Decide that a dead letter is never sent again."""
    closed = api.close(
        arguments.dead_letter_id,
        reason=arguments.reason,
        idempotency_key=idempotency_key(arguments),
    ).body
    return show(arguments, closed, lambda: operator_render.dead_letters([closed]))


def start_replay(api: OperatorApi, arguments: Namespace) -> int:
    """Publish a span of a service's messages once more; what was handled changes nothing."""
    asked: NewReplay = {
        "from": arguments.begins_at,
        "reason": arguments.reason,
        "types": arguments.types or [],
    }
    if arguments.ends_at:
        asked["to"] = arguments.ends_at
    if arguments.about:
        asked["about"] = arguments.about
    if arguments.per_second:
        asked["per_second"] = arguments.per_second
    key = idempotency_key(arguments)
    started = api.start_replay(arguments.service, asked, idempotency_key=key).body
    return _show_replay(api, arguments, started)


def replay_webhooks(api: OperatorApi, arguments: Namespace) -> int:
    """Have every webhook that was stored for a payment read once more."""
    attempts = api.payment(arguments.payment_id)["attempts"]
    if not attempts:
        raise Misused(f"{arguments.payment_id} has not been asked of any provider yet")
    asked: NewReplay = {
        "from": min(attempt["started_at"] for attempt in attempts),
        "types": ["WebhookReceived"],
        "about": arguments.payment_id,
        "reason": arguments.reason,
    }
    key = idempotency_key(arguments)
    return _show_replay(
        api, arguments, api.start_replay("payments", asked, idempotency_key=key).body
    )


def show_replay(api: OperatorApi, arguments: Namespace) -> int:
    """Show how far a replay has come."""
    return _show_replay(api, arguments, api.replay(arguments.replay_id))


def stop_replay(api: OperatorApi, arguments: Namespace) -> int:
    """Leave a replay where it is."""
    stopped = api.stop_replay(
        arguments.replay_id, reason=arguments.reason, idempotency_key=idempotency_key(arguments)
    ).body
    return show(arguments, stopped, lambda: operator_render.replay(stopped))


def _show_replay(api: OperatorApi, arguments: Namespace, replay: Replay) -> int:
    """Show the replay, after a wait if asked; then only one that is done is a success."""
    if arguments.watch:
        look = telling(
            lambda: api.replay(replay["replay_id"]),
            lambda seen: f"{seen['status']}, {seen['published']} published",
        )
        replay = until(look, lambda seen: seen["status"] != "running", patience(arguments))
    show(arguments, replay, lambda: operator_render.replay(replay))
    return OK if not arguments.watch or replay["status"] == "done" else FAILED


def _chosen(api: OperatorApi, arguments: Namespace, *, status: str) -> list[DeadLetter]:
    """Those that the words of the command choose, service by service."""
    services = [arguments.service] if arguments.service else SERVICES
    found = [
        each
        for service in services
        for each in api.dead_letters(service, status=status, queue=arguments.queue)
        if arguments.code in {None, each["code"]}
    ]
    return found[:CHOSEN_MAX]


def _rested(api: OperatorApi, letter: DeadLetter, arguments: Namespace) -> DeadLetter:
    """The dead letter once it is sent."""
    look = telling(
        lambda: api.dead_letter(letter["dead_letter_id"]),
        lambda seen: f"{seen['dead_letter_id']} is {seen['status']}",
    )
    return until(look, lambda seen: seen["status"] != "redriving", patience(arguments))
