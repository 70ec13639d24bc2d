"""What a Lambda process prints, gathered while it runs and taken once an invocation is answered."""

import os
import select
import threading
from typing import IO

READ_BYTES = 65536


class FunctionOutput:
    """The process's pipe. All that was printed before an answer is in it when the answer comes."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._gathered = bytearray()
        self._reading = threading.Lock()
        os.set_blocking(pipe.fileno(), False)
        threading.Thread(target=self._gather, daemon=True).start()

    def take(self) -> str:
        """What was printed since it was last taken."""
        with self._reading:
            self._read()
            text = self._gathered.decode(errors="replace")
            self._gathered.clear()
        return text

    def _gather(self) -> None:
        """Keep the pipe from filling up: a full one would stop the handler."""
        while True:
            select.select([self._pipe], [], [])
            with self._reading:
                if not self._read():
                    self._pipe.close()
                    return

    def _read(self) -> bool:
        """Take in what is there; false at its end."""
        while not self._pipe.closed:
            try:
                chunk = os.read(self._pipe.fileno(), READ_BYTES)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            self._gathered += chunk
        return False
