"""The parts of ministack that are mended, in one place; nothing else here imports ministack.

They come in untyped, because ministack lives in the `.cloud` environment only.
"""

import contextlib
import importlib
from typing import Any

VERSION = "1.5.33"


def _part(name: str) -> Any:
    return importlib.import_module(f"ministack.{name}")


app: Any = _part("app")
responses: Any = _part("core.responses")
lambda_runtime: Any = _part("core.lambda_runtime")
lambda_svc: Any = _part("services.lambda_svc")
dynamodb: Any = _part("services.dynamodb")
sqs: Any = _part("services.sqs")
eventbridge: Any = _part("services.eventbridge")
stepfunctions: Any = _part("services.stepfunctions")
cloudwatch: Any = _part("services.cloudwatch")
apigateway: Any = _part("services.apigateway_v1")
provisioners: Any = _part("services.cloudformation.provisioners")


def scope(account_id: str, region: str) -> contextlib.AbstractContextManager[None]:
    """Act for that account and region inside the block, as a request of theirs would."""
    bound: contextlib.AbstractContextManager[None] = responses.request_scope(account_id, region)
    return bound
