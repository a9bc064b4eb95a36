import asyncio
import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

import httpx
import pytest

from services.errors import Misconfigured, ProviderUnavailable, ServiceError
from services.registers.gus import Gus
from services.registers.register import CompanyFoundInRegister, NotFound, RegisterData
from tests.kit.narrow import a, present
from tests.services.outside import FarEnd, Step, breaker, noon

COMPANY = {
    "Regon": "123456785", "Nip": "1234563218", "Nazwa": "Pracownia Bursztyn sp. z o.o.", "Miejscowosc": "Gdańsk",
    "KodPocztowy": "80-831", "Ulica": "ul. Długa", "NrNieruchomosci": "12", "NrLokalu": "4", "Typ": "P", "SilosID": "6",
    "DataZakonczeniaDzialalnosci": "", "MiejscowoscPoczty": "Gdańsk",
}  # fmt: skip
PERSON = COMPANY | {"Nazwa": '"ŻÓŁĆ & SYNOWIE" Łukasz O\'Grady-Święch <usługi>', "Typ": "F", "SilosID": "1"}
NOTHING = [{"ErrorCode": "4", "ErrorMessagePl": "Nie znaleziono", "Nip": "1234563218"}]


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


def listing(entries: list[Mapping[str, str]]) -> str:
    rows = "".join("<dane>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in e.items()) + "</dane>" for e in entries)
    return f"<root>\r\n{rows}</root>"


def found(*entries: Mapping[str, str]) -> httpx.Response:
    return multipart("DaneSzukajPodmioty", listing(list(entries)))


def empty_with(code: str) -> tuple[httpx.Response, httpx.Response]:
    return multipart("DaneSzukajPodmioty", ""), multipart("GetValue", code)


def gus(far: FarEnd) -> Gus:
    return Gus(far.client, url="https://gus.example/bir.svc", key="key<&>", clock=noon(), breaker=breaker("gus"))


async def ask(*steps: Step) -> CompanyFoundInRegister | NotFound:
    return await gus(FarEnd(*steps)).find("PL", "1234563218", within_s=5)


async def company_of(*entries: Mapping[str, str]) -> RegisterData:
    return a(CompanyFoundInRegister, await ask(logged_in(), found(*entries))).company


def action(request: httpx.Request) -> str:
    return present(re.search(r"<wsa:Action>(.*?)</wsa:Action>", request.content.decode()))[1]


async def test_a_company_is_found_in_one_session() -> None:
    far = FarEnd(logged_in("abc"), found(COMPANY), found(COMPANY))
    register = gus(far)
    await register.find("PL", "1234563218", within_s=5)
    answer = a(CompanyFoundInRegister, await register.find("PL", "1234563218", within_s=5))
    company = answer.company
    assert company.name == "Pracownia Bursztyn sp. z o.o."
    assert (company.street, company.postal_code, company.city) == ("ul. Długa 12/4", "80-831", "Gdańsk")
    assert company.legal_form == "company"
    assert answer.evidence.at == noon().now()
    log_in, search, _ = far.asked
    assert action(log_in) == "http://CIS/BIR/PUBL/2014/07/IUslugaBIRzewnPubl/Zaloguj"
    assert action(search) == "http://CIS/BIR/PUBL/2014/07/IUslugaBIRzewnPubl/DaneSzukajPodmioty"
    assert "<ns:pKluczUzytkownika>key&lt;&amp;&gt;</ns:pKluczUzytkownika>" in log_in.content.decode()
    assert "<dat:Nip>1234563218</dat:Nip>" in search.content.decode()
    assert search.headers["sid"] == "abc"
    assert "sid" not in log_in.headers
    assert search.headers["content-type"] == "application/soap+xml; charset=utf-8"


async def test_awkward_names_come_through_both_escapings() -> None:
    company = await company_of(PERSON)
    assert company.name == PERSON["Nazwa"]
    assert company.legal_form == "sole_trader"


async def test_of_many_entries_the_living_and_principal_one_is_taken() -> None:
    farm = PERSON | {"Nazwa": "farm", "SilosID": "2"}
    ended = COMPANY | {"Nazwa": "ended", "DataZakonczeniaDzialalnosci": "2024-03-31"}
    branch = COMPANY | {"Nazwa": "branch", "Typ": "LP"}
    assert (await company_of(branch, ended, farm, PERSON)).name == PERSON["Nazwa"]
    assert (await company_of(branch, farm, ended, COMPANY)).name == COMPANY["Nazwa"]


async def test_what_has_ended_is_found_with_a_note() -> None:
    company = await company_of(COMPANY | {"DataZakonczeniaDzialalnosci": "2024-03-31"})
    assert company.notes == ("ended:2024-03-31",)


async def test_a_village_without_streets_lends_its_name_to_the_street() -> None:
    village = {"Ulica": "", "NrLokalu": "", "Miejscowosc": "Wola", "MiejscowoscPoczty": "Płock", "KodPocztowy": "05123"}
    company = await company_of(COMPANY | village)
    assert (company.street, company.postal_code, company.city) == ("Wola 12", "05-123", "Płock")


@pytest.mark.parametrize("answers", [(multipart("DaneSzukajPodmioty", listing(list(NOTHING))),), empty_with("4")])
async def test_nothing_found_is_an_answer(answers: tuple[httpx.Response, ...]) -> None:
    assert await ask(logged_in(), *answers) == NotFound("gus")


async def test_only_branches_are_nothing() -> None:
    assert await ask(logged_in(), found(COMPANY | {"Typ": "LP"})) == NotFound("gus")


@pytest.mark.parametrize("lost", [empty_with("7"), (found({"ErrorCode": "7"}),)], ids=["empty", "entry"])
async def test_a_lost_session_is_replaced_once(lost: tuple[httpx.Response, ...]) -> None:
    far = FarEnd(logged_in("old"), *lost, logged_in("new"), found(COMPANY))
    assert isinstance(await gus(far).find("PL", "1234563218", within_s=5), CompanyFoundInRegister)
    assert far.asked[-1].headers["sid"] == "new"
    with pytest.raises(ProviderUnavailable, match="session_refused"):
        await ask(logged_in("old"), *lost, logged_in("new"), *lost)


async def test_many_who_ask_at_once_log_in_once() -> None:
    far = FarEnd(logged_in(), *[found(COMPANY)] * 5)
    register = gus(far)
    answers = await asyncio.gather(*(register.find("PL", "1234563218", within_s=5) for _ in range(5)))
    assert all(isinstance(answer, CompanyFoundInRegister) for answer in answers)
    assert far.done


async def test_an_empty_session_is_a_wrong_key() -> None:
    with pytest.raises(Misconfigured, match="credentials_refused"):
        await ask(logged_in(""))


BOMB = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><root><dane><Nazwa>&b;</Nazwa></dane></root>'


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(500, text="<s:Envelope><s:Fault/></s:Envelope>"), ProviderUnavailable),
        (httpx.Response(200, text="<html>break</html>"), ProviderUnavailable),
        (httpx.Response(200, text="<s:Envelope></s:Envelope>"), ProviderUnavailable),
        (httpx.Response(200, text="<s:Envelope><s:Body></s:Envelope>"), ProviderUnavailable),
        (httpx.Response(200, content=b"\xff\xfe<s:Envelope>"), ProviderUnavailable),
        (multipart("DaneSzukajPodmioty", BOMB), ProviderUnavailable),
        (multipart("DaneSzukajPodmioty", "<root><dane>"), ProviderUnavailable),
        (found({"ErrorCode": "2"}), Misconfigured),
        (found({"ErrorCode": "1"}), ProviderUnavailable),
        (found({"ErrorCode": "<&>"}), ProviderUnavailable),
    ],
    ids=range(10),
)
async def test_anything_else_is_no_answer(answer: httpx.Response, error: type[ServiceError]) -> None:
    with pytest.raises(error):
        await ask(logged_in(), *[answer] * 3)


async def test_a_seat_abroad_keeps_its_postal_code() -> None:
    seat = {"Ulica": "Lindenweg", "NrNieruchomosci": "12", "NrLokalu": "", "KodPocztowy": "10115"}
    answer = await ask(logged_in(), found(COMPANY | seat | {"Miejscowosc": "Berlin, Niemcy", "MiejscowoscPoczty": ""}))
    assert isinstance(answer, CompanyFoundInRegister)
    company = answer.company
    assert (company.street, company.postal_code, company.city) == ("Lindenweg 12", "10115", "Berlin")
    assert (company.country, company.seat) == ("PL", "DE")
