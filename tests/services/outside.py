"""A far end for adapters' tests: it answers by a script, in order, and remembers what it was asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
from hypothesis import strategies as st

from services.clients.http import make_client
from services.clients.provider_client import Breaker
from services.payments.providers.base import Method, PaymentRequest
from tests.kit.clock import ManualClock

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)

Step = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class FarEnd:
    """Plays its steps one by one; a question beyond the last step is a failure of the test."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.asked: list[httpx.Request] = []
        self.client = make_client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        assert self.steps, f"asked once too often: {request.method} {request.url}"
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, httpx.Response) else step(request)

    def form(self, number: int = -1) -> dict[str, str]:
        """The form fields of a request."""
        fields = parse_qs(self.asked[number].content.decode(), keep_blank_values=True, strict_parsing=True)
        return {name: values[0] for name, values in fields.items()}

    @property
    def done(self) -> bool:
        """Whether the script has been played to its end."""
        return not self.steps


def said(body: object, status: int = 200, **headers: str) -> httpx.Response:
    """A JSON answer."""
    return httpx.Response(status, json=body, headers=headers)


def noon() -> ManualClock:
    """A clock standing at noon UTC."""
    return ManualClock(NOON)


def breaker(name: str = "far", clock: ManualClock | None = None) -> Breaker:
    """A breaker that stays out of the way of a test's few calls."""
    return Breaker(name, clock or noon(), failures=100)


def to_be_paid(method: Method, provider: str) -> PaymentRequest:
    """Return the request of a desk in Poland for the payment of a year's subscription."""
    return PaymentRequest(
        payment_id="a1b2c3",
        attempt=2,
        amount=4900,
        currency="PLN",
        description="FakturaSmart, 1 rok",
        email="anna@example.com",
        locale="pl",
        country="PL",
        method=method,
        return_url="https://desk.example/p/xyz/back",
        notify_url=f"https://desk.example/webhooks/payments/{provider}",
        expires_in=timedelta(minutes=30),
    )
