"""Przelewy24's answers and notices: their shapes, as far as the desk reads them (REST v1, 1.0.16)."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, JsonValue, StrictInt, StrictStr

from services.late_model import LateModel
from services.payments.providers.base import CodeRefusal

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
    request_id: str = Field(default="", alias="requestId")


class PastRefunds(LateModel):
    """Inside the answer to a read of refunds."""

    refunds: list[PastRefund] = Field(default_factory=list[PastRefund])


class PastRefundsReply(LateModel):
    """Answer to a read of refunds by order."""

    data: PastRefunds


#: BLIK's own numbers, as Przelewy24 passes them on.
CODE_REFUSALS: Mapping[int, CodeRefusal] = {
    **dict.fromkeys((28, 29), "wrong"),
    **dict.fromkeys((30, 35), "expired"),
    **dict.fromkeys((60, 61), "limit"),
    **dict.fromkeys((69, 70), "unconfirmed"),
}


#: Done, or not confirmed yet.
NOT_REFUSED = (0, 55)


class P24Failure(LateModel):
    """Any refusal; `error` is a text, or a list in the case of refunds."""

    error: object = None
    code: object = None

    @property
    def code_refusal(self) -> CodeRefusal | None:
        """Why a code was refused; None where no number of BLIK's says so."""
        return CODE_REFUSALS.get(self.code) if isinstance(self.code, int) else None


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


class CodeNotice(LateModel):
    """A notice of what a code came to; `result` is signed as it came, `error` in it is BLIK's number, 0 for success."""

    orderId: OrderId
    sessionId: StrictStr
    method: StrictInt
    result: dict[str, JsonValue]
    sign: StrictStr

    @property
    def refusal(self) -> CodeRefusal | None:
        """Why the payment was refused; None where it wasn't."""
        number = str(self.result.get("error", "0")).lower().removeprefix("err")
        if not number.isdecimal() or int(number) in NOT_REFUSED:
            return None
        return CODE_REFUSALS.get(int(number), "declined")


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
