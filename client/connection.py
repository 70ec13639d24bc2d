"""Where the platform is and which key opens it: two variables, or the local cloud's outputs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

URL_VARIABLE = "QUITTANCE_API_URL"
KEY_VARIABLE = "QUITTANCE_API_KEY"
OUTPUTS = Path(".local/outputs.json")
ROLES = ("client", "operator", "supervisor", "auditor")


class NotConnected(Exception):
    """Neither the environment nor the outputs file says where the platform is."""


@dataclass(frozen=True, slots=True)
class Connection:
    api_url: str
    api_key: str


def connect(env: Mapping[str, str], *, outputs: Path, role: str) -> Connection:
    """The variables win over the file; `role` picks one of the keys in the file."""
    api_url, api_key = env.get(URL_VARIABLE), env.get(KEY_VARIABLE)
    if api_url and api_key:
        return Connection(api_url, api_key)
    if api_url or api_key:
        raise NotConnected(f"set both {URL_VARIABLE} and {KEY_VARIABLE}, or neither")
    try:
        found = json.loads(outputs.read_text())
        return Connection(found["api_url"], found["api_keys"][role])
    except FileNotFoundError as error:
        raise NotConnected(
            f"no {outputs}: run `make up`, or set {URL_VARIABLE} and {KEY_VARIABLE}"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise NotConnected(f"{outputs} has no api_url and no key for {role!r}") from error
