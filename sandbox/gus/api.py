"""The REGON register (GUS BIR 1.1 and 1.2): log-in with a key, a session in the HTTP header `sid`, search, reports."""

from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.credentials import GUS_KEY
from sandbox.faults import DOWN_PAGE
from sandbox.gus.envelope import BadEnvelope, SoapCall, answer, fault, read_call, rows, split_street
from sandbox.people import PeopleCompany
from sandbox.world import World

SESSION_LASTS: Final = timedelta(minutes=60)
MOST_NUMBERS: Final = 20
NOT_FOUND_PL: Final = "Nie znaleziono podmiotu dla podanych kryteriów wyszukiwania."
NOT_FOUND_EN: Final = "No data found for the specified search criteria."
LISTS: Final = {"Nipy": "Nip", "Regony9zn": "Regon", "Regony14zn": "Regon", "Krsy": "Krs"}


class NoSession(Exception):
    """The `sid` is missing, wrong or expired: the result stays empty and the code is 7."""


class Down(Exception):
    """The register is down for that company."""


class GusSimulator:
    """One service; sessions are in the ledger, so that they outlive a restart."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def serve(self, request: Request) -> Response:
        """Answer one SOAP call."""
        if not request.headers.get("content-type", "").startswith("application/soap+xml"):
            return PlainTextResponse("Cannot process the message: the content type was not the expected type", 415)
        sid = request.headers.get("sid", "")
        try:
            return await self._serve(read_call(await request.body()), sid)
        except BadEnvelope as error:
            return fault(str(error))
        except Down:
            return HTMLResponse(DOWN_PAGE, 503)

    async def _serve(self, call: SoapCall, sid: str) -> Response:
        try:
            return answer(call.operation, await self._result(call, sid))
        except NoSession:
            return answer(call.operation, "")

    async def _result(self, call: SoapCall, sid: str) -> str:
        match call.operation:
            case "Zaloguj":
                return self._log_in(call.parameters.get("pKluczUzytkownika", ""))
            case "Wyloguj":
                return self._log_out(call.parameters.get("pIdentyfikatorSesji", ""))
            case "GetValue":
                return self._value(call.parameters.get("pNazwaParametru", ""), sid)
            case "DaneSzukajPodmioty":
                self._need(sid)
                return await self._search(call.parameters, sid)
            case "DanePobierzPelnyRaport":
                self._need(sid)
                return await self._report(call.parameters)
            case _:
                raise BadEnvelope("no such operation")

    def _log_in(self, key: str) -> str:
        if key != GUS_KEY:
            return ""
        sid = self._world.ledger.fresh_id("gus", 20).lower()
        self._world.ledger.open_session("gus", sid, self._world.clock.now() + SESSION_LASTS)
        return sid

    def _log_out(self, sid: str) -> str:
        known = self._is_open(sid)
        self._world.ledger.close_session("gus", sid)
        return "true" if known else "false"

    def _is_open(self, sid: str) -> bool:
        return self._world.ledger.session_is_open("gus", sid, self._world.clock.now())

    def _need(self, sid: str) -> None:
        if not self._is_open(sid):
            raise NoSession

    def _value(self, name: str, sid: str) -> str:
        is_open = self._is_open(sid)
        code = (self._world.ledger.value(f"gus:{sid}") or "0") if is_open else "7"
        texts = {"0": "", "2": "Zbyt wiele identyfikatorów", "4": NOT_FOUND_PL, "7": "Brak sesji. Sesja wygasła."}
        values = {
            "StanDanych": self._world.clock.now().strftime("%d-%m-%Y"),
            "StatusSesji": "1" if is_open else "0",
            "StatusUslugi": "1",
            "KomunikatUslugi": "",
            "KomunikatKod": code,
            "KomunikatTresc": texts.get(code, ""),
        }
        return values.get(name, "")

    async def _search(self, parameters: dict[str, str], sid: str) -> str:
        asked = _asked(parameters)
        if len(asked) > MOST_NUMBERS:
            self._world.ledger.set_value(f"gus:{sid}", "2")
            return ""
        found: list[dict[str, str]] = []
        for kind, number in asked:
            company = self._find(kind, number)
            if await self._world.is_down_for(company):
                raise Down
            known = company is not None and "gus" in company.registers
            found.append(_entry(company) if company is not None and known else _not_found(kind, number))
        self._world.ledger.set_value(f"gus:{sid}", "4" if all("ErrorCode" in entry for entry in found) else "0")
        return rows(found or [_not_found("Nip", "")])

    def _find(self, kind: str, number: str) -> PeopleCompany | None:
        people = self._world.people
        find = {"Nip": people.company_by_nip, "Regon": people.company_by_regon, "Krs": people.company_by_krs}
        return find[kind](number)

    async def _report(self, parameters: dict[str, str]) -> str:
        company = self._world.people.company_by_regon(parameters.get("pRegon", ""))
        name = parameters.get("pNazwaRaportu", "").removeprefix("BIR11").removeprefix("BIR12")
        if company is None or "gus" not in company.registers:
            return rows([_not_found("pRegon", parameters.get("pRegon", ""))])
        if await self._world.is_down_for(company):
            raise Down
        if name == "TypPodmiotu":
            return rows([{"Typ": "F" if company.is_person else "P"}])
        if name != ("OsFizycznaDaneOgolne" if company.is_person else "OsPrawna"):
            message = {"ErrorMessagePl": "Nieprawidłowa nazwa raportu.", "ErrorMessageEn": "Invalid report name."}
            return rows([{"ErrorCode": "5", **message}])
        return rows([_full(company)])


def gus(world: World) -> ASGIApp:
    """Return the service; it answers at its own root and below it, as the real one's address ends in a file name."""
    service = GusSimulator(world)
    paths = [Route(path, service.serve, methods=["POST"]) for path in ("/", "/{rest:path}")]
    return world.gate("gus", Router(paths), lambda: fault("Wewnętrzny błąd usługi."))


def _asked(parameters: dict[str, str]) -> list[tuple[str, str]]:
    asked = [(kind, parameters[kind]) for kind in ("Nip", "Regon", "Krs") if parameters.get(kind)]
    for name, kind in LISTS.items():
        asked += [(kind, number.strip()) for number in parameters.get(name, "").split(",") if number.strip()]
    return asked


def _not_found(kind: str, number: str) -> dict[str, str]:
    return {"ErrorCode": "4", "ErrorMessagePl": NOT_FOUND_PL, "ErrorMessageEn": NOT_FOUND_EN, kind: number}


def _entry(company: PeopleCompany) -> dict[str, str]:
    street, house, flat = split_street(company.street)
    return {
        "Regon": company.regon,
        "Nip": company.nip,
        "StatusNip": "",
        "Nazwa": company.name,
        "Wojewodztwo": "",
        "Powiat": "",
        "Gmina": "",
        "Miejscowosc": company.city,
        "KodPocztowy": company.postal_code,
        "Ulica": street,
        "NrNieruchomosci": house,
        "NrLokalu": flat,
        "Typ": "F" if company.is_person else "P",
        "SilosID": "1" if company.is_person else "6",
        "DataZakonczeniaDzialalnosci": company.ended,
        "MiejscowoscPoczty": company.city,
    }


def _full(company: PeopleCompany) -> dict[str, str]:
    """Return a report: unlike the search answer, its postal code has no hyphen."""
    street, house, flat = split_street(company.street)
    prefix = "fiz" if company.is_person else "praw"
    fields = {
        "regon9": company.regon,
        "nip": company.nip,
        "nazwa": company.name,
        "numerWRejestrzeEwidencji": company.krs,
        "adSiedzKodPocztowy": company.postal_code.replace("-", ""),
        "adSiedzMiejscowosc_Nazwa": company.city,
        "adSiedzUlica_Nazwa": street,
        "adSiedzNumerNieruchomosci": house,
        "adSiedzNumerLokalu": flat,
        "dataZakonczeniaDzialalnosci": company.ended,
    }
    return {f"{prefix}_{name}": value for name, value in fields.items()}
