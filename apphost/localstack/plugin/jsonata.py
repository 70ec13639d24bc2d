"""JSONata in state machines, evaluated by its port to Python.

LocalStack's own is a Java library that it downloads.
"""

import json
from typing import Any

from apphost.localstack.plugin import stock


def mend() -> None:
    own = stock.part("localstack.services.stepfunctions.asl.jsonata.jsonata")
    jsonata = stock.part("jsonata")

    def evaluate(expression: str) -> Any:
        try:
            found = jsonata.Jsonata(expression).evaluate(None)
        except jsonata.jexception.JException as error:
            raise own.JSONataException("UNKNOWN", str(error)) from error
        return json.loads(json.dumps(found))

    own._eval_jsonata = evaluate
