"""VIES: the EU's check of VAT numbers, by `POST /check-vat-number` and by the web page's `GET /ms/{CC}/vat/{number}`.

The two differ as in life: the one says `valid`, the other `isValid` and `userError`.
"""

import re
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.clock import SandboxClock
from sandbox.faults import DOWN_PAGE
from sandbox.people import PeopleCompany
from sandbox.requests import BadRequest, read_object
from sandbox.world import World

COUNTRIES: Final = frozenset(
    "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split()
)
NOTHING: Final = "---"
TEST_NUMBERS: Final = {
    "201": "INVALID_INPUT",
    "202": "INVALID_REQUESTER_INFO",
    "300": "SERVICE_UNAVAILABLE",
    "301": "MS_UNAVAILABLE",
    "302": "TIMEOUT",
    "400": "VAT_BLOCKED",
    "401": "IP_BLOCKED",
    "500": "GLOBAL_MAX_CONCURRENT_REQ",
    "501": "GLOBAL_MAX_CONCURRENT_REQ_TIME",
    "600": "MS_MAX_CONCURRENT_REQ",
    "601": "MS_MAX_CONCURRENT_REQ_TIME",
}
TRADER: Final = ("traderName", "traderStreet", "traderPostalCode", "traderCity", "traderCompanyType")


class ViesSimulator:
    """The service; its answers come from the people's list."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def check(self, request: Request) -> Response:
        """`POST /check-vat-number`."""
        asked = await _read(request)
        country, number = str(asked.get("countryCode", "")), str(asked.get("vatNumber", ""))
        if not _is_sound(country, number):
            return _failed("INVALID_INPUT", 400)
        requester = (str(asked.get("requesterMemberStateCode", "")), str(asked.get("requesterNumber", "")))
        if any(requester) and not _is_sound(*requester):
            return _failed("INVALID_REQUESTER_INFO", 400)
        company = self._world.people.company_by_vat(country, number)
        if await self._world.is_down_for(company):
            return HTMLResponse(DOWN_PAGE, 503)
        return JSONResponse(self._checked(asked, _known(company), with_proof=any(requester)))

    async def look(self, request: Request) -> Response:
        """`GET /ms/{country}/vat/{number}`."""
        country, number = request.path_params["country"], request.path_params["number"]
        if not _is_sound(country, number):
            return JSONResponse(self._looked(number, None, "INVALID_INPUT"))
        company = self._world.people.company_by_vat(country, number)
        if await self._world.is_down_for(company):
            return HTMLResponse(DOWN_PAGE, 503)
        known = _known(company)
        return JSONResponse(self._looked(number, known, "VALID" if known else "INVALID"))

    async def test_service(self, request: Request) -> Response:
        """`POST /check-vat-test-service`: the published test numbers."""
        asked = await _read(request)
        number = str(asked.get("vatNumber", ""))
        if number in TEST_NUMBERS:
            return _failed(TEST_NUMBERS[number], 400)
        answer = self._checked(asked, None, with_proof=False)
        if number == "100":
            answer |= {"valid": True, "name": "John Doe", "address": "123 Main St, Anytown, UK"}
        return JSONResponse(answer)

    async def status(self, request: Request) -> Response:
        """`GET /check-status`."""
        countries = [{"countryCode": country, "availability": "Available"} for country in sorted(COUNTRIES)]
        return JSONResponse({"vow": {"available": True}, "countries": countries})

    def _checked(self, asked: dict[str, Any], company: PeopleCompany | None, *, with_proof: bool) -> dict[str, Any]:
        proven = with_proof and company is not None
        answer: dict[str, Any] = {
            "countryCode": str(asked.get("countryCode", "")),
            "vatNumber": str(asked.get("vatNumber", "")),
            "requestDate": _moment(self._world.clock),
            "valid": company is not None,
            "requestIdentifier": f"WAPI{self._world.ledger.fresh_id('vies', 12)}" if proven else "",
            "name": (company.name if company else "") or NOTHING,
            "address": _address(company),
        }
        answer |= {name: str(asked.get(name) or NOTHING) for name in TRADER}
        return answer | {f"{name}Match": _match(name, asked, company) for name in TRADER}

    def _looked(self, number: str, company: PeopleCompany | None, user_error: str) -> dict[str, Any]:
        blank = dict.fromkeys(("name", "street", "postalCode", "city", "companyType"), NOTHING)
        matches = dict.fromkeys(("matchName", "matchStreet", "matchPostalCode", "matchCity", "matchCompanyType"), 3)
        return {
            "isValid": company is not None,
            "requestDate": _moment(self._world.clock),
            "userError": user_error,
            "name": (company.name if company else "") or NOTHING,
            "address": _address(company),
            "requestIdentifier": "",
            "originalVatNumber": number,
            "vatNumber": number,
            "viesApproximate": {**blank, **matches},
        }


def vies(world: World) -> ASGIApp:
    """Return the service, to be mounted where `/check-vat-number` is to be."""
    service = ViesSimulator(world)
    api = Router(
        [
            Route("/check-vat-number", service.check, methods=["POST"]),
            Route("/check-vat-test-service", service.test_service, methods=["POST"]),
            Route("/check-status", service.status),
            Route("/ms/{country}/vat/{number}", service.look),
        ]
    )
    return world.gate("vies", api, lambda: _failed("MS_UNAVAILABLE", 500))


def _failed(code: str, status: int) -> Response:
    return JSONResponse({"actionSucceed": False, "errorWrappers": [{"error": code, "message": ""}]}, status)


async def _read(request: Request) -> dict[str, Any]:
    try:
        return await read_object(request)
    except BadRequest:
        return {}


def _is_sound(country: str, number: str) -> bool:
    return country in COUNTRIES and re.fullmatch(r"[0-9A-Za-z+*.]{2,14}", number) is not None


def _known(company: PeopleCompany | None) -> PeopleCompany | None:
    return company if company is not None and "vies" in company.registers else None


def _address(company: PeopleCompany | None) -> str:
    if company is None or not company.city:  # some countries keep names and addresses back
        return NOTHING
    return f"{company.street}\n{company.postal_code} {company.city}"


def _match(name: str, asked: dict[str, Any], company: PeopleCompany | None) -> str:
    if company is None or not asked.get(name) or name == "traderCompanyType":
        return "NOT_PROCESSED"
    on_file = {
        "traderName": company.name,
        "traderStreet": company.street,
        "traderPostalCode": company.postal_code,
        "traderCity": company.city,
    }
    return "VALID" if str(asked[name]).casefold() == on_file[name].casefold() else "INVALID"


def _moment(clock: SandboxClock) -> str:
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
