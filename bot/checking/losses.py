"""Customers' data for which a profile lacks something: for `okienko check --database` and the log of a desk's start.

Counts only: whose it is stays in the database.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, field
from msgspec.structs import fields

from dialogs.journey import journey_of
from dialogs.own.ways_to_answer import NAME
from dialogs.state import ConversationState
from dialogs.versions import LaterRelease, upgrade_state
from services.seller import in_use
from values.seller import Seller

OPEN, RUNNING, UNPAID = "open conversations", "subscriptions", "unpaid orders"
STORED, ACCOUNTS = "stored payment methods", "accounts"
DIALOGS = frozenset(slots.name for slots in fields(ConversationState))


class Loss(Struct, frozen=True):
    """Something that the profile lacks, and who has it: how many of what."""

    kind: str  # product, payment method, language, document, dialog, question, renewal of
    id: str
    held: Mapping[str, int] = field(default_factory=dict[str, int])

    def __str__(self) -> str:
        who = ", ".join(f"{of}: {number}" for of, number in self.held.items())
        return f"{self.kind} {self.id}: the profile lacks it, and it is in use ({who})"


def losses(connection: sa.Connection, seller: Seller, *, latest: int | None = None) -> tuple[Loss, ...]:
    """Return what this seller's customers would lose, by kind and id.

    Of conversations all are read, or the `latest` so many.
    """
    known = _known(seller)
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for kind, of, counted in _counted(connection, latest):
        for id, number in counted.items():
            if id not in known[kind]:
                found[kind, id][of] = number
    once = {addon.id for addon in (*seller.addons, *seller.former_addons) if addon.once}
    found |= {("renewal of", id): {RUNNING: n} for id, n in in_use.renewing_products(connection).items() if id in once}
    return tuple(Loss(*what, held) for what, held in sorted(found.items()))


def products(seller: Seller) -> frozenset[str]:
    """Return all products that the profile has a name for."""
    return _known(seller)["product"]


def _known(seller: Seller) -> dict[str, frozenset[str]]:
    programs = (product for program in seller.programs for product in (program.product, program.extension))
    products = (*(plan.id for plan in seller.plans), *seller.former, *programs, seller.free_version)
    addons = (addon.id for addon in (*seller.addons, *seller.former_addons))
    documents = (one.id for one in (*seller.consents, *seller.documents))
    return {
        "product": frozenset(name for name in (*products, *addons) if name is not None),
        "payment method": frozenset(seller.methods),
        "language": frozenset(seller.locales),
        "document": frozenset(documents),
        "dialog": frozenset(journey_of(seller).dialogs) | {"talk", "v"},
        "question": frozenset(question.id for question in seller.own_questions),
    }


def _counted(connection: sa.Connection, latest: int | None) -> Iterator[tuple[str, str, Counter[str]]]:
    yield "product", RUNNING, in_use.subscriptions(connection)
    yield "product", UNPAID, in_use.unpaid_products(connection)
    yield "payment method", UNPAID, in_use.unpaid_methods(connection)
    yield "payment method", STORED, in_use.stored_methods(connection)
    yield "language", ACCOUNTS, in_use.account_languages(connection)
    here: dict[str, Counter[str]] = defaultdict(Counter)
    for state in in_use.states(connection, latest=latest):
        for kind, ids in _of(_today(state)):
            here[kind].update(set(ids))
    for kind, counted in here.items():
        yield kind, OPEN, counted


def _today(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the state in this release's form; a later release's is read as it is."""
    try:
        return upgrade_state(state)
    except LaterRelease:
        return state


def _of(state: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[str]]]:
    """Return what an open conversation has chosen and agreed to. A placed order is counted as such."""
    talk, cart, order = _slots(state, "talk"), _slots(state, "cart"), _slots(state, "order")
    yield "language", [str(talk.get("locale", ConversationState().talk.locale))]
    yield "dialog", [name for name in state if name in DIALOGS]
    if order.get("placed") is None:
        chosen = [cart.get("plan"), cart.get("addon"), *(line[0] for line in cart.get("extra", ()))]
        yield "product", [str(name) for name in chosen if name is not None]
        yield "payment method", [str(m) for m in (order.get("method"),) if m not in (None, "other")]
    yield "question", _slots(_slots(state, NAME), "answers")
    accepted = [one for name in ("account", "order", "company") for one in _slots(state, name).get("accepted", ())]
    if order.get("placed") is None:
        yield "document", [str(one["id"]) for one in accepted]


def _slots(state: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = state.get(name)
    return dict(found) if isinstance(found, dict) else {}
