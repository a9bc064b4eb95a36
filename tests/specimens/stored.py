"""The conversations that releases have stored, as today's code reads them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from dialogs.versions import dump, load, upgraded
from tests.dialogs.driver import Driver, known_account, known_order, with_company
from tests.specimens.archives import conversations, releases
from values.account_view import AccountView


def read_driver(specimen: Mapping[str, Any]) -> Driver:
    """Return the conversation, with the books of its account: those stored beside it, or what releases before 0.26.0
    kept of them in the conversation."""
    case, stored = load(specimen["stored"]), upgraded(specimen["stored"])
    if (books := specimen.get("books")) is not None:
        return Driver(case=case, books=with_company(msgspec.convert(books, AccountView), case))
    kept, orders = specimen["stored"].get("purchases", {}), _orders(stored.get("order", {}), stored.get("payment", {}))
    waiting = [kept["unpaid"], *kept.get("waiting", ())] if "unpaid" in kept else kept.get("waiting", ())
    known = {name: kept[name] for name in ("owned", "lapsed", "outlooks", "reversals") if name in kept}
    view = known_account(id=case.account.id or "", order=known_order("paid", "paid") if known else None)
    waits = {name: value for name, value in stored.get("changed_terms", {}).items() if name != "open"}
    raw = msgspec.to_builtins(view) | known | {"waiting": waiting, "waits": waits or None, "orders": orders}
    return Driver(case=case, books=with_company(msgspec.convert(raw, AccountView), case))


def _orders(order: Mapping[str, Any], payment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the orders that a conversation kept with their payments, the one placed last in front."""
    before = _orders(order["behind"], payment.get("behind", {"status": "paid"})) if "behind" in order else []
    if (placed := order.get("placed")) is None:
        return before
    status = payment.get("status")
    view = msgspec.to_builtins(known_order("paid" if status == "paid" else "placed", status))
    method = {"method": order.get("method", "card"), "payment_method": payment.get("method", order.get("method"))}
    kept = {"payment_id": payment.get("id"), "payment_expires_at": payment.get("expires_at"), "items": ()} | method
    return [view | kept | placed | {name: sum["minor"] for name, sum in order.get("price", {}).items()}, *before]


def each() -> Iterator[tuple[str, str, str]]:
    """Release, stage and text of each conversation that was stored."""
    for release in releases():
        yield from ((release, name, text) for name, text in sorted(conversations(release).items()))


def once_each() -> Iterator[object]:
    """Rows of a table, each by its specimen's name: what several releases have left of one stage is mostly one state,
    which goes on in one way."""
    seen: set[str] = set()
    for release, name, text in each():
        specimen = json.loads(text)
        same = json.dumps(dump(load(specimen["stored"])), sort_keys=True)
        if same not in seen:
            seen.add(same)
            yield pytest.param(specimen, id=f"{release}-{name}")
