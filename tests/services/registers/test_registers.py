"""What each register's answers come to, in the words of all of them, and what only one of them does."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import httpx
import pytest

from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.registers.gus import Gus
from services.registers.mf import WARSAW, WhiteList
from services.registers.register import CompanyFoundInRegister, NotFound, Register
from services.registers.vies import Requester, Vies
from tests.kit.clock import ManualClock
from tests.kit.narrow import a, present
from tests.services.outside import FarEnd, Step, breaker, noon, said

# --- GUS: SOAP in several parts, in a session ---

COMPANY = {
    "Regon": "123456785", "Nip": "1234563218", "Nazwa": "Pracownia Bursztyn sp. z o.o.", "Miejscowosc": "Gdańsk",
    "KodPocztowy": "80-831", "Ulica": "ul. Długa", "NrNieruchomosci": "12", "NrLokalu": "4", "Typ": "P", "SilosID": "6",
    "DataZakonczeniaDzialalnosci": "", "MiejscowoscPoczty": "Gdańsk",
}  # fmt: skip
PERSON = COMPANY | {"Nazwa": '"ŻÓŁĆ & SYNOWIE" Łukasz O\'Grady-Święch <usługi>', "Typ": "F", "SilosID": "1"}
FARM = PERSON | {"Nazwa": "farm", "SilosID": "2"}
ENDED = COMPANY | {"Nazwa": "ended", "DataZakonczeniaDzialalnosci": "2024-03-31"}
BRANCH = COMPANY | {"Nazwa": "branch", "Typ": "LP"}
VILLAGE = COMPANY | {
    "Ulica": "", "NrLokalu": "", "Miejscowosc": "Wola", "MiejscowoscPoczty": "Płock", "KodPocztowy": "05123",
}  # fmt: skip
ABROAD = COMPANY | {
    "Ulica": "Lindenweg", "NrLokalu": "", "KodPocztowy": "10115", "Miejscowosc": "Berlin, Niemcy",
    "MiejscowoscPoczty": "",
}  # fmt: skip
BOMB = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><root><dane><Nazwa>&b;</Nazwa></dane></root>'


def multipart(operation: str, result: str) -> httpx.Response:
    envelope = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">'
        f"<s:Header><a:Action>x</a:Action></s:Header><s:Body><{operation}Response xmlns='http://CIS/BIR/PUBL/2014/07'>"
        f"<{operation}Result>{escape(result)}</{operation}Result></{operation}Response></s:Body></s:Envelope>"
    )
    body = (
        "\r\n--uuid:1+id=1\r\nContent-ID: <http://tempuri.org/0>\r\nContent-Transfer-Encoding: 8bit\r\n"
        f'Content-Type: application/xop+xml;charset=utf-8;type="application/soap+xml"\r\n\r\n{envelope}\r\n'
        "--uuid:1+id=1--\r\n"
    )
    content_type = 'multipart/related; type="application/xop+xml";start="<http://tempuri.org/0>";boundary="uuid:1+id=1"'
    return httpx.Response(200, content=body.encode(), headers={"Content-Type": content_type})


def logged_in(session: str = "s" * 20) -> httpx.Response:
    return multipart("Zaloguj", session)


def searched(result: str) -> httpx.Response:
    return multipart("DaneSzukajPodmioty", result)


def found(*entries: Mapping[str, str]) -> httpx.Response:
    rows = "".join("<dane>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in e.items()) + "</dane>" for e in entries)
    return searched(f"<root>\r\n{rows}</root>")


def empty_with(code: str) -> tuple[httpx.Response, httpx.Response]:
    return searched(""), multipart("GetValue", code)


def gus(far: FarEnd, clock: ManualClock) -> Gus:
    return Gus(far.client, url="https://gus.example/bir.svc", key="key<&>", clock=clock, breaker=breaker("gus"))


def action(request: httpx.Request) -> str:
    return present(re.search(r"<wsa:Action>(.*?)</wsa:Action>", request.content.decode()))[1]


# --- the Polish list of VAT payers ---

SUBJECT = {
    "name": "Pracownia Bursztyn sp. z o.o.",
    "nip": "1234563218",
    "statusVat": "Czynny",
    "regon": "123456785",
    "pesel": "85010112345",
    "krs": "0000123456",
    "residenceAddress": None,
    "workingAddress": "ul. Długa 12/4, 80-831 Gdańsk",
    "representatives": [{"firstName": "Jan", "pesel": "85010112345"}],
    "accountNumbers": ["61109010140000071219812874"],
    "hasVirtualAccounts": False,
}


def listed(at: str = "20-11-2026 13:00:01", **changes: Any) -> httpx.Response:
    return said({"result": {"subject": SUBJECT | changes, "requestId": "d2n10-84df1a1", "requestDateTime": at}})


def failed(code: str, status: int = 400) -> httpx.Response:
    return said({"code": code, "message": "NIP 1234563218"}, status)


def white_list(far: FarEnd, clock: ManualClock) -> WhiteList:
    return WhiteList(far.client, url="https://wl.example/", clock=clock, breaker=breaker("mf", clock))


# --- VIES ---

VALID: dict[str, Any] = {
    "countryCode": "IT",
    "vatNumber": "12345670363",
    "requestDate": "2026-11-20T12:00:01.123Z",
    "valid": True,
    "requestIdentifier": "WAPIAAAA",
    "name": "Officine Lucani S.r.l.",
    "address": "Via Garibaldi 21\n41121 Modena MO",
}
OTHER_SHAPE = {key: value for key, value in VALID.items() if key != "valid"} | {"isValid": True, "userError": "VALID"}


def wrapped(code: str) -> dict[str, Any]:
    return {"actionSucceed": False, "errorWrappers": [{"error": code, "message": "IT12345670363"}]}


def vies(far: FarEnd, clock: ManualClock, requester: Requester | None = None) -> Vies:
    return Vies(
        far.client, url="https://vies.example/rest-api", clock=clock, breaker=breaker("vies"), requester=requester
    )


def posted(request: httpx.Request) -> dict[str, Any]:
    return json.loads(request.content)


# --- what holds for all of them ---

GUS, MF, VIES = "gus", "mf", "vies"


@dataclass(frozen=True)
class Known:
    """A register, and the number that it is asked about."""

    adapter: Callable[[FarEnd, ManualClock], Register]
    country: str = "PL"
    number: str = "1234563218"
    first: tuple[Step, ...] = ()
    """What it answers before the first question."""

    async def ask(self, *answers: Step) -> CompanyFoundInRegister | NotFound:
        return await self.adapter(FarEnd(*self.first, *answers), noon()).find(self.country, self.number, within_s=5)


REGISTERS = {GUS: Known(gus, first=(logged_in(),)), MF: Known(white_list), VIES: Known(vies, "IT", "12345670363")}
BURSZTYN = {
    "country": "PL", "tax_number": "1234563218", "name": "Pracownia Bursztyn sp. z o.o.", "street": "ul. Długa 12/4",
    "postal_code": "80-831", "city": "Gdańsk", "legal_form": "company", "notes": (), "seat": "",
}  # fmt: skip
LUCANI = {
    "country": "IT", "tax_number": "12345670363", "name": "Officine Lucani S.r.l.", "street": "Via Garibaldi 21",
    "postal_code": "41121", "city": "Modena", "legal_form": None, "notes": (), "seat": "",
}  # fmt: skip
EMPTY = {"name": "", "street": "", "postal_code": "", "city": "", "notes": ("data_withheld",)}
AN_ADDRESS = {"street": "Wola 12", "postal_code": "05-123", "city": "Płock"}
ITS_SEAT = {"street": "Lindenweg 12", "postal_code": "10115", "city": "Berlin", "seat": "DE"}
STRUCK_OFF = {"notes": ("vat_status:Wykreślony", "vat_removed:2024-03-31")}
AT_HOME = {"street": "ul. Św. Jana 1", "postal_code": "31-017", "city": "Kraków", "legal_form": None}


@pytest.mark.parametrize(
    ("register", "answer", "company"),
    [
        (GUS, found(COMPANY), BURSZTYN),
        (GUS, found(PERSON), BURSZTYN | {"name": PERSON["Nazwa"], "legal_form": "sole_trader"}),
        (GUS, found(BRANCH, ENDED, FARM, PERSON), BURSZTYN | {"name": PERSON["Nazwa"], "legal_form": "sole_trader"}),
        (GUS, found(BRANCH, FARM, ENDED, COMPANY), BURSZTYN),
        (GUS, found(ENDED), BURSZTYN | {"name": "ended", "notes": ("ended:2024-03-31",)}),
        (GUS, found(VILLAGE), BURSZTYN | AN_ADDRESS),
        (GUS, found(ABROAD), BURSZTYN | ITS_SEAT),
        (MF, listed(), BURSZTYN),
        (
            MF,
            listed(krs=None, workingAddress=None, residenceAddress="ul. Św. Jana 1, 31-017 Kraków"),
            BURSZTYN | AT_HOME,
        ),
        (MF, listed(statusVat="Wykreślony", removalDate="2024-03-31"), BURSZTYN | STRUCK_OFF),
        (VIES, said(VALID), LUCANI),
        (VIES, said(OTHER_SHAPE), LUCANI),
        (VIES, said(VALID | {"name": "---", "address": "---"}), LUCANI | EMPTY),
    ],
    ids=range(13),
)
async def test_a_company_is_found(register: str, answer: httpx.Response, company: dict[str, Any]) -> None:
    there = a(CompanyFoundInRegister, await REGISTERS[register].ask(answer))
    assert {name: getattr(there.company, name) for name in company} == company
    assert there.source == register
    assert not any(told in repr(there) for told in (there.company.tax_number, "Bursztyn", "Długa", "85010112345"))


@pytest.mark.parametrize(
    ("register", "answer", "number", "at"),
    [
        (GUS, found(COMPANY), None, noon().now()),
        (MF, listed(), "d2n10-84df1a1", noon().now() + timedelta(seconds=1)),
        (MF, listed(at="2026-11-20T13:00:01Z"), "d2n10-84df1a1", noon().now()),
        (VIES, said(VALID), "WAPIAAAA", noon().now() + timedelta(seconds=1, milliseconds=123)),
    ],
    ids=["of ours", "theirs", "in an unknown form", "with its part of a second"],
)
async def test_the_proof_is_the_registers_or_our_time(
    register: str, answer: httpx.Response, number: str | None, at: datetime
) -> None:
    evidence = a(CompanyFoundInRegister, await REGISTERS[register].ask(answer)).evidence
    assert (evidence.request_id, evidence.at) == (number, at)


@pytest.mark.parametrize(
    ("register", "answers"),
    [
        (GUS, [found({"ErrorCode": "4", "ErrorMessagePl": "Nie znaleziono", "Nip": "1234563218"})]),
        (GUS, empty_with("4")),
        (GUS, [found(BRANCH)]),
        (MF, [said({"result": {"subject": None, "requestId": "x"}})]),
        (VIES, [said({"valid": False})]),
        (VIES, [said({"isValid": False, "userError": "INVALID"})]),
    ],
)
async def test_nothing_found_is_an_answer(register: str, answers: list[httpx.Response]) -> None:
    assert await REGISTERS[register].ask(*answers) == NotFound(register)  # pyright: ignore[reportArgumentType]


OF_VIES: list[tuple[str, type[ServiceError]]] = [
    ("INVALID_INPUT", ProviderRefused),
    ("INVALID_REQUESTER_INFO", Misconfigured),
    ("VAT_BLOCKED", Misconfigured),
    ("IP_BLOCKED", Misconfigured),
    ("SERVICE_UNAVAILABLE", ProviderUnavailable),
    ("MS_UNAVAILABLE", ProviderUnavailable),
    ("TIMEOUT", ProviderUnavailable),
    ("GLOBAL_MAX_CONCURRENT_REQ", ProviderUnavailable),
    ("MS_MAX_CONCURRENT_REQ_TIME", ProviderUnavailable),
    ("VOW-ERR-1", ProviderUnavailable),
    ("Entschuldigung: IT12345670363", ProviderUnavailable),
]
NO_ANSWERS: list[tuple[str, Step]] = [
    (GUS, httpx.Response(500, text="<s:Envelope><s:Fault/></s:Envelope>")),
    (GUS, httpx.Response(200, text="<html>break</html>")),
    (GUS, httpx.Response(200, text="<s:Envelope></s:Envelope>")),
    (GUS, httpx.Response(200, text="<s:Envelope><s:Body></s:Envelope>")),
    (GUS, httpx.Response(200, content=b"\xff\xfe<s:Envelope>")),
    (GUS, httpx.ReadTimeout("slow")),
    (GUS, searched(BOMB)),
    (GUS, searched("<root><dane>")),
    (GUS, found({"ErrorCode": "1"})),
    (GUS, found({"ErrorCode": "<&>"})),
    (MF, failed("WL-196")),
    (MF, httpx.Response(502, text="<html>Bad gateway</html>")),
    (MF, httpx.Response(200, text="<html>maintenance</html>")),
    (MF, said({"result": {}})),
    (MF, failed("WL-100", 500)),
    (MF, httpx.ReadTimeout("slow")),
    (VIES, httpx.Response(200, text="<html>")),
    (VIES, httpx.Response(503, text="down")),
    (VIES, httpx.ReadTimeout("slow")),
    *[(VIES, said(body)) for body in ({}, {"valid": "true"}, {"valid": 1}, {"valid": None}, [])],
]
OURS_OR_THEIRS: list[tuple[str, Step, type[ServiceError]]] = [
    (GUS, found({"ErrorCode": "2"}), Misconfigured),
    *[(MF, failed(code), ProviderRefused) for code in ("WL-115", "WL-113")],
    *[(MF, failed(code), Misconfigured) for code in ("WL-103", "WL-190")],
    (MF, httpx.Response(404, text="no such page"), Misconfigured),
    *[
        (VIES, said(shape, status), error)
        for code, error in OF_VIES
        for status in (200, 400, 500)
        for shape in ({"isValid": False, "valid": False, "userError": code}, wrapped(code))
    ],
]


@pytest.mark.parametrize(
    ("register", "answer", "error"),
    [*[(*silence, ProviderUnavailable) for silence in NO_ANSWERS], *OURS_OR_THEIRS],
    ids=range(len(NO_ANSWERS) + len(OURS_OR_THEIRS)),
)
async def test_anything_else_becomes_no_no_and_names_nobody(
    register: str, answer: Step, error: type[ServiceError]
) -> None:
    with pytest.raises(error) as raised:
        await REGISTERS[register].ask(*[answer] * 3)
    told = f"{raised.value} {raised.value.origin}"
    assert REGISTERS[register].number not in told
    assert "<" not in told


# --- what is asked, and what only one of them does ---


async def test_gus_is_asked_in_one_session() -> None:
    far = FarEnd(logged_in("abc"), found(COMPANY), found(COMPANY))
    register = gus(far, noon())
    for _ in range(2):
        assert isinstance(await register.find("PL", "1234563218", within_s=5), CompanyFoundInRegister)
    log_in, search, _ = far.asked
    assert action(log_in) == "http://CIS/BIR/PUBL/2014/07/IUslugaBIRzewnPubl/Zaloguj"
    assert action(search) == "http://CIS/BIR/PUBL/2014/07/IUslugaBIRzewnPubl/DaneSzukajPodmioty"
    assert "<ns:pKluczUzytkownika>key&lt;&amp;&gt;</ns:pKluczUzytkownika>" in log_in.content.decode()
    assert "<dat:Nip>1234563218</dat:Nip>" in search.content.decode()
    assert search.headers["sid"] == "abc"
    assert "sid" not in log_in.headers
    assert search.headers["content-type"] == "application/soap+xml; charset=utf-8"


@pytest.mark.parametrize("lost", [empty_with("7"), (found({"ErrorCode": "7"}),)], ids=["empty", "entry"])
async def test_a_lost_session_of_gus_is_replaced_once(lost: tuple[httpx.Response, ...]) -> None:
    far = FarEnd(logged_in("old"), *lost, logged_in("new"), found(COMPANY))
    assert isinstance(await gus(far, noon()).find("PL", "1234563218", within_s=5), CompanyFoundInRegister)
    assert far.asked[-1].headers["sid"] == "new"
    with pytest.raises(ProviderUnavailable, match="session_refused"):
        await REGISTERS[GUS].ask(*lost, logged_in("new"), *lost)


async def test_many_who_ask_gus_at_once_log_in_once() -> None:
    far = FarEnd(logged_in(), *[found(COMPANY)] * 5)
    register = gus(far, noon())
    answers = await asyncio.gather(*(register.find("PL", "1234563218", within_s=5) for _ in range(5)))
    assert all(isinstance(answer, CompanyFoundInRegister) for answer in answers)
    assert far.done


async def test_an_empty_session_of_gus_is_a_wrong_key() -> None:
    with pytest.raises(Misconfigured, match="credentials_refused"):
        await Known(gus).ask(logged_in(""))


@pytest.mark.parametrize(
    ("at", "day"), [(noon().now(), "2026-11-20"), (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), "2026-11-21")]
)
async def test_the_list_is_asked_for_warsaws_day(at: datetime, day: str) -> None:
    far = FarEnd(listed())
    await white_list(far, ManualClock(at)).find("PL", "1234563218", within_s=5)
    assert str(far.asked[0].url) == f"https://wl.example/api/search/nip/1234563218?date={day}"


async def test_when_the_days_questions_are_used_up_nobody_asks_until_after_midnight_in_warsaw() -> None:
    far, clock = FarEnd(failed("WL-191"), listed()), noon()
    register = white_list(far, clock)
    with pytest.raises(ProviderUnavailable) as raised:
        await register.find("PL", "1234563218", within_s=5)
    opens = datetime(2026, 11, 21, 0, 5, tzinfo=WARSAW)
    assert raised.value.retry_after == opens - clock.now()
    clock.advance(3600)
    with pytest.raises(ProviderUnavailable, match="daily_limit"):
        await register.find("PL", "1234563218", within_s=5)
    assert len(far.asked) == 1
    clock.advance((opens - clock.now() + timedelta(seconds=1)).total_seconds())
    assert isinstance(await register.find("PL", "1234563218", within_s=5), CompanyFoundInRegister)


async def test_vies_is_told_who_asks() -> None:
    far = FarEnd(said(VALID))
    await vies(far, noon(), Requester("PL", "1234563218")).find("IT", "IT12345670363", within_s=5)
    assert str(far.asked[0].url) == "https://vies.example/rest-api/check-vat-number"
    assert posted(far.asked[0]) == {
        "countryCode": "IT",
        "vatNumber": "12345670363",
        "requesterMemberStateCode": "PL",
        "requesterNumber": "1234563218",
    }


async def test_a_requester_that_vies_refuses_costs_only_the_proof() -> None:
    far = FarEnd(said(wrapped("INVALID_REQUESTER_INFO")), said(VALID))
    answer = await vies(far, noon(), Requester("PL", "1")).find("IT", "12345670363", within_s=5)
    assert isinstance(answer, CompanyFoundInRegister)
    assert "requesterNumber" not in posted(far.asked[1])


async def test_greece_is_el_in_vies() -> None:
    far = FarEnd(said(VALID))
    answer = await vies(far, noon()).find("GR", "094259216", within_s=5)
    assert posted(far.asked[0])["countryCode"] == "EL"
    assert a(CompanyFoundInRegister, answer).company.country == "GR"


async def test_a_crowded_country_of_vies_is_asked_again() -> None:
    answer = await REGISTERS[VIES].ask(said(wrapped("MS_MAX_CONCURRENT_REQ"), 500), said(VALID))
    assert isinstance(answer, CompanyFoundInRegister)
