"""A function's failures are named as AWS names them, and do not end its process."""

import pytest

from tests.cloud import Account
from tests.conformance.functions import Journal, deploy, invoke

DECLINES = """
class CardDeclined(Exception):
    pass

def handler(event, context):
    if event == "decline":
        raise CardDeclined("insufficient funds")
    return os.getpid()
"""


def test_an_error_is_named_by_its_class(account: Account) -> None:
    deploy(account, DECLINES)
    answer = invoke(account, "decline")
    assert answer.error
    assert answer.payload["errorType"] == "CardDeclined"
    assert answer.payload["errorMessage"] == "insufficient funds"
    assert "raise CardDeclined" in answer.payload["stackTrace"][-1]


@pytest.mark.stock
def test_stock_names_every_error_the_same(stock_account: Account) -> None:
    deploy(stock_account, DECLINES)
    assert invoke(stock_account, "decline").payload["errorType"] == "Runtime.HandlerError"


def test_the_process_outlives_an_error_of_its_handler(account: Account) -> None:
    deploy(account, DECLINES)
    before = invoke(account, "ok").payload
    invoke(account, "decline")
    assert invoke(account, "ok").payload == before


@pytest.mark.stock
def test_stock_ends_the_process_after_an_error(stock_account: Account) -> None:
    deploy(stock_account, DECLINES)
    before = invoke(stock_account, "ok").payload
    invoke(stock_account, "decline")
    assert invoke(stock_account, "ok").payload != before


@pytest.mark.parametrize(
    ("source", "error_type"),
    [
        ("import nowhere\n", "Runtime.ImportModuleError"),
        ("def other(event, context): pass\n", "Runtime.HandlerNotFound"),
        ("def handler(event, context:\n", "Runtime.UserCodeSyntaxError"),
        ("x = {}['missing']\n", "KeyError"),
        ("def handler(event, context): return {1, 2}\n", "Runtime.MarshalError"),
        ("def handler(event, context): os._exit(3)\n", "Runtime.ExitError"),
        ("def handler(event, context): raise SystemExit\n", "Runtime.ExitError"),
    ],
)
def test_a_function_that_cannot_answer_says_why(
    account: Account, source: str, error_type: str
) -> None:
    deploy(account, source)
    first, second = invoke(account), invoke(account)
    assert first.error
    assert second.error
    assert first.payload["errorType"] == error_type
    assert second.payload["errorType"] == error_type


def test_a_function_that_takes_too_long_is_ended_and_the_next_call_works(
    account: Account,
) -> None:
    deploy(
        account,
        "def handler(event, context):\n    time.sleep(event)\n    return 'done'\n",
        timeout_seconds=1,
    )
    late = invoke(account, 30)
    assert late.payload["errorType"] == "Sandbox.Timedout"
    assert late.payload["errorMessage"].startswith("RequestId: ")
    assert late.payload["errorMessage"].endswith(" Error: Task timed out after 1.00 seconds")
    assert invoke(account, 0).payload == "done"


def test_what_a_handler_prints_does_not_disturb_its_answer(account: Account) -> None:
    deploy(
        account,
        "import subprocess\n"
        "def handler(event, context):\n"
        '    print(\'{"result": "forged"}\', flush=True)\n'
        "    subprocess.run(['echo', '{\"result\": \"forged\"}'])\n"
        "    return 'true'\n",
    )
    assert invoke(account).payload == "true"


def test_the_context_tells_a_function_about_itself(account: Account, journal: Journal) -> None:
    arn = deploy(
        account,
        "def handler(event, context):\n"
        "    return [context.function_name, context.invoked_function_arn,\n"
        "            context.memory_limit_in_mb, len(context.aws_request_id),\n"
        "            0 < context.get_remaining_time_in_millis() <= 10_000]\n",
    )
    assert invoke(account).payload == ["fn", arn, "128", 36, True]
