"""CloudFormation refuses an alarm made of alarms.

Stock 1.5.33 has composite alarms but no AWS::CloudWatch::CompositeAlarm, so a stack that has one
does not deploy. The mend makes and removes them through CloudWatch's own calls.
"""

from apphost.cloud import stock
from apphost.cloud.templates import Made, Properties, answered, name_of

REQUIRES = (
    "services.cloudformation.provisioners:_RESOURCE_HANDLERS",
    "services.cloudformation.provisioners:_physical_name",
    "services.cloudwatch:_put_composite_alarm",
    "services.cloudwatch:_composite_alarms",
)
NAME_LENGTH_MAX = 255


def apply() -> None:
    stock.provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }


def _create(logical_id: str, properties: Properties, stack: str) -> Made:
    name = name_of(properties.get("AlarmName"), logical_id, stack, length_max=NAME_LENGTH_MAX)
    return _put(name, properties)


def _update(name: str, _old: Properties, new: Properties, _stack: str) -> Made:
    return _put(name, new)


def _delete(name: str, _properties: Properties) -> None:
    stock.cloudwatch._composite_alarms.pop(name, None)


def _put(name: str, properties: Properties) -> Made:
    wanted = {**properties, "AlarmName": name}
    answered(stock.cloudwatch._put_composite_alarm({}, wanted, False, True))
    account_id, region = stock.responses.get_account_id(), stock.responses.get_region()
    return name, {"Arn": f"arn:aws:cloudwatch:{region}:{account_id}:alarm:{name}"}
