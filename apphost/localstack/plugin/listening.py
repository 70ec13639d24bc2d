"""A LocalStack that listens where GATEWAY_LISTEN says, and nowhere when it cannot.

LocalStack takes the port from there and opens it on every network of the machine; and when another
has the port, it runs on and answers nobody.
"""

import sys
from typing import Any

from apphost.localstack.plugin import stock


def mend() -> None:
    server = stock.part("localstack.runtime.server.twisted")
    taken = stock.part("twisted.internet.error").CannotListenError

    def register(_: Any, gateway: Any, listen: list[Any], ssl_creds: Any = None) -> None:
        """Plain HTTP alone: nobody on this machine reads along."""
        del ssl_creds
        for place in listen:
            try:
                server.reactor.listenTCP(
                    place.port, server.TwistedGateway(gateway), interface=place.host
                )
            except taken as error:
                sys.exit(str(error))

    server.TwistedRuntimeServer.register = register
