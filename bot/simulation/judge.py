"""Invariants at the end of a customer's journey."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from bot.simulation.readings import PaymentReading

Json = Any
_TOKEN = re.compile(r"https?://\S*/[\w-]{20,}")


def doubled(messages: Sequence[Json], *, letters: bool) -> Iterable[tuple[str, str]]:
    """Return the messages that arrived twice.

    No SMS may, and no e-mail unless its server has failed (`letters` False). A message without a code or token may be
    asked for again, and says the same.
    """
    counted = Counter((one["kind"], one["to"], one["text"]) for one in messages)
    for (kind, to, text), times in counted.items():
        if times > 1 and (kind == "sms" or (letters and _TOKEN.search(text))):
            yield f"doubled {kind}", f"{times} times to {to}: {text[:120]!r}"


def money(attempts: Sequence[Json], booked: Sequence[PaymentReading]) -> Iterable[tuple[str, str]]:
    """Money that a provider keeps pays one order once; nothing is paid without money.

    An order's second payment is refunded, so the provider doesn't keep it. A transfer has no provider.
    """
    kept = Counter(one["id"] for one in attempts if one["status"] == "paid")
    orders = {one.id: one.order for one in booked}
    by_order = Counter[str]()
    for payment, times in kept.items():
        by_order[orders.get(payment, f"an unknown order, payment {payment}")] += times
    for order, times in by_order.items():
        if times > 1:
            yield "charged twice", f"{times} payments are kept for {order}"
    opened = {one["id"] for one in attempts}
    for one in booked:
        if one.status == "paid" and one.id in opened and not kept[one.id]:
            yield "paid without money", f"{one.order} by payment {one.id}"
        if kept[one.id] and one.status != "paid":
            yield "money not booked", f"{one.order}: payment {one.id} is {one.status}"
    for order, times in Counter(one.order for one in booked if one.status == "paid").items():
        if times > 1:
            yield "paid twice", f"{order} has {times} paid payments"


def undone(left: dict[str, int], *, faults: bool) -> Iterable[tuple[str, str]]:
    """Return the jobs left when nothing is under way; jobs may be given up where a provider has failed."""
    for what, number in left.items():
        if number and not (faults and "given up" in what):
            yield ("exception" if what == "turns that raised" else "left undone"), f"{what}: {number}"
