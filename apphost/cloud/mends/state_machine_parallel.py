"""A JSONata Parallel state ignores its Output and Assign.

Stock 1.5.33 passes the bare list of branch results on, whatever the state's `Output` says, and
assigns no variables. The mend evaluates both on the branches' results.
"""

from typing import Any

from apphost.cloud import stock

REQUIRES = (
    "services.stepfunctions:_run_parallel_branches",
    "services.stepfunctions:_state_query_language",
    "services.stepfunctions:_apply_jsonata_output",
    "services.stepfunctions:_apply_state_assign",
)


def apply() -> None:
    service, stock_run = stock.stepfunctions, stock.stepfunctions._run_parallel_branches

    def run(state: dict[str, Any], given: Any, execution: Any, context: Any) -> Any:
        result, following = stock_run(state, given, execution, context)
        if service._state_query_language(state, context) != "JSONata":
            return result, following
        output = service._apply_jsonata_output(state, given, context, result=result, default=result)
        service._apply_state_assign(state, given, context, result=result)
        return output, following

    service._run_parallel_branches = run
