"""The white list of VAT payers (Wykaz podatników VAT, Ministry of Finance): one GET, no key, 100 questions a day.

It knows active and exempt VAT payers; "not on the list" is an answer with no subject. Source: description of the API
"Rejestr WL" 1.6.0.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx
from pydantic import Field

from services.clients.http import HttpAnswer
from services.clients.provider_client import Breaker, ProviderClient
from services.clock import Clock
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.late_model import LateModel
from services.registers.address import polish
from services.registers.register import CompanyFoundInRegister, Evidence, NotFound, RegisterData, Source

WARSAW = ZoneInfo("Europe/Warsaw")
#: When the day's questions are used up, the next ones are free a little after midnight in Warsaw.
LIMIT_LIFTED_AT = time(0, 5)
NUMBER_REFUSED = frozenset({"WL-112", "WL-113", "WL-114", "WL-115"})
BEING_UPDATED = frozenset({"WL-195", "WL-196"})


class _Subject(LateModel):
    """Only what the desk needs: PESEL, representatives and accounts are dropped here."""

    name: str | None = None
    status_vat: str | None = Field(default=None, alias="statusVat")
    krs: str | None = None
    residence_address: str | None = Field(default=None, alias="residenceAddress")
    working_address: str | None = Field(default=None, alias="workingAddress")
    removal_date: str | None = Field(default=None, alias="removalDate")


class _Result(LateModel):
    subject: _Subject | None
    request_id: str | None = Field(default=None, alias="requestId")
    request_date_time: str | None = Field(default=None, alias="requestDateTime")


class _Reply(LateModel):
    result: _Result


class _Failure(LateModel):
    code: str


class WhiteList:
    """Asks the white list at `url` (the root, such as https://wl-api.mf.gov.pl)."""

    source: Source = "mf"
    countries = frozenset({"PL"})

    def __init__(
        self, client: httpx.AsyncClient, *, url: str, clock: Clock, breaker: Breaker, timeout_s: float = 8.0
    ) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._clock = clock
        self._line = ProviderClient(client, breaker, timeout_s=timeout_s, tries=2)
        self._used_up: tuple[datetime, datetime] | None = None

    async def find(self, country: str, tax_number: str, *, within_s: float) -> CompanyFoundInRegister | NotFound:
        """Ask for a NIP of ten digits.

        Raises ProviderRefused, ProviderUnavailable (with the wait until midnight when used up).
        """
        self._stay_within_limit()
        today = self._clock.now().astimezone(WARSAW).date()  # around midnight UTC has another date
        request = self._client.build_request(
            "GET", f"{self._url}/api/search/nip/{tax_number}", params={"date": today.isoformat()}
        )
        async with self._line.operation(tax_number, within_s):
            result = await self._line.send(request, self._read, repeatable=True)
        if result.subject is None or not result.subject.name:
            return NotFound(self.source)
        return CompanyFoundInRegister(_company(tax_number, result.subject), self.source, self._evidence(result))

    def _stay_within_limit(self) -> None:
        now = self._clock.now()
        if self._used_up is not None and self._used_up[0] <= now < self._used_up[1]:
            raise ProviderUnavailable("daily_limit", origin="WL-191", retry_after=self._used_up[1] - now)

    def _read(self, answer: HttpAnswer) -> _Result:
        if answer.status == 200:
            return answer.read_as(_Reply).result
        raise self._meaning(answer)

    def _meaning(self, answer: HttpAnswer) -> ServiceError:
        if answer.status == 404:
            return Misconfigured("wrong_address", origin="http 404")
        try:
            code = answer.read_as(_Failure).code
        except ProviderUnavailable:
            answer.checked()
            raise
        if code in NUMBER_REFUSED:
            return ProviderRefused("tax_number_refused", origin=code)
        if code == "WL-191":
            return ProviderUnavailable("daily_limit", origin=code, retry_after=self._use_up())
        if code in BEING_UPDATED:
            return ProviderUnavailable("being_updated", origin=code, retry_after=timedelta(minutes=2))
        if code == "WL-100" or answer.status >= 500:
            return ProviderUnavailable(origin=code)
        return Misconfigured("register_request", origin=code)

    def _use_up(self) -> timedelta:
        now = self._clock.now()
        tomorrow = now.astimezone(WARSAW).date() + timedelta(days=1)
        self._used_up = (now, datetime.combine(tomorrow, LIMIT_LIFTED_AT, WARSAW))
        return self._used_up[1] - now

    def _evidence(self, result: _Result) -> Evidence:
        return Evidence(result.request_id, _moment(result.request_date_time) or self._clock.now())


def _company(tax_number: str, subject: _Subject) -> RegisterData:
    address = polish(subject.working_address or subject.residence_address or "")
    notes: list[str] = []
    if subject.status_vat not in (None, "Czynny"):
        notes.append(f"vat_status:{subject.status_vat}")
    if subject.removal_date:
        notes.append(f"vat_removed:{subject.removal_date}")
    return RegisterData(
        country="PL",
        tax_number=tax_number,
        name=subject.name or "",
        street=address.street,
        postal_code=address.postal_code,
        city=address.city,
        legal_form="company" if subject.krs else None,
        seat=address.country,
        notes=tuple(notes),
    )


def _moment(text: str | None) -> datetime | None:
    """ "19-11-2026 14:58:49" in Warsaw's time; None where the form differs."""
    try:
        return datetime.strptime(text or "", "%d-%m-%Y %H:%M:%S").replace(tzinfo=WARSAW)
    except ValueError:
        return None
