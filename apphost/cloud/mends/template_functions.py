"""A function that CloudFormation removed goes on running.

Stock 1.5.33 forgets the function but not its processes: a stack that is destroyed and deployed
again answers with the old code. The mend ends a removed function's processes, as DeleteFunction
does.
"""

from typing import Any

from apphost.cloud import stock

REQUIRES = (
    "services.cloudformation.provisioners:_RESOURCE_HANDLERS[AWS::Lambda::Function][delete]",
    "services.cloudformation.provisioners:_lambda_delete",
    "services.lambda_svc:invalidate_worker",
)


def apply() -> None:
    provisioners, stock_delete = stock.provisioners, stock.provisioners._lambda_delete

    def delete(name: str, properties: dict[str, Any]) -> None:
        stock_delete(name, properties)
        account_id, region = stock.responses.get_account_id(), stock.responses.get_region()
        stock.lambda_svc.invalidate_worker(name, account=account_id, region=region)

    provisioners._lambda_delete = delete
    provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]["delete"] = delete
