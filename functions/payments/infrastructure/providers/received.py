"""What a provider adapter makes of a webhook."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.provider_notice import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One notice of a verified webhook, with the metadata that our call had carried."""

    webhook_id: str
    notice: Notice
    metadata: Mapping[str, str]
