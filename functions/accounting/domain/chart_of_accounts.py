"""The accounts of the ledger, as data: code, name, type and the side on which they grow."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounting.domain.errors import UnknownAccount


class Side(StrEnum):
    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def opposite(self) -> "Side":
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class AccountType(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    REVENUE = "revenue"
    EXPENSE = "expense"
    MEMO = "memo"


NORMAL_SIDES: Final = {
    AccountType.ASSET: Side.DEBIT,
    AccountType.LIABILITY: Side.CREDIT,
    AccountType.EQUITY: Side.CREDIT,
    AccountType.REVENUE: Side.CREDIT,
    AccountType.EXPENSE: Side.DEBIT,
    AccountType.MEMO: Side.DEBIT,
}


class SubLedger(StrEnum):
    """What the items of a control account are: their balances sum up to the account's."""

    PAYMENT = "payment"
    PAYOUT = "payout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The balance on the normal side stays within these minor units, whatever the currency."""

    floor: int | None = None
    ceiling: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """`contra` accounts grow on the side opposite to their type's."""

    code: str
    name: str
    type: AccountType
    contra: bool = False
    sub_ledger: SubLedger | None = None
    limit: Limit | None = None
    closed: bool = False

    @property
    def is_memo(self) -> bool:
        """Beside the books: memo accounts balance among themselves."""
        return self.type is AccountType.MEMO

    @property
    def normal_side(self) -> Side:
        side = NORMAL_SIDES[self.type]
        return side.opposite if self.contra else side


_ASSET, _LIABILITY, _EQUITY, _REVENUE, _EXPENSE, _MEMO = AccountType
_PAYMENT, _PAYOUT = SubLedger

BANK: Final = Account("1000", "Bank", _ASSET)
CUSTOMER_RECEIVABLE: Final = Account("1100", "Customer receivable", _ASSET, sub_ledger=_PAYMENT)
PROVIDER_CLEARING: Final = Account("1200", "Provider clearing", _ASSET)
PROVIDER_RESERVE: Final = Account("1210", "Provider reserve", _ASSET)
PAYOUT_IN_TRANSIT: Final = Account("1220", "Payout in transit", _ASSET, sub_ledger=_PAYOUT)
DISPUTES_RECEIVABLE: Final = Account("1300", "Disputes receivable", _ASSET, sub_ledger=_PAYMENT)
SUSPENSE: Final = Account("1900", "Reconciliation suspense", _ASSET)
REFUNDS_PAYABLE: Final = Account("2100", "Refunds payable", _LIABILITY, sub_ledger=_PAYMENT)
UNAPPLIED_FUNDS: Final = Account(
    "2110", "Unapplied customer funds", _LIABILITY, sub_ledger=_PAYMENT
)
CUSTOMER_CREDIT: Final = Account("2120", "Customer credit", _LIABILITY, limit=Limit(floor=0))
TAX_PAYABLE: Final = Account("2200", "Tax payable", _LIABILITY)
DEFERRED_REVENUE: Final = Account("2300", "Deferred revenue", _LIABILITY)
SELLER_PAYABLE: Final = Account("2400", "Seller payable", _LIABILITY)
OPENING_BALANCES: Final = Account("3000", "Opening balances", _EQUITY, closed=True)
FX_POSITION: Final = Account("3900", "FX position", _EQUITY)
REVENUE: Final = Account("4000", "Revenue", _REVENUE)
REFUNDS: Final = Account("4100", "Refunds", _REVENUE, contra=True)
COMMISSION_REVENUE: Final = Account("4200", "Commission revenue", _REVENUE)
PROCESSING_FEES: Final = Account("5000", "Processing fees", _EXPENSE)
DISPUTE_FEES: Final = Account("5010", "Dispute fees", _EXPENSE)
FX_COMMISSION: Final = Account("5030", "FX commission", _EXPENSE)
CHARGEBACK_LOSSES: Final = Account("5100", "Chargeback losses", _EXPENSE)
FX_GAIN_AND_LOSS: Final = Account("5200", "FX gain and loss", _EXPENSE)
WRITE_OFFS: Final = Account("5900", "Rounding and write-offs", _EXPENSE)
GOODWILL: Final = Account("5910", "Goodwill granted", _EXPENSE, limit=Limit(ceiling=1_000_000))
AUTHORIZATIONS: Final = Account("9000", "Authorizations outstanding", _MEMO, sub_ledger=_PAYMENT)
AUTHORIZATIONS_CONTRA: Final = Account(
    "9001", "Authorizations contra", _MEMO, contra=True, sub_ledger=_PAYMENT
)

CHART: Final = {
    account.code: account for account in tuple(globals().values()) if isinstance(account, Account)
}


def account_of(code: str) -> Account:
    """The account with that code; raises UnknownAccount."""
    try:
        return CHART[code]
    except KeyError:
        raise UnknownAccount(f"no account {code[:16]!r}") from None
