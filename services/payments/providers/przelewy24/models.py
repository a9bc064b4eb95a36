"""Przelewy24's answers and notices: their shapes, as far as the desk reads them (REST v1, 1.0.16)."""

from typing import Annotated

from pydantic import Field, StrictInt, StrictStr

from services.late_model import LateModel

OrderId = StrictInt  # beyond 2^31 since long


class P24Token(LateModel):
    """Inside the answer to `register`."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


class RegisterReply(LateModel):
    """Answer to `register`."""

    data: P24Token


class P24Transaction(LateModel):
    """A transaction as read: status 0 no payment, 1 paid and not verified, 2 verified, 3 returned."""

    status: int
    amount: int | None = None
    currency: str | None = None
    order_id: int | None = Field(default=None, alias="orderId")


class TransactionReply(LateModel):
    """Answer to a read by session."""

    data: P24Transaction


class VerifyResult(LateModel):
    """Inside the answer to `verify`."""

    status: str


class VerifyReply(LateModel):
    """Answer to `verify`."""

    data: VerifyResult


class RefundItem(LateModel):
    """One refund of a batch."""

    status: bool


class RefundReply(LateModel):
    """Answer to `refund`."""

    data: list[RefundItem]


class PastRefund(LateModel):
    """A refund as read: status 1 completed, 2 pending, 3 waiting for Przelewy24, 4 rejected."""

    status: int = 0
    amount: int = 0


class PastRefunds(LateModel):
    """Inside the answer to a read of refunds."""

    refunds: list[PastRefund] = Field(default_factory=list[PastRefund])


class PastRefundsReply(LateModel):
    """Answer to a read of refunds by order."""

    data: PastRefunds


class P24Failure(LateModel):
    """Any refusal; `error` is a text, or a list in the case of refunds."""

    error: object = None


class PaidNotice(LateModel):
    """A notice of a payment; strict, because the signature is over exactly these values."""

    merchantId: StrictInt
    posId: StrictInt
    sessionId: StrictStr
    amount: StrictInt
    originAmount: StrictInt
    currency: StrictStr
    orderId: OrderId
    methodId: StrictInt
    statement: StrictStr
    sign: StrictStr


class RefundNotice(LateModel):
    """A notice of a refund's end: status 0 completed, 1 rejected."""

    orderId: OrderId
    sessionId: StrictStr
    refundsUuid: StrictStr
    merchantId: StrictInt
    amount: StrictInt
    currency: StrictStr
    status: StrictInt
    sign: StrictStr
