"""What each command on cases does: look at what is left for people, and decide."""

from argparse import Namespace

from client import case_render
from client.case_api import CaseApi
from client.showing import idempotency_key, show


def list_cases(api: CaseApi, arguments: Namespace) -> int:
    """List what the platform could not undo or decide, the oldest first."""
    found = api.cases(arguments.status)
    return show(arguments, {"data": found}, lambda: case_render.cases(found))


def show_case(api: CaseApi, arguments: Namespace) -> int:
    """Show a case with what was tried, and what is known of its order now."""
    found = api.case(arguments.case_id)
    return show(arguments, found, lambda: case_render.case(found))


def resolve_case(api: CaseApi, arguments: Namespace) -> int:
    """Decide on a case, with a reason; who decides is whose key it is."""
    resolved = api.resolve_case(
        arguments.case_id,
        action=arguments.action,
        reason=arguments.reason,
        idempotency_key=idempotency_key(arguments),
    ).body
    return show(arguments, resolved, lambda: case_render.case(resolved))
