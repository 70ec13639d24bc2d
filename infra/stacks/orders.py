"""The orders service: what customers want, and how far it has come."""

from constructs import Construct

from infra.stacks.service import ServiceStack
from infra.stages import Stage
from orders.application.reactions import Subscribed
from orders.settings import Settings


class OrdersStack(ServiceStack):
    """HTTP for customers, and an inbox for what payments and accounting say."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(scope, stage, service="orders", settings=Settings)
        self.tables.grant(self.http, "GetItem", "PutItem", "Query")
        self.tables.grant_commands(self.http)
        events = self.consumer("events", Subscribed)
        self.tables.grant(events, "GetItem", "PutItem")
        self.watch()
