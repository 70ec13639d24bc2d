"""A REST API made by CloudFormation checks no request.

Stock 1.5.33 makes request validators in name only and forgets which one a method asks for, so a
request that AWS refuses reaches the function. The mend makes them through API Gateway's own calls,
which do check, and ties each method to its validator.
"""

from typing import Any

from apphost.cloud import stock
from apphost.cloud.templates import Made, Properties, answered, is_true

REQUIRES = (
    "services.cloudformation.provisioners:_RESOURCE_HANDLERS[AWS::ApiGateway::RequestValidator]",
    "services.cloudformation.provisioners:_RESOURCE_HANDLERS[AWS::ApiGateway::Method][create]",
    "services.cloudformation.provisioners:_apigw_method_create",
    "services.apigateway_v1:_create_request_validator",
    "services.apigateway_v1:_update_request_validator",
    "services.apigateway_v1:_delete_request_validator",
    "services.apigateway_v1:_resources",
)
CHECKS = {
    "validateRequestBody": "ValidateRequestBody",
    "validateRequestParameters": "ValidateRequestParameters",
}


def apply() -> None:
    provisioners = stock.provisioners
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::ApiGateway::RequestValidator"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }
    stock_method = provisioners._apigw_method_create

    def method(logical_id: str, properties: Properties, stack: str) -> Any:
        made = stock_method(logical_id, properties, stack)
        resource = stock.apigateway._resources[properties["RestApiId"]][properties["ResourceId"]]
        resource["resourceMethods"][properties["HttpMethod"]]["requestValidatorId"] = (
            properties.get("RequestValidatorId")
        )
        return made

    provisioners._apigw_method_create = method
    handlers["AWS::ApiGateway::Method"]["create"] = method


def _create(logical_id: str, properties: Properties, _stack: str) -> Made:
    checks = {name: is_true(properties.get(check)) for name, check in CHECKS.items()}
    wanted = {"name": properties.get("Name", logical_id), **checks}
    made = answered(stock.apigateway._create_request_validator(properties["RestApiId"], wanted))
    return made["id"], {"RequestValidatorId": made["id"]}


def _update(validator_id: str, old: Properties, new: Properties, stack: str) -> Made:
    if any(old.get(fixed) != new.get(fixed) for fixed in ("RestApiId", "Name")):
        return _create(validator_id, new, stack)
    changes = [
        {"op": "replace", "path": f"/{name}", "value": is_true(new.get(check))}
        for name, check in CHECKS.items()
    ]
    patch = {"patchOperations": changes}
    answered(stock.apigateway._update_request_validator(new["RestApiId"], validator_id, patch))
    return validator_id, {"RequestValidatorId": validator_id}


def _delete(validator_id: str, properties: Properties) -> None:
    stock.apigateway._delete_request_validator(properties["RestApiId"], validator_id)
