"""A scenario on moto as it is published: `.localstack/bin/python -m tests.localstack.stock_moto`.

Its argument names the scenario; it prints the result as JSON. Threads are switched as often as
possible, so that what can get lost does.
"""

import functools
import importlib
import json
import sys
from typing import Any

from tests.localstack.scenarios import SCENARIOS, make_table

SWITCH_SECONDS = 1e-6


def main(name: str) -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    boto3: Any = importlib.import_module("boto3")
    with importlib.import_module("moto").mock_aws(config={"core": {"service_whitelist": None}}):
        session = boto3.session.Session("test", "test", region_name="us-east-1")
        client = functools.cache(session.client)
        make_table(client)
        print(json.dumps(SCENARIOS[name](client)))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
