"""The Bot API's JSON, both ways: as strict readers and writers have it, and what isn't so by the standard library's."""

import json
from collections.abc import Mapping

from msgspec.json import Decoder, Encoder

_decode = Decoder().decode
_encode = Encoder().encode


def read(payload: bytes | bytearray) -> object:
    """Return the value. Raises ValueError, RecursionError."""
    try:
        return _decode(payload)
    except ValueError:  # half a surrogate pair, a number beyond all bounds, a mark at the beginning
        return json.loads(payload)


def written(value: Mapping[str, object]) -> bytes:
    """Return the value as JSON."""
    try:
        return _encode(value)
    except UnicodeEncodeError:  # half a surrogate pair, which only an escape can say
        return json.dumps(value).encode()
