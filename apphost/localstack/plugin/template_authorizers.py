"""`AWS::ApiGateway::Authorizer` in templates: LocalStack has the API for it, and no resource.

Without it no method of a REST API that names its authorizer can be deployed. The authorizer is
kept, and shown, but never asked: LocalStack's gateway lets everybody through to the function.
"""

from typing import Any

from apphost.localstack.plugin import stock

ID = "AuthorizerId"
ARGUMENTS = {
    "RestApiId": "restApiId",
    "Name": "name",
    "Type": "type",
    "AuthType": "authType",
    "AuthorizerUri": "authorizerUri",
    "AuthorizerCredentials": "authorizerCredentials",
    "AuthorizerResultTtlInSeconds": "authorizerResultTtlInSeconds",
    "IdentitySource": "identitySource",
    "IdentityValidationExpression": "identityValidationExpression",
    "ProviderARNs": "providerARNs",
}

resources: Any = stock.part("localstack.services.cloudformation.resource_provider")


class Authorizers(resources.ResourceProvider):  # type: ignore[misc]
    """An authorizer that changes is made anew: all its properties are `createOnlyProperties`."""

    SCHEMA = {  # noqa: RUF012  LocalStack's name and form
        "primaryIdentifier": [f"/properties/{ID}"],
        "readOnlyProperties": [f"/properties/{ID}"],
        "createOnlyProperties": [f"/properties/{name}" for name in ARGUMENTS],
    }

    def create(self, request: Any) -> Any:
        model = request.desired_state
        made = request.aws_client_factory.apigateway.create_authorizer(
            **{argument: model[name] for name, argument in ARGUMENTS.items() if name in model}
        )
        return _done({**model, ID: made["id"]})

    def delete(self, request: Any) -> Any:
        model = request.desired_state
        request.aws_client_factory.apigateway.delete_authorizer(
            restApiId=model["RestApiId"], authorizerId=model[ID]
        )
        return _done(model)


class AuthorizersPlugin(resources.CloudFormationResourceProviderPlugin):  # type: ignore[misc]
    """What the entry point names."""

    name = "AWS::ApiGateway::Authorizer"
    factory = Authorizers

    def load(self) -> None:
        """Nothing: the class is here already."""


def _done(model: Any) -> Any:
    return resources.ProgressEvent(status=resources.OperationStatus.SUCCESS, resource_model=model)
