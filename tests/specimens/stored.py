"""The conversations that releases have stored, as today's code reads them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from dialogs.versions import dump, load, upgrade_state
from tests.dialogs.driver import Driver, known_account, known_order, with_company
from tests.specimens.archives import conversations, releases
from values.account_view import AccountView, OrderView


def read_driver(specimen: Mapping[str, Any]) -> Driver:
    """Return the conversation, with the books of its account: those stored beside it, or what releases before 0.26.0
    kept of them in the conversation."""
    case, stored = load(specimen["stored"]), upgrade_state(specimen["stored"])
    if (books := specimen.get("books")) is not None:
        apart = [one for name in ("order", "paid") if (one := books.get(name))]  # until 0.26.0
        known = msgspec.convert(books, AccountView)
        known = replace(known, orders=(*_views(*apart, *books.get("waiting", ())), *known.orders))
        view = with_company(known, case)
        return Driver(case=case).read_books(with_kept(view, specimen["stored"]))
    kept, orders = specimen["stored"].get("purchases", {}), _orders(stored.get("order", {}), stored.get("payment", {}))
    waiting = [kept["unpaid"], *kept.get("waiting", ())] if "unpaid" in kept else kept.get("waiting", ())
    known = {name: kept[name] for name in ("owned", "lapsed", "outlooks", "reversals") if name in kept}
    order, unproven = known_order("paid", "paid") if known else None, {"phone_verified": False, "email_verified": False}
    view = known_account(id=case.account.id or "", orders=() if order is None else (order,), phone=None, **unproven)
    waits = {name: value for name, value in stored.get("changed_terms", {}).items() if name != "open"}
    view = msgspec.convert(msgspec.to_builtins(view) | known | {"waits": waits or None}, AccountView)
    view = with_company(replace(view, orders=(*view.orders, *_views(*waiting, *orders))), case)
    return Driver(case=case).read_books(with_kept(view, specimen["stored"]))


def _views(*orders: Any) -> list[OrderView]:
    return msgspec.convert(orders, list[OrderView])


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


def with_kept(view: AccountView, stored: Mapping[str, Any]) -> AccountView:
    """Return the books with the contacts and answers that releases before 0.27.0 kept in the conversation."""
    own = stored.get("own", {})
    kept = {name: answer for name, answer in own.get("answers", {}).items() if name in own.get("kept", {})}
    of_company = {name: kept.pop(name) for name in tuple(kept) if own["kept"][name] != view.id}
    if of_company and view.company is not None:
        company = replace(view.company, id=stored["company"]["id"], own_answers=of_company)
        view = replace(view, company=company, companies=(company,))
    view = replace(view, own_answers=kept or view.own_answers)
    contact = stored.get("contact", {})
    view = replace(view, email=stored.get("account", {}).get("email") or view.email)
    if contact.keys().isdisjoint(("proven", "untexted", "email_proven_at")):
        return view
    proven, mail = "proven" in contact, "email_proven_at" in contact
    phone = contact["proven"] if proven else contact.get("untexted")
    return replace(view, phone=phone, phone_verified=proven, email_verified=mail)


def each() -> Iterator[tuple[str, str, str]]:
    """Release, stage and text of each conversation that was stored."""
    for release in releases():
        yield from ((release, name, text) for name, text in sorted(conversations(release).items()))


@cache
def once_each() -> Sequence[object]:
    """Rows of a table, each by its specimen's name: what several releases have left of one stage is mostly one state,
    which goes on in one way."""
    rows: dict[str, object] = {}
    for release, name, text in each():
        specimen = json.loads(text)
        same = json.dumps(dump(load(specimen["stored"])), sort_keys=True)
        if same not in rows:
            rows[same] = pytest.param(specimen, id=f"{release}-{name}")
    return [*rows.values()]
