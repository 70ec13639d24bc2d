"""The accounting service: the double-entry ledger."""

from constructs import Construct

from accounting.application.reactions import Subscribed
from accounting.settings import Settings
from infra.constructs.service_tables import Index
from infra.stacks.service import ServiceStack
from infra.stages import Stage

BY_PAYMENT = Index(
    name="by_payment", partition_key="payment_id", sort_key="booked_at", keys_only=False
)


class AccountingStack(ServiceStack):
    """An inbox for facts to book, and HTTP for those who read the books.

    No function may change or delete a row: entries are only ever added.
    """

    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(
            scope,
            stage,
            service="accounting",
            settings=Settings,
            indexes=[BY_PAYMENT],
        )
        self.tables.grant(self.http, "GetItem", "Scan")
        self.tables.grant_index(self.http, BY_PAYMENT)
        events = self.consumer("events", Subscribed)
        self.tables.grant(events, "GetItem", "PutItem")
        self.watch()
