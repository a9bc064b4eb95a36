"""The white list of VAT payers (Wykaz podatników VAT, API 1.6.0): `GET /api/search/nip/{nip}?date=YYYY-MM-DD`.

Not played: the limit of 100 queries a day (WL-191).
"""

import re
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp
from stdnum.pl import nip as nip_rule

from sandbox.faults import DOWN_PAGE
from sandbox.people import PeopleCompany
from sandbox.world import World

WARSAW: Final = ZoneInfo("Europe/Warsaw")
YEARS_BACK: Final = 5
ACCOUNT: Final = "61109010140000071219812874"
MESSAGES: Final = {
    "WL-100": "Nieoczekiwany błąd serwera.",
    "WL-101": "Pole 'data' nie może być puste.",
    "WL-102": "Pole 'data' ma nieprawidłowy format.",
    "WL-103": "Pole 'data' nie może być datą przyszłą.",
    "WL-112": "Pole 'NIP' nie może być puste.",
    "WL-113": "Pole 'NIP' ma nieprawidłową długość. Wymagane 10 znaków.",
    "WL-114": "Pole 'NIP' zawiera niedozwolone znaki. Wymagane tylko cyfry.",
    "WL-115": "Nieprawidłowy NIP.",
    "WL-118": "Pole 'data' wykracza poza zakres rejestru.",
    "WL-190": "Niepoprawne żądanie.",
}


def mf(world: World) -> ASGIApp:
    """Return the register, to be mounted where `/api/…` is to be."""

    async def search_nip(request: Request) -> Response:
        nip = request.path_params["nip"]
        now = world.clock.now().astimezone(WARSAW)
        if code := _nip_fault(nip) or _date_fault(request.query_params.get("date", ""), now.date()):
            return _refused(code)
        company = world.people.company_by_nip(nip)
        if await world.is_down_for(company):
            return HTMLResponse(DOWN_PAGE, 503)
        known = company if company is not None and "mf" in company.registers else None
        number = f"{world.ledger.count('mf'):05d}"
        result = {
            "subject": None if known is None else _subject(known),
            "requestId": f"d2n{number[:2]}-{world.ledger.fresh_id('mf').lower()[:7]}",
            "requestDateTime": now.strftime("%d-%m-%Y %H:%M:%S"),
        }
        return JSONResponse({"result": result})

    async def anything_else(request: Request) -> Response:
        return _refused("WL-190")

    api = Router([Route("/api/search/nip/{nip}", search_nip), Route("/{rest:path}", anything_else)])
    return world.gate("mf", api, lambda: _refused("WL-100", 500))


def _refused(code: str, status: int = 400) -> Response:
    return JSONResponse({"code": code, "message": MESSAGES[code]}, status)


def _nip_fault(nip: str) -> str | None:
    if not nip.strip():
        return "WL-112"
    if not re.fullmatch(r"[0-9]+", nip):
        return "WL-114"
    if len(nip) != 10:
        return "WL-113"
    return None if nip_rule.is_valid(nip) else "WL-115"


def _date_fault(text: str, today: date) -> str | None:
    if not text:
        return "WL-101"
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=WARSAW).date()
    except ValueError:
        return "WL-102"
    if day > today:
        return "WL-103"
    return "WL-118" if day.year < today.year - YEARS_BACK else None


def _subject(company: PeopleCompany) -> dict[str, Any]:
    """Return the register's entry: a legal person's seat as working address, a sole trader's as residence."""
    address = f"{company.street}, {company.postal_code} {company.city}"
    struck_off = company.vat_status == "Wykreślony"
    return {
        "name": company.name,
        "nip": company.nip,
        # The list's own words are three; who was struck off is "Niezarejestrowany" with a removal date.
        "statusVat": "Niezarejestrowany" if struck_off else company.vat_status,
        "regon": company.regon,
        "pesel": None,
        "krs": company.krs or None,
        "residenceAddress": address if company.is_person else None,
        "workingAddress": None if company.is_person else address,
        "representatives": [],
        "authorizedClerks": [],
        "partners": [],
        "registrationLegalDate": "2015-01-02",
        "registrationDenialBasis": None,
        "registrationDenialDate": None,
        "restorationBasis": None,
        "restorationDate": None,
        "removalBasis": "Ustawa o VAT, art. 96 ust. 9 pkt 1" if struck_off else None,
        "removalDate": company.ended or None,
        "accountNumbers": [] if struck_off else [ACCOUNT],
        "hasVirtualAccounts": False,
    }
