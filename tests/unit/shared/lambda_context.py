"""What Lambda hands to a handler beside the event."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LambdaContext:
    function_name: str = "quittance-local-orders-http"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = (
        "arn:aws:lambda:us-east-1:111122223333:function:quittance-local-orders-http"
    )
    aws_request_id: str = "b0d1f1a2-6c3e-4a52-9d0e-2f6d1c9a7b10"
    remaining_milliseconds: int = 10_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_milliseconds
