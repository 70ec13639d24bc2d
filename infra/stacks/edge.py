"""One REST API in front of the three services: routes, keys, throttles, the access log."""

import json
from collections.abc import Mapping

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import names
from infra.constructs import alarms
from infra.constructs.acknowledge import acknowledge
from infra.constructs.code import shared_bundle
from infra.constructs.gateway_problems import answer_with_problems
from infra.constructs.service_function import AUTHORIZER, Deployment, ServiceFunction
from infra.stages import Stage

OPERATIONS = tuple(
    (method, f"/operations/{service}/{path}", f"{service}/operations")
    for service in ("orders", "payments", "accounting")
    for method, path in (
        ("GET", "dead-letters"),
        ("GET", "dead-letters/{dead_letter_id}"),
        ("POST", "dead-letters/{dead_letter_id}/redrive"),
        ("POST", "dead-letters/{dead_letter_id}/close"),
        ("POST", "replays"),
        ("GET", "replays/{replay_id}"),
        ("POST", "replays/{replay_id}/stop"),
    )
)
"""What operators work with, in each service by a function of its own."""
ROUTES = (
    ("POST", "/orders", "orders"),
    ("GET", "/orders/{order_id}", "orders"),
    ("POST", "/orders/{order_id}/confirm", "orders"),
    ("POST", "/orders/{order_id}/cancel", "orders"),
    ("POST", "/orders/{order_id}/payment-method", "orders"),
    ("POST", "/orders/{order_id}/refunds", "orders"),
    ("GET", "/orders/{order_id}/events", "orders"),
    ("GET", "/cases", "orders"),
    ("GET", "/cases/{case_id}", "orders"),
    ("POST", "/cases/{case_id}/resolution", "orders"),
    ("GET", "/payments", "payments"),
    ("GET", "/payments/{payment_id}", "payments"),
    ("GET", "/payments/{payment_id}/events", "payments"),
    ("POST", "/payments/{payment_id}/sync", "payments"),
    ("POST", "/payments/{payment_id}/disputes/{dispute_id}/evidence", "payments"),
    ("GET", "/settlement-reports", "payments"),
    ("GET", "/settlement-reports/{report_id}", "payments"),
    ("GET", "/accounts", "accounting"),
    ("GET", "/accounts/{code}/balance", "accounting"),
    ("GET", "/accounts/{code}/statement", "accounting"),
    ("GET", "/journal-entries", "accounting"),
    ("POST", "/journal-entries", "accounting"),
    ("GET", "/journal-entries/{entry_id}", "accounting"),
    ("POST", "/journal-entries/{entry_id}/reversal", "accounting"),
    ("POST", "/journal-entries/{entry_id}/resolution", "accounting"),
    ("POST", "/proposals/{proposal_id}/approval", "accounting"),
    ("POST", "/reconciliations", "accounting"),
    ("GET", "/reconciliations/{reconciliation_id}", "accounting"),
    ("GET", "/reconciliations/{reconciliation_id}/items", "accounting"),
    ("GET", "/reconciliation-items", "accounting"),
    ("POST", "/reconciliation-items/{item_id}/resolution", "accounting"),
    ("GET", "/trial-balance", "accounting"),
    ("GET", "/periods", "accounting"),
    ("POST", "/periods", "accounting"),
    ("GET", "/ledger/chains/{lane}", "accounting"),
    ("GET", "/ledger/seals", "accounting"),
    ("GET", "/ledger/exports/{day}", "accounting"),
    ("GET", "/ledger/proof", "accounting"),
    *OPERATIONS,
)

# Routes that mean nothing without a body. The gateway checks only that it is a JSON object: the
# functions check the rest, and can say where it is wrong.
BODY_REQUIRED = frozenset({("POST", "/orders")})

ACCESS_LOG = {
    "request_id": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "principal": "$context.authorizer.principalId",
    "source_ip": "$context.identity.sourceIp",
    "error": "$context.error.responseType",
}
"""Routes, not paths, and no header: nothing that a caller wrote stands in the log."""


class EdgeStack(Stack):
    """Deployed last: it refers to the HTTP functions of the services."""

    def __init__(
        self, scope: Construct, stage: Stage, services: Mapping[str, ServiceFunction]
    ) -> None:
        super().__init__(
            scope,
            names.stack_name(stage, "Edge"),
            description="Quittance: the REST API in front of the services",
            tags=names.tags(stage),
            termination_protection=stage.retain_data,
        )
        self._stage = stage
        authorizer = self._authorizer_function()
        api = self._gateway(authorizer)
        self._add_routes(api, services)
        answer_with_problems(api)
        failures = api.metric_server_error(period=alarms.FIVE_MINUTES, statistic="Sum")
        raised = [
            alarms.failing_often(self, "ServerErrors", failures),
            *alarms.function_alarms(self, {"authorizer": authorizer}),
        ]
        alarms.tell(self, stage, raised)
        CfnOutput(self, "RestApiId", value=api.rest_api_id)
        CfnOutput(self, "StageName", value=api.deployment_stage.stage_name)
        CfnOutput(self, "ApiUrl", value=api.url)

    def _authorizer_function(self) -> ServiceFunction:
        secret = names.api_keys_secret(self._stage)
        deployment = Deployment(
            stage=self._stage,
            service="edge",
            bundle=shared_bundle(self, self._stage),
            environment={"API_KEYS_SECRET": secret},
        )
        function = ServiceFunction(
            self,
            "Authorizer",
            deployment,
            handler="shared.rest.authorizer.handler",
            sizing=AUTHORIZER,
        )
        function.grant_secret(secret)
        return function

    def _gateway(self, authorizer: ServiceFunction) -> apigateway.RestApi:
        access_log = logs.LogGroup(
            self,
            "AccessLog",
            retention=self._stage.log_retention,
            removal_policy=self._stage.removal_policy,
        )
        api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=f"quittance-{self._stage.name}",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=True,
            default_method_options=apigateway.MethodOptions(
                authorization_type=apigateway.AuthorizationType.CUSTOM,
                authorizer=apigateway.RequestAuthorizer(
                    self,
                    "ApiKey",
                    handler=authorizer,
                    identity_sources=[apigateway.IdentitySource.header("Authorization")],
                    results_cache_ttl=Duration.seconds(self._stage.authorizer_cache_seconds),
                ),
            ),
            deploy_options=apigateway.StageOptions(
                stage_name="v1",
                access_log_destination=apigateway.LogGroupLogDestination(access_log),
                access_log_format=apigateway.AccessLogFormat.custom(json.dumps(ACCESS_LOG)),
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                metrics_enabled=True,
                tracing_enabled=self._stage.tracing,
                throttling_rate_limit=self._stage.requests_per_second,
                throttling_burst_limit=self._stage.requests_burst,
            ),
        )
        api.node.try_remove_child("Endpoint")  # an output that repeats ApiUrl
        _acknowledge(api)
        return api

    def _add_routes(self, api: apigateway.RestApi, services: Mapping[str, ServiceFunction]) -> None:
        validator = api.add_request_validator(
            "Validator", validate_request_body=True, validate_request_parameters=True
        )
        document = api.add_model(
            "JsonObject",
            content_type="application/json",
            schema=apigateway.JsonSchema(type=apigateway.JsonSchemaType.OBJECT),
        )
        integrations = {
            name: apigateway.LambdaIntegration(function, scope_permission_to_method=False)
            for name, function in services.items()
        }
        for method, path, service in ROUTES:
            with_body = (method, path) in BODY_REQUIRED
            api.root.resource_for_path(path).add_method(
                method,
                integrations[service],
                request_validator=validator,
                request_models={"application/json": document} if with_body else None,
            )


def _acknowledge(api: apigateway.RestApi) -> None:
    acknowledge(
        api,
        "AwsSolutions-COG4",
        reason="Callers are programs with API keys; the authorizer and the function check them.",
    )
    acknowledge(
        api,
        "AwsSolutions-APIG3",
        reason="The firewall belongs to the account that owns the domain in front of this API.",
    )
    acknowledge(
        api,
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
        "AmazonAPIGatewayPushToCloudWatchLogs]",
        reason="API Gateway writes its logs by the role AWS made for that, once an account.",
    )
