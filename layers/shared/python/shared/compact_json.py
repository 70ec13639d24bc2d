"""JSON without blanks, by an encoder that is made once: JSONEncoder makes its own for each text."""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, Final

_MAKE: Final[Any] = getattr(json.encoder, "c_make_encoder", None)


def encoder(*, sort_keys: bool = False, ascii_only: bool = True) -> Callable[[Any], str]:
    """What writes a value as JSONEncoder with these settings does; raises TypeError as it does."""
    plain = json.JSONEncoder(
        separators=(",", ":"), sort_keys=sort_keys, ensure_ascii=ascii_only, check_circular=False
    )
    if _MAKE is None:  # another interpreter's, without the part that is written in C
        return plain.encode
    quoted = encode_basestring_ascii if ascii_only else encode_basestring
    make = _MAKE(None, plain.default, quoted, None, ":", ",", sort_keys, False, True)
    return lambda value: "".join(make(value, 0))
