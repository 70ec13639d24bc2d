"""Records what the sandbox acquirer says: `python -m tests.contract.record_sandbox`.

For each file under `providers/sandbox/` it starts the sandbox anew, does what `before` says, makes
the `call` and writes down what went over the wire. It never writes `expected`: what an answer
means is for a person to state, and the suite to hold against the adapter.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import urllib3

from payments.infrastructure.providers import Provider
from tests.contract.loopback import Loopback, Reply, Request
from tests.contract.recordings import CONFIG, FOLDER, Recording, kept, recordings, result, sent
from tests.contract.services import ROOT

PROVIDER: Final = "sandbox"
SEED: Final = 7
STARTED_SECONDS_MAX: Final = 20.0
STOPPED_SECONDS_MAX: Final = 5.0
CALL_SECONDS_MAX: Final = 10.0
SIGNED: Final = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")
WHEN: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")


def main() -> int:
    for recording in recorded():
        with sandbox_process() as url:
            fresh = enacted(recording, url)
        document = {**recording.document, **fresh}
        expected = document.pop("expected", None)
        text = json.dumps({**document, "expected": expected}, indent=2, ensure_ascii=False)
        recording.path.write_text(text + "\n")
        sys.stdout.write(f"{recording.path.relative_to(ROOT)}\n")
    return 0


def recorded() -> list[Recording]:
    """The recordings that the sandbox itself can be made to say again."""
    return [each for each in recordings(PROVIDER) if not each.document.get("by_hand")]


def settings() -> dict[str, str]:
    config = json.loads((FOLDER / PROVIDER / CONFIG).read_text())
    assert isinstance(config, dict)
    return config


@contextmanager
def sandbox_process() -> Iterator[str]:
    """The sandbox as a process of its own; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        options = ["--seed", str(SEED), "--api-key", settings()["api_key"]]
        command = [sys.executable, "-m", "sandbox", *options, "--ready-file", str(ready)]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            until = time.monotonic() + STARTED_SECONDS_MAX
            while not ready.exists():
                assert process.poll() is None, "the sandbox ended"
                assert time.monotonic() < until, "the sandbox did not start"
                time.sleep(0.02)
            yield json.loads(ready.read_text())["url"]
        finally:
            process.terminate()
            process.wait(STOPPED_SECONDS_MAX)


def enacted(recording: Recording, url: str) -> dict[str, Any]:
    """What a new sandbox at `url` says now in the situation of this recording."""
    document = recording.document
    gateway = recording.gateway(url)
    told: list[dict[str, Any]] = []
    wanted = document.get("webhook")

    def call_while_it_waits(_: Request) -> Reply:
        if document.get("during_webhook") and not told:
            told.append(_called(recording, url))
        return Reply()

    with Loopback(call_while_it_waits) as receiver:
        hook = {"url": f"{receiver.url}/webhooks/sandbox", "secret": settings()["webhook_secret"]}
        _post(f"{url}/_control/webhooks", hook)
        for step in document.get("before", []):
            _do(step, gateway, url)
        if wanted is not None:
            webhook = receiver.wait_for(lambda request: _is(request, wanted))
            return _webhook(webhook, timedelta(seconds=document.get("delay_seconds", 0)))
        return told[0] if told else _called(recording, url)


def masked(document: Any) -> Any:
    """The same with every moment, and what follows from it, made equal."""
    text = WHEN.sub("SOME-TIME", json.dumps(document))
    text = re.sub(r'"webhook-timestamp": "\d+"', '"webhook-timestamp": "SOME-TIME"', text)
    return json.loads(re.sub(r'"v1,[^"]+"', '"v1,SIGNATURE"', text))


def _called(recording: Recording, url: str) -> dict[str, Any]:
    """Make the call through a line that listens."""
    replies: list[Reply | None] = []

    def forward(request: Request) -> Reply | None:
        replies.append(_forwarded(request, url))
        return replies[-1]

    with Loopback(forward) as line:
        result(recording.gateway(line.url), PROVIDER, recording.document["call"])
        return {"sent": sent(line.requests[0]), "answer": kept(replies[0])}


def _forwarded(request: Request, url: str) -> Reply | None:
    try:
        answer = urllib3.request(
            request.method,
            url + request.path,
            body=request.body,
            headers=dict(request.headers),
            timeout=CALL_SECONDS_MAX,
            retries=False,
        )
    except urllib3.exceptions.ProtocolError:
        return None
    return Reply(answer.status, dict(answer.headers), answer.data)


def _do(step: dict[str, Any], gateway: Provider, url: str) -> None:
    """One step before the call: a call of the adapter, or of the sandbox's control."""
    if "method" in step:
        result(gateway, PROVIDER, step)
    else:
        _post(f"{url}/_control/{step['control']}", step["body"])


def _post(url: str, body: dict[str, Any]) -> None:
    answer = urllib3.request("POST", url, json=body, timeout=CALL_SECONDS_MAX, retries=False)
    assert answer.status in {200, 201}, answer.data


def _is(request: Request, wanted: dict[str, str]) -> bool:
    event = json.loads(request.body)
    told = {"type": event["type"], "operation": event["data"]["operation"]}
    return told == wanted


def _webhook(request: Request, delay: timedelta) -> dict[str, Any]:
    received_at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC) + delay
    return {
        "delivered": {
            "headers": {name: request.headers[name] for name in SIGNED},
            "body": request.body.decode(),
        },
        "received_at": received_at.isoformat().replace("+00:00", "Z"),
    }


if __name__ == "__main__":
    sys.exit(main())
