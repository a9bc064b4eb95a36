"""SMSAPI (smsapi.pl, smsapi.com): one text to one phone, at most once per key.

The far end keeps our key (`idx`) and with `check_idx=1` refuses a second message under it: every repeat is safe.
Its errors come in the body, mostly with status 200. Source: SMSAPI's documentation and its own Python client.
"""

from datetime import datetime, timedelta

import httpx
from pydantic import Field

from services.clients.http import HttpAnswer
from services.clients.provider_client import Breaker, ProviderClient
from services.clock import Clock
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.late_model import LateModel

ALREADY_ACCEPTED = 53
TOO_MANY_TO_ONE_NUMBER = 52
#: No such number, on the account's blacklist, opted out.
NUMBER_REFUSED = frozenset({13, 57, 59})
#: The host did not take it, or takes no more at this moment.
HOST_BUSY = frozenset({8, 200, 201, 202, 203, 666, 998, 999})

#: SMSAPI takes an expiry from 1 to 72 hours ahead; the margin is for clocks that differ.
SHORTEST_LIFE = timedelta(hours=1, minutes=5)
LONGEST_LIFE = timedelta(hours=71, minutes=55)


class _Accepted(LateModel):
    id: str


class _Reply(LateModel):
    """Either `list` with the accepted message, or `error` with a number."""

    accepted: list[_Accepted] = Field(default=[], alias="list")
    error: int | None = None


class SmsApi:
    """Sends SMS. `url` is the full address of `sms.do`, `sender` a registered name (None: the account's own).

    `fast` asks for the dearer priority route.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        token: str,
        clock: Clock,
        breaker: Breaker,
        sender: str | None = None,
        fast: bool = False,
        timeout_s: float = 8.0,
    ) -> None:
        self._client = client
        self._url = url
        self._authorization = f"Bearer {token}"
        self._clock = clock
        self._line = ProviderClient(client, breaker, timeout_s=timeout_s)
        self._fixed = {
            "format": "json",
            "encoding": "utf-8",
            "check_idx": "1",
            # A text with letters outside GSM-7 costs double: refuse it rather than pay for it unnoticed.
            "nounicode": "1",
            **({"from": sender} if sender else {}),
            **({"fast": "1"} if fast else {}),
        }

    async def send(self, to: str, text: str, key: str, expires_at: datetime | None = None) -> str | None:
        """Have `text` sent to `to` (E.164) and give the provider's id; None when `key` had been accepted before.

        `key` has at most 255 characters. After `expires_at` (at least an hour ahead, else an hour) it isn't delivered.
        Raises ProviderRefused("number_refused"), ProviderUnavailable (repeat with the same key), Misconfigured.
        """
        form = {**self._fixed, "to": to.removeprefix("+"), "message": text, "idx": key}
        if expires_at is not None:
            form["expiration_date"] = str(int(self._last_moment(expires_at).timestamp()))
        request = self._client.build_request(
            "POST", self._url, data=form, headers={"Authorization": self._authorization}
        )
        async with self._line.operation(subject=to):
            return await self._line.send(request, _read, repeatable=True)

    def _last_moment(self, wanted: datetime) -> datetime:
        now = self._clock.now()
        return min(max(wanted, now + SHORTEST_LIFE), now + LONGEST_LIFE)


def _read(answer: HttpAnswer) -> str | None:
    reply = answer.checked().read_as(_Reply)
    if reply.error == ALREADY_ACCEPTED:
        return None
    if reply.error is not None:
        raise _meaning(reply.error)
    if not reply.accepted:
        raise ProviderUnavailable("garbage", origin=f"http {answer.status}", uncertain=True)
    return reply.accepted[0].id


def _meaning(error: int) -> ServiceError:
    origin = f"smsapi {error}"
    if error in NUMBER_REFUSED:
        return ProviderRefused("number_refused", origin=origin)
    if error == TOO_MANY_TO_ONE_NUMBER:
        return ProviderUnavailable("too_many_requests", origin=origin, retry_after=timedelta(minutes=1), of_one=True)
    if error in HOST_BUSY:
        return ProviderUnavailable(origin=origin, uncertain=True)
    # The rest is of our making: key, rights, credit, sender name, countries of the account, a text it doesn't take.
    return Misconfigured("sms_account", origin=origin)
