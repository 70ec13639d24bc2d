"""The REST application that all routes of orders are added to."""

from orders import wiring
from shared import clock
from shared.rest.app import RestApp
from shared.rest.secret_access import api_keys

app = RestApp(api_keys=api_keys, guard=wiring.guard, clock=clock.now)
