"""VIES (European Commission): is a VAT number known for trade within the EU, and to whom does it belong.

Only a plain yes or no is an answer. Errors come with status 200, 400 or 500, in two shapes, or as a web page, and every
one of them means "unknown", never "invalid". Not in VIES does not mean that the company does not exist.
"""

from collections.abc import Collection
from datetime import datetime

import httpx
from msgspec import Struct
from pydantic import Field, StrictBool

from services.clients.http import HttpAnswer
from services.clients.provider_client import Breaker, ProviderClient
from services.clock import Clock
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.late_model import LateModel
from services.registers.address import of_lines
from services.registers.register import CompanyFoundInRegister, Evidence, NotFound, RegisterData, Source

WITHHELD = "---"
_NAMES = "||"
"""Between a company's name and that of its business."""
REQUESTER_REFUSED = "INVALID_REQUESTER_INFO"
STOP = frozenset({"VAT_BLOCKED", "IP_BLOCKED"})


class _Trouble(LateModel):
    error: str = ""


class _Reply(LateModel):
    """Both shapes of an answer (`valid` of POST, `isValid` of GET) and both shapes of an error."""

    valid: StrictBool | None = None
    is_valid: StrictBool | None = Field(default=None, alias="isValid")
    user_error: str | None = Field(default=None, alias="userError")
    troubles: list[_Trouble] = Field(default=[], alias="errorWrappers")
    name: str | None = None
    address: str | None = None
    request_identifier: str | None = Field(default=None, alias="requestIdentifier")
    request_date: datetime | None = Field(default=None, alias="requestDate")


class Requester(Struct, frozen=True):
    """The seller's own valid VAT number; with it VIES gives a consultation number as proof."""

    country: str
    number: str


COUNTRIES = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split())


class Vies:
    """Asks VIES at `url` (https://ec.europa.eu/taxation_customs/vies/rest-api); not for countries `beside` it."""

    source: Source = "vies"

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        clock: Clock,
        breaker: Breaker,
        requester: Requester | None = None,
        beside: Collection[str] = (),
        timeout_s: float = 10.0,
    ) -> None:
        self.countries = COUNTRIES - frozenset(beside)
        self._client = client
        self._url = url.rstrip("/")
        self._clock = clock
        self._requester = requester
        self._line = ProviderClient(client, breaker, timeout_s=timeout_s)

    async def find(self, country: str, tax_number: str, *, within_s: float) -> CompanyFoundInRegister | NotFound:
        """Ask for a number; the country's letters in front of it are dropped (with them VIES says "not valid").

        A valid number whose country keeps name and address back is Found with empty texts and the note "data_withheld".
        """
        letters = "EL" if country == "GR" else country
        national = tax_number.removeprefix(letters)
        async with self._line.operation(letters + national, within_s):
            reply = await self._ask(letters, national)
        if not (reply.valid or reply.is_valid):
            return NotFound(self.source)
        return CompanyFoundInRegister(_company(country, national, reply), self.source, self._evidence(reply))

    async def _ask(self, country: str, national: str) -> _Reply:
        body = {"countryCode": country, "vatNumber": national}
        if self._requester is None:
            return await self._post(body)
        known = {"requesterMemberStateCode": self._requester.country, "requesterNumber": self._requester.number}
        try:
            return await self._post(body | known)
        except Misconfigured as error:
            if error.origin != REQUESTER_REFUSED:
                raise
            return await self._post(body)  # no proof then, but the customer's answer all the same

    async def _post(self, body: dict[str, str]) -> _Reply:
        request = self._client.build_request("POST", f"{self._url}/check-vat-number", json=body)
        return await self._line.send(request, _read, repeatable=True)

    def _evidence(self, reply: _Reply) -> Evidence:
        at = reply.request_date
        return Evidence(reply.request_identifier or None, at if at is not None and at.tzinfo else self._clock.now())


def _read(answer: HttpAnswer) -> _Reply:
    try:
        reply = answer.read_as(_Reply)
    except ProviderUnavailable:
        answer.checked()
        raise
    code = next((t.error for t in reply.troubles if t.error), None) or reply.user_error
    if code not in (None, "VALID", "INVALID"):
        raise _meaning(code)
    answer.checked()
    if reply.valid is None and reply.is_valid is None:
        raise ProviderUnavailable("garbage", origin=f"http {answer.status}", uncertain=True)
    return reply


def _meaning(code: str) -> ServiceError:
    if code == "INVALID_INPUT":
        return ProviderRefused("tax_number_refused", origin=code)
    if code == REQUESTER_REFUSED:
        return Misconfigured("requester_refused", origin=code)
    if code in STOP:
        return Misconfigured("blocked", origin=code)
    # The code is the far end's text: only its known alphabet goes on into logs.
    return ProviderUnavailable(origin=code if code.replace("_", "").replace("-", "").isalnum() else "vies")


def _company(country: str, national: str, reply: _Reply) -> RegisterData:
    name, text = (value if value and value.strip() != WITHHELD else "" for value in (reply.name, reply.address))
    address = of_lines(text, country)
    return RegisterData(
        country=country,
        tax_number=national,
        name=next(filter(None, map(str.strip, name.split(_NAMES))), ""),
        street=address.street,
        postal_code=address.postal_code,
        city=address.city,
        seat=address.country,
        notes=() if name and text else ("data_withheld",),
    )
