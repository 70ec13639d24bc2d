"""The formats of settlement reports, by provider. A format is one module here and a line below."""

from collections.abc import Mapping
from typing import Final

from payments.infrastructure.settlement.adyen import SETTLEMENT_DETAILS
from payments.infrastructure.settlement.format import Format
from payments.infrastructure.settlement.sandbox import SETTLEMENT
from payments.infrastructure.settlement.stripe import ITEMIZED

FORMATS: Final[Mapping[str, Format]] = {
    "sandbox": SETTLEMENT,
    "stripe": ITEMIZED,
    "adyen": SETTLEMENT_DETAILS,
}
"""What is not here is read by the mapping that lies beside its reports."""
