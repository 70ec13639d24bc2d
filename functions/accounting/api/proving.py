"""The routes by which anybody with `ledger:read` can prove the books."""

import re
from datetime import date

from aws_lambda_powertools.event_handler import Response

from accounting import wiring
from accounting.api.app import app
from accounting.api.proof_views import ExportView, chain_view, proof_view, seals_view
from accounting.api.requests import invalid, number
from accounting.application.prove import prove
from accounting.domain.chain import LANES
from accounting.infrastructure.vault import ALGORITHM
from shared.errors.taxonomy import NotFound
from shared.rest.app import ok

CURSOR_MAX = 10**6
_CURSOR = re.compile(r"[0-9T:.-]{18}#[0-9]{12}")


@app.routes.get("/ledger/chains/<lane>")
def get_chain(lane: str) -> Response[str]:
    app.caller.require("ledger:read")
    if lane not in map(str, range(LANES)):
        raise NotFound("no such chain")
    cursor = app.event.query_string_parameters.get("cursor", "")
    if cursor and not _CURSOR.fullmatch(cursor):
        raise invalid("cursor", "next_cursor of the page before")
    return ok(chain_view(int(lane), cursor, folds=wiring.folds(), journal=wiring.journal()))


@app.routes.get("/ledger/seals")
def get_seals() -> Response[str]:
    app.caller.require("ledger:read")
    return ok(seals_view(wiring.vault(), algorithm=ALGORITHM))


@app.routes.get("/ledger/exports/<day>")
def get_export(day: str) -> Response[str]:
    app.caller.require("ledger:read")
    try:
        wanted = date.fromisoformat(day).isoformat()
    except ValueError:
        raise NotFound("no such day") from None
    cursor = app.event.query_string_parameters.get("cursor", "0")
    part = number("cursor", cursor, most=CURSOR_MAX)
    vault = wiring.vault()
    export = vault.part(wanted, part)
    if export is None and (part or vault.find(wanted) is None):
        raise NotFound("that day is not sealed, or its export has ended")
    more = vault.part(wanted, part + 1) is not None
    shown: ExportView = {
        "day": wanted,
        "csv": export or "",
        "next_cursor": str(part + 1) if more else None,
    }
    return ok(shown)


@app.routes.get("/ledger/proof")
def get_proof() -> Response[str]:
    app.caller.require("ledger:read")
    proof = prove(
        journal=wiring.journal(),
        folds=wiring.folds(),
        seals=wiring.vault(),
        attested=wiring.attested(),
        now=app.caller.now,
    )
    return ok(proof_view(proof))
