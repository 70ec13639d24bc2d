"""A wait takes one answer, and ends with its execution.

LocalStack takes a second answer while the execution runs. It lets a task of an execution that was
stopped go on waiting, and tells its failure, later, as the execution's end.
"""

from typing import Any

from apphost.localstack.plugin import stock


def mend() -> None:
    environment = stock.part("localstack.services.stepfunctions.asl.eval.environment")
    callback = stock.part("localstack.services.stepfunctions.asl.eval.callback.callback")
    own, pool = environment.Environment, callback.CallbackPoolManager
    stock_set_stop, stock_set_error, stock_notify = own.set_stop, own.set_error, pool.notify

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

    def notify(self: Any, callback_id: str, outcome: Any) -> bool:
        taken: bool = stock_notify(self, callback_id, outcome)
        if taken:
            self._pool[callback_id].report(callback.CallbackConsumerLeft())
        return taken

    own.set_stop, own.set_error, pool.notify = set_stop, set_error, notify
