"""Stripe's forms: nested names in brackets, read as strictly as Stripe reads them."""

import re
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import parse_qsl

from sandbox.stripe.shapes import StripeError

NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
INNER: Final = re.compile(r"\[([^\[\]]*)\]")
FORM: Final = "application/x-www-form-urlencoded"


def parse(text: str, known: Collection[str]) -> dict[str, Any]:
    """Return the form as nested dicts and lists.

    `known` are the names that may stand in it, `#` for a place in a list and `*` for a name of the caller's own.
    Raises StripeError for any other.
    """
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found = NAME.fullmatch(name)
        if found is None or pattern(name) not in known:
            raise StripeError(400, f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
        _put(tree, [found[1], *INNER.findall(found[2])], value)
    return _listed(tree)


def pattern(name: str) -> str:
    """Return a name with the places in lists, and the caller's own names of metadata, left open."""
    return re.sub(r"(metadata\]?)\[[^\[\]]+\]$", r"\1[*]", re.sub(r"\[\d*\]", "[#]", name))


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    *way, last = path
    for step in way:
        inner = tree.setdefault(step or str(len(tree)), {})
        if not isinstance(inner, dict):
            raise StripeError(400, f"Invalid object: {path[0]}", param=path[0])
        tree = inner
    tree[last or str(len(tree))] = value


def _listed(tree: dict[str, Any]) -> Any:
    inner = {key: _listed(value) if isinstance(value, dict) else value for key, value in tree.items()}
    if inner and all(key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
