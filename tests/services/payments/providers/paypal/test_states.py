"""How an attempt stands by PayPal's order, and what of its money is with its payer again."""

from typing import Any

import pytest

from services.errors import ProviderUnavailable
from services.payments.providers.base import Attempt, Returned, State
from services.payments.providers.paypal.models import PayPalDispute, PayPalOrder, PurchaseUnit
from services.payments.providers.paypal.states import came_back, main_capture, state_of
from tests.kit.narrow import present
from tests.kit.rows import all_rows
from tests.services.payments.providers.paypal.test_adapter import AMOUNT, REF, notice_of, read
from tests.table import table

ATTEMPT = Attempt("a1b2c3-2", "ORDER", 4900, "PLN")


def pln(value: str) -> dict[str, str]:
    return {"currency_code": "PLN", "value": value}


def unit(*captures: str, refunds: tuple[tuple[str, str], ...] = ()) -> PurchaseUnit:
    """A unit with captures in these states and refunds of these states and sums."""
    taken = [{"id": f"CAP{n}", "status": status, "amount": pln("49.00")} for n, status in enumerate(captures)]
    back = [{"id": f"R{n}", "status": status, "amount": pln(sum_)} for n, (status, sum_) in enumerate(refunds)]
    return PurchaseUnit.model_validate({"payments": {"captures": taken, "refunds": back}})


def claim(id_: str, *, at: str = "2026-11-20T10:00:00Z", outcome: str | None = None, **more: Any) -> PayPalDispute:
    decided = {"status": "RESOLVED", "dispute_outcome": {"outcome_code": outcome}} if outcome is not None else {}
    return PayPalDispute.model_validate({"dispute_id": id_, "create_time": at, **decided, **more})


@all_rows
def test_how_an_order_stands(order: str, captures: tuple[str, ...], status: Any) -> None:
    state = state_of(ATTEMPT, PayPalOrder(id="ORDER", status=order), unit(*captures))
    assert state == State(status, 4900, "PLN", refusal="declined" if status == "failed" else None)


def test_a_state_that_paypal_has_never_told_is_asked_about_again() -> None:
    with pytest.raises(ProviderUnavailable):
        state_of(ATTEMPT, PayPalOrder(id="ORDER", status="COMPLETED"), unit("LATER"))


WON, LOST = "RESOLVED_SELLER_FAVOUR", "RESOLVED_BUYER_FAVOUR"
BOTH = (("COMPLETED", "1.50"), ("PENDING", "7.00"), ("COMPLETED", "2.00"))


@table(
    ("capture", "refunds", "claims", "back"),
    [
        ("COMPLETED", (), (), Returned(0)),
        ("PARTIALLY_REFUNDED", BOTH, (), Returned(350)),
        ("REFUNDED", (), (), Returned(4900)),
        ("COMPLETED", (), (claim("D1"),), Returned(0, "open", "D1", 4900)),
        ("COMPLETED", BOTH, (claim("D1", dispute_amount=pln("9.00")),), Returned(350, "open", "D1", 900)),
        ("COMPLETED", (), (claim("D1", outcome=WON),), Returned(0, "won", "D1", 4900)),
        ("COMPLETED", (), (claim("D1", status="RESOLVED"),), Returned(0, "won", "D1", 4900)),
        ("COMPLETED", BOTH, (claim("D1", outcome=LOST),), Returned(4900, "lost", "D1", 4900)),
        (
            "COMPLETED",
            BOTH,
            (
                claim("D2", at="2026-11-21T10:00:00Z", outcome="ACCEPTED", dispute_amount=pln("3.00")),
                claim("D1", outcome=LOST, dispute_amount=pln("4.00")),
            ),
            Returned(700, "lost", "D2", 300),
        ),
        (
            "COMPLETED",
            (),
            (claim("D1", at="2026-11-21T10:00:00Z"), claim("D2", outcome=LOST, dispute_amount=pln("1.00"))),
            Returned(100, "open", "D1", 4900),
        ),
    ],
)
def test_what_is_with_its_payer_again(
    capture: str, refunds: tuple[tuple[str, str], ...], claims: tuple[PayPalDispute, ...], back: Returned
) -> None:
    of = unit(capture, refunds=refunds)
    assert came_back(ATTEMPT, of, present(main_capture(of)), claims) == back


async def test_a_dispute_names_its_case_and_the_payment_by_what_was_paid() -> None:
    paid = {"custom": REF, "seller_transaction_id": "CAP1"}
    resource = {"dispute_id": "PP-D-1", "dispute_amount": AMOUNT | {"value": "9.00"}, "disputed_transactions": [paid]}
    notice = await read(notice_of("CUSTOMER.DISPUTE.CREATED", resource))
    assert (notice.kind, notice.payment_ref, notice.provider_ref) == ("disputed", REF, "CAP1")
    assert (notice.amount, notice.currency) == (900, "PLN")
    assert (notice.facts["case"], notice.facts["capture_id"]) == ("PP-D-1", "CAP1")
