"""An execution that is stopped ends at once, aborted, and takes no answer any more.

LocalStack lets a task go on waiting, and tells its failure, later, as the execution's end.
"""

from typing import Any

from apphost.localstack.plugin import stock


def mend() -> None:
    environment = stock.part("localstack.services.stepfunctions.asl.eval.environment")
    callback = stock.part("localstack.services.stepfunctions.asl.eval.callback.callback")
    own = environment.Environment
    stock_set_stop, stock_set_error = own.set_stop, own.set_error

    def set_stop(self: Any, *arguments: Any, **named: Any) -> None:
        stock_set_stop(self, *arguments, **named)
        for waiting in list(self.callback_pool_manager._pool.values()):
            waiting.report(callback.CallbackConsumerLeft())
            waiting.notify(
                callback.CallbackOutcomeFailure(waiting.callback_id, error=None, cause=None)
            )

    def set_error(self: Any, error: Any) -> None:
        if not isinstance(self.program_state(), environment.ProgramStopped):
            stock_set_error(self, error)

    own.set_stop, own.set_error = set_stop, set_error
