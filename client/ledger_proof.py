"""Prove the ledger from the outside: fetch everything, recompute everything, trust nothing."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounting.domain.balances import Sums
from accounting.domain.chain import LANES, Block, Head
from accounting.domain.proof import (
    Breach,
    LaneProof,
    SealedDay,
    balance_breaches,
    chain_breaches,
    seal_breaches,
)
from client.answers import ChainPage, Seal, Seals
from client.api import Api
from client.signature import NotAKey, signed_by


@dataclass(frozen=True, slots=True)
class Verification:
    """How much was recomputed, and everything that is not as it must be."""

    entries: int
    days: int
    breaches: tuple[Breach, ...]

    def as_json(self) -> dict[str, object]:
        return {
            "entries": self.entries,
            "sealed_days": self.days,
            "breaches": [
                {"check": each.check, "detail": each.detail, "entry_id": each.entry_id}
                for each in self.breaches
            ],
        }


def verify(api: Api) -> Verification:
    """Walk every chain from genesis, check every seal, and add up every balance once more.

    What stands in no chain only the platform can see: its own checks are asked for as well.
    """
    stored: dict[str, dict[str, Any]] = {}
    lanes = [_lane(api.chain(lane), stored) for lane in range(LANES)]
    days = _sealed_days(api, api.seals())
    told = api.ledger_proof()["breaches"]
    recomputed = (
        *seal_breaches(days, lanes, stored),
        *chain_breaches(lanes, stored, tolerated=frozenset()),
        *balance_breaches(lanes, stored),
    )
    said = [
        Breach(check=each["check"], detail=each["detail"], entry_id=each["entry_id"])
        for each in told
    ]
    breaches = (*recomputed, *(each for each in said if each not in recomputed))
    return Verification(entries=len(stored), days=len(days), breaches=breaches)


def _lane(pages: Sequence[ChainPage], stored: dict[str, dict[str, Any]]) -> LaneProof:
    """A lane as its first page says it ends; `stored` takes the entries that are there."""
    first = pages[0]
    blocks = []
    for page in pages:
        for told in page["blocks"]:
            if told["position"] >= first["height"]:
                continue  # folded while we were reading
            entries = tuple((entry_id, mark) for entry_id, mark in told["entries"])
            blocks.append(
                Block(
                    lane=first["lane"],
                    bucket=told["bucket"],
                    position=told["position"],
                    entries=entries,
                    before=told["before"],
                    hash=told["hash"],
                )
            )
            found = zip(entries, told["stored"], strict=True)
            stored.update({entry_id: row for (entry_id, _), row in found if row is not None})
    return LaneProof(
        lane=first["lane"],
        head=Head(height=first["height"], hash=first["hash"]),
        sums=Sums(by_currency=first["balances"]),
        blocks=blocks,
    )


def _sealed_days(api: Api, seals: Seals) -> list[SealedDay]:
    key = base64.b64decode(seals["public_key"])
    return [
        SealedDay(
            document=seal["document"],
            export=api.ledger_export(seal["day"]),
            signed=_signed(key, seal),
        )
        for seal in seals["data"]
    ]


def _signed(key: bytes, seal: Seal) -> bool:
    try:
        return signed_by(key, seal["document"].encode(), base64.b64decode(seal["signature"]))
    except NotAKey:
        return False
