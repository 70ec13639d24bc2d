"""What is declared for each provider: how long it settles, what it charges, what is tolerated.

The bank that their payouts come to has rules as well.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from accounting.domain.reconciliation import FeeRule, Rules
from shared.contracts.bank import BANK

_SANDBOX_FEE: Final = FeeRule(basis_points=150, fixed=25, tolerance=2)
"""1.4 % and 0.25 for itself, 0.1 % for the scheme; it rounds each part down."""

RULES: Final[Mapping[str, Rules]] = MappingProxyType(
    {
        "sandbox": Rules(fees=dict.fromkeys(("EUR", "GBP", "USD"), _SANDBOX_FEE)),
        "stripe": Rules(settled_within_days=7),
        "adyen": Rules(settled_within_days=5),
        BANK: Rules(settled_within_days=5, owner="treasury"),
    }
)
DEFAULT: Final = Rules()
"""For a provider that nothing is declared for: three days, no tolerance, any fee."""


def rules_of(provider: str) -> Rules:
    return RULES.get(provider, DEFAULT)
