"""The seller's own directory, asked for one customer at a time: by customer number or by an e-mail on file.

`POST {url} {"customer_number"}` or `{"email"}` with a bearer token: 200 and the record, 404 and JSON for nobody. POST,
so that no log of addresses asked for holds who was asked about. Narrow on purpose: a seller's engineer writes the other
side in an hour (docs/how-to/listen-to-events.md).
"""

from typing import Literal

import httpx
from pydantic import AwareDatetime, Field

from services.clients.http import HttpAnswer
from services.clients.provider_client import Breaker, ProviderClient
from services.errors import Misconfigured
from services.late_model import LateModel

PATIENCE_S = 5.0
"""A customer waits for it."""


class OnFileContact(LateModel):
    """A contact as the seller has it, not normalised."""

    kind: Literal["email", "phone"]
    value: str = Field(max_length=254, repr=False)


class OnFileProgram(LateModel):
    """A program that the customer owns; `ends_at` is when its subscription ends."""

    product: str = Field(max_length=64)
    serial: str = Field(max_length=64, repr=False)
    ends_at: AwareDatetime | None = None


class LookedUpCustomer(LateModel):
    """A customer as the seller's system knows them. `ref`: its own name for them, if the import has one, too."""

    ref: str | None = Field(default=None, max_length=200, repr=False)
    customer_number: str = Field(max_length=64, repr=False)
    name: str = Field(default="", max_length=200, repr=False)
    contacts: tuple[OnFileContact, ...] = Field(default=(), max_length=20)
    programs: tuple[OnFileProgram, ...] = Field(default=(), max_length=100)


class DirectoryLookup:
    """Asks the seller's system at `url`. A number or an address is never in an error or in a log."""

    def __init__(
        self, client: httpx.AsyncClient, *, url: str, token: str, breaker: Breaker, timeout_s: float = PATIENCE_S
    ) -> None:
        self._client = client
        self._url = url
        self._headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        self._timeout_s = timeout_s
        self._line = ProviderClient(client, breaker, timeout_s=timeout_s, tries=2)

    async def by_number(self, customer_number: str) -> LookedUpCustomer | None:
        """Return the customer of this number; None for nobody. Raises ProviderUnavailable, Misconfigured."""
        return await self._ask({"customer_number": customer_number})

    async def by_email(self, email: str) -> LookedUpCustomer | None:
        """Return the customer who has this e-mail on file; None for nobody.

        Raises ProviderUnavailable, Misconfigured.
        """
        return await self._ask({"email": email})

    async def _ask(self, about: dict[str, str]) -> LookedUpCustomer | None:
        request = self._client.build_request("POST", self._url, json=about, headers=self._headers)
        async with self._line.operation(within_s=2 * self._timeout_s):
            return await self._line.send(request, _read, repeatable=True)


def _read(answer: HttpAnswer) -> LookedUpCustomer | None:
    if answer.status == 404:
        answer.checked_json()  # a proxy's page isn't the seller's word that there is nobody
        return None
    if answer.checked().status != 200:
        raise Misconfigured("directory", origin=f"http {answer.status}")
    return answer.read_as(LookedUpCustomer)
