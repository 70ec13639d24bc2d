"""Counts for dashboards and alarms, written as embedded metrics in the function's log."""

from typing import Final

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE: Final = "Quittance"


def count(name: str, value: int = 1, **dimensions: str) -> None:
    """Add `value` to the counter `name`; the service is a dimension of its own."""
    with single_metric(
        name=name, unit=MetricUnit.Count, value=value, namespace=NAMESPACE
    ) as metric:
        for dimension, text in dimensions.items():
            metric.add_dimension(name=dimension, value=text)
