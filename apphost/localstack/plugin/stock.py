"""The parts of LocalStack and moto that the plugin touches; nothing else here imports them.

They come in untyped, because LocalStack lives in the `.localstack` environment only.
"""

import importlib
from typing import Any

VERSION = "4.14.0"


def part(name: str) -> Any:
    """A module of LocalStack or moto, imported when it is first asked for."""
    return importlib.import_module(name)


config: Any = part("localstack.config")
aws_api: Any = part("localstack.aws.api")
dynamodb_api: Any = part("localstack.aws.api.dynamodb")
dynamodbstreams_api: Any = part("localstack.aws.api.dynamodbstreams")
forwarder: Any = part("localstack.aws.forwarder")
service_plugins: Any = part("localstack.services.plugins")
lambda_models: Any = part("localstack.services.lambda_.invocation.lambda_models")
lambda_plugins: Any = part("localstack.services.lambda_.invocation.plugins")
lambda_errors: Any = part("localstack.services.lambda_.invocation.executor_endpoint")
runtime_executor: Any = part("localstack.services.lambda_.invocation.runtime_executor")
