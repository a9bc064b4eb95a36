"""The registers' protocols: the white list, GUS BIR and VIES."""

import re
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx
import pytest

from sandbox.credentials import GUS_KEY
from sandbox.gus.envelope import ADDRESSING, COMMON, PARAMETERS, SEARCH, SOAP, action_of, split_street
from tests.kit.narrow import present
from tests.kit.rows import all_rows, each_row
from tests.sandbox.room import Room


async def white_list(room: Room, nip: str, date: str | None = "2026-11-20") -> httpx.Response:
    query = {} if date is None else {"date": date}
    return await room.client.get(f"/sandbox/mf/api/search/nip/{nip}", params=query)


async def test_the_white_list_knows_a_company_by_its_exact_values(room: Room) -> None:
    result = (await white_list(room, "1234563218")).json()["result"]
    subject = result["subject"]
    assert subject["name"] == "Pracownia Bursztyn sp. z o.o."
    assert (subject["workingAddress"], subject["residenceAddress"]) == ("ul. Długa 12/4, 80-831 Gdańsk", None)
    assert (subject["statusVat"], subject["krs"], subject["regon"]) == ("Czynny", "0000123456", "123456785")
    assert re.fullmatch(r"d2n\d{2}-[a-z0-9]{7}", result["requestId"])
    assert result["requestDateTime"] == "20-11-2026 13:00:00"


async def test_who_was_struck_off_has_a_removal_date(room: Room) -> None:
    subject = (await white_list(room, "5551112223")).json()["result"]["subject"]
    assert (subject["statusVat"], subject["removalDate"]) == ("Niezarejestrowany", "2024-03-31")


@pytest.mark.parametrize("nip", ["1112223332", "8123456782", "5260250274"])
async def test_whom_the_white_list_lacks_is_a_null_subject(room: Room, nip: str) -> None:
    response = await white_list(room, nip)
    assert (response.status_code, response.json()["result"]["subject"]) == (200, None)


@each_row
async def test_the_white_list_names_what_is_wrong(room: Room, nip: str, date: str | None, code: str) -> None:
    response = await white_list(room, nip, date)
    assert (response.status_code, response.json()["code"]) == (400, code)


async def test_the_future_begins_in_warsaw(room: Room) -> None:
    await room.post_api("clock", advance_s=11.5 * 3600)
    assert (await white_list(room, "1234563218", "2026-11-21")).status_code == 200


async def test_the_slow_and_the_dead_company_behave_alike_everywhere(room: Room) -> None:
    assert (await white_list(room, "7003004002")).status_code == 503
    assert (await gus_search(room, Nip="7003004002")).status_code == 503
    assert (await room.client.get("/sandbox/vies/ms/PL/vat/7003004002")).status_code == 503
    assert room.slept == []
    assert (await white_list(room, "6005004000")).json()["result"]["subject"]["name"] == "Powolna Logistyka S.A."
    await gus_search(room, Nip="6005004000")
    await room.client.get("/sandbox/vies/ms/PL/vat/6005004000")
    assert room.slept == [5.0, 5.0, 5.0]


def envelope(operation: str, inner: str, action: str | None = None) -> bytes:
    namespace = COMMON if operation == "GetValue" else SEARCH
    return (
        f'<e:Envelope xmlns:e="{SOAP}" xmlns:w="{ADDRESSING}" xmlns:n="{namespace}" xmlns:d="{PARAMETERS}"><e:Header>'
        f"<w:To>http://x/gus</w:To><w:Action>{action or action_of(operation)}</w:Action></e:Header>"
        f"<e:Body><n:{operation}>{inner}</n:{operation}></e:Body></e:Envelope>"
    ).encode()


async def soap(room: Room, body: bytes, sid: str = "", path: str = "/sandbox/gus") -> httpx.Response:
    headers = {"Content-Type": "application/soap+xml; charset=utf-8", **({"sid": sid} if sid else {})}
    return await room.client.post(path, content=body, headers=headers)


def result_of(response: httpx.Response, operation: str) -> str:
    assert response.headers["content-type"].startswith("multipart/related")
    found = present(re.search(r"<s:Envelope.*</s:Envelope>", response.text, re.S))
    namespace = COMMON if operation == "GetValue" else SEARCH
    return ElementTree.fromstring(found[0]).findtext(f".//{{{namespace}}}{operation}Result", "")


async def log_in(room: Room, key: str = GUS_KEY) -> str:
    inner = f"<n:pKluczUzytkownika>{key}</n:pKluczUzytkownika>"
    return result_of(await soap(room, envelope("Zaloguj", inner)), "Zaloguj")


async def gus_search(room: Room, sid: str | None = None, **asked: str) -> httpx.Response:
    given = "".join(f"<d:{name}>{escape(value)}</d:{name}>" for name, value in asked.items())
    body = envelope("DaneSzukajPodmioty", f"<n:pParametryWyszukiwania>{given}</n:pParametryWyszukiwania>")
    return await soap(room, body, await log_in(room) if sid is None else sid)


async def message_code(room: Room, sid: str) -> str:
    inner = "<n:pNazwaParametru>KomunikatKod</n:pNazwaParametru>"
    return result_of(await soap(room, envelope("GetValue", inner), sid), "GetValue")


def entries(response: httpx.Response) -> list[dict[str, str]]:
    inner = ElementTree.fromstring(result_of(response, "DaneSzukajPodmioty"))
    return [{field.tag: field.text or "" for field in entry} for entry in inner.iter("dane")]


async def test_gus_gives_a_session_for_the_key_and_none_for_another(room: Room) -> None:
    assert re.fullmatch(r"[a-z0-9]{20}", await log_in(room))
    assert await log_in(room, "wrong") == ""


async def test_gus_search_answers_xml_inside_xml(room: Room) -> None:
    [entry] = entries(await gus_search(room, Nip="9876543210"))
    assert entry["Nazwa"] == '"ŻÓŁĆ & SYNOWIE" Łukasz O\'Grady-Święch <usługi>'
    assert (entry["Ulica"], entry["NrNieruchomosci"], entry["NrLokalu"]) == ("ul. Św. Jana", "1", "")
    assert (entry["KodPocztowy"], entry["Miejscowosc"], entry["Typ"]) == ("31-017", "Kraków", "F")
    assert entry["SilosID"] == "1"


async def test_gus_takes_lists_and_other_numbers(room: Room) -> None:
    found = entries(await gus_search(room, Nipy="1234563218, 5551112223"))
    assert [entry["Regon"] for entry in found] == ["123456785", "555111221"]
    assert found[1]["DataZakonczeniaDzialalnosci"] == "2024-03-31"
    assert entries(await gus_search(room, Krs="0000123456"))[0]["Nip"] == "1234563218"


async def test_gus_says_4_for_whom_it_does_not_know(room: Room) -> None:
    sid = await log_in(room)
    [entry] = entries(await gus_search(room, sid, Nip="8123456782"))
    assert (entry["ErrorCode"], entry["Nip"]) == ("4", "8123456782")
    assert entry["ErrorMessageEn"] == "No data found for the specified search criteria."
    assert await message_code(room, sid) == "4"


async def test_a_session_ends_after_an_hour_with_an_empty_result_and_code_7(room: Room) -> None:
    sid = await log_in(room)
    await room.post_api("clock", advance_s=3601)
    assert result_of(await gus_search(room, sid, Nip="1234563218"), "DaneSzukajPodmioty") == ""
    assert await message_code(room, sid) == "7"


async def test_gus_refuses_what_is_no_request(room: Room) -> None:
    wrong_action = envelope("Zaloguj", "", action=action_of("Wyloguj"))
    for body in (b"<not-xml", wrong_action, b'<!DOCTYPE x [<!ENTITY a "b">]>' + envelope("Zaloguj", "")):
        response = await soap(room, body)
        assert (response.status_code, "s:Fault" in response.text) == (500, True)
    plain = await room.client.post(
        "/sandbox/gus", content=envelope("Zaloguj", ""), headers={"Content-Type": "text/xml"}
    )
    assert plain.status_code == 415


async def test_gus_reports_are_5_for_a_wrong_name_and_hyphenless_in_postal_codes(room: Room) -> None:
    async def report(name: str) -> str:
        inner = f"<n:pRegon>123456785</n:pRegon><n:pNazwaRaportu>{name}</n:pNazwaRaportu>"
        path = "/sandbox/gus/UslugaBIRzewnPubl.svc"
        answer = await soap(room, envelope("DanePobierzPelnyRaport", inner), await log_in(room), path)
        return result_of(answer, "DanePobierzPelnyRaport")

    assert "<ErrorCode>5</ErrorCode>" in await report("BIR11Nonsense")
    assert "<praw_adSiedzKodPocztowy>80831</praw_adSiedzKodPocztowy>" in await report("BIR12OsPrawna")


@all_rows
def test_a_street_is_split_as_gus_keeps_it(street: str, expected: tuple[str, str, str]) -> None:
    assert split_street(street) == expected


async def vies(room: Room, country: str, number: str, **more: str) -> Any:
    asked = {"countryCode": country, "vatNumber": number, **more}
    return (await room.client.post("/sandbox/vies/check-vat-number", json=asked)).json()


async def test_vies_confirms_by_valid_and_by_is_valid(room: Room) -> None:
    answer = await vies(room, "FR", "44732829320")
    assert (answer["valid"], answer["name"]) == (True, "Atelier du Port SARL")
    assert answer["address"] == "12 quai des Chartrons\n33000 Bordeaux"
    looked = (await room.client.get("/sandbox/vies/ms/IT/vat/04649870153")).json()
    assert (looked["isValid"], looked["userError"], looked["name"]) == (True, "VALID", "Mario Rossi")


async def test_vies_does_not_confirm_whom_it_lacks_nor_a_number_with_its_prefix(room: Room) -> None:
    for country, number in (("PL", "5551112223"), ("IT", "IT12345670363"), ("DE", "123456789")):
        answer = await vies(room, country, number)
        assert (answer["valid"], answer["name"], answer["address"]) == (False, "---", "---")
    assert (await room.client.get("/sandbox/vies/ms/PL/vat/8123456782")).json()["userError"] == "INVALID"


async def test_vies_gives_its_proof_to_a_requester_only_and_matches_traders(room: Room) -> None:
    assert (await vies(room, "PL", "1234563218"))["requestIdentifier"] == ""
    asked = {
        "requesterMemberStateCode": "IT",
        "requesterNumber": "12345670363",
        "traderCity": "GDAŃSK",
        "traderName": "X",
    }
    answer = await vies(room, "PL", "1234563218", **asked)
    assert answer["requestIdentifier"].startswith("WAPI")
    assert (answer["traderCityMatch"], answer["traderNameMatch"]) == ("VALID", "INVALID")


async def test_vies_errors_have_both_shapes_and_never_say_invalid(room: Room) -> None:
    found = await vies(room, "GB", "123456789")
    assert found == {"actionSucceed": False, "errorWrappers": [{"error": "INVALID_INPUT", "message": ""}]}
    looked = (await room.client.get("/sandbox/vies/ms/GB/vat/123456789")).json()
    assert (looked["isValid"], looked["userError"]) == (False, "INVALID_INPUT")
    test = await room.client.post(
        "/sandbox/vies/check-vat-test-service", json={"countryCode": "PL", "vatNumber": "301"}
    )
    assert test.json()["errorWrappers"][0]["error"] == "MS_UNAVAILABLE"
