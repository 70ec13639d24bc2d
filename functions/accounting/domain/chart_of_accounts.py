"""The accounts of the ledger, as data: code, name, type and the side on which they grow."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Side(StrEnum):
    DEBIT = "debit"
    CREDIT = "credit"


class AccountType(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    REVENUE = "revenue"
    EXPENSE = "expense"


NORMAL_SIDES: Final = {
    AccountType.ASSET: Side.DEBIT,
    AccountType.LIABILITY: Side.CREDIT,
    AccountType.REVENUE: Side.CREDIT,
    AccountType.EXPENSE: Side.DEBIT,
}


@dataclass(frozen=True, slots=True)
class Account:
    code: str
    name: str
    type: AccountType

    @property
    def normal_side(self) -> Side:
        return NORMAL_SIDES[self.type]


CUSTOMER_RECEIVABLE: Final = Account("1100", "Customer receivable", AccountType.ASSET)
REVENUE: Final = Account("4000", "Revenue", AccountType.REVENUE)

CHART: Final = {account.code: account for account in (CUSTOMER_RECEIVABLE, REVENUE)}
