import json
from typing import Any

import httpx
import pytest

from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.registers.register import CompanyFoundInRegister, NotFound
from services.registers.vies import Requester, Vies
from tests.kit.narrow import a
from tests.services.outside import FarEnd, breaker, noon, said

VALID: dict[str, Any] = {
    "countryCode": "IT",
    "vatNumber": "12345670363",
    "requestDate": "2026-11-20T12:00:01.123Z",
    "valid": True,
    "requestIdentifier": "WAPIAAAA",
    "name": "Officine Lucani S.r.l.",
    "address": "Via Garibaldi 21\n41121 Modena MO",
}


def vies(far: FarEnd, requester: Requester | None = None) -> Vies:
    return Vies(
        far.client, url="https://vies.example/rest-api", clock=noon(), breaker=breaker("vies"), requester=requester
    )


async def ask(*steps: httpx.Response) -> CompanyFoundInRegister | NotFound:
    return await vies(FarEnd(*steps)).find("IT", "12345670363", within_s=5)


async def test_a_valid_number_is_found_with_proof() -> None:
    far = FarEnd(said(VALID))
    answer = await vies(far, Requester("PL", "1234563218")).find("IT", "IT12345670363", within_s=5)
    assert str(far.asked[0].url) == "https://vies.example/rest-api/check-vat-number"
    assert json.loads(far.asked[0].content) == {
        "countryCode": "IT",
        "vatNumber": "12345670363",
        "requesterMemberStateCode": "PL",
        "requesterNumber": "1234563218",
    }
    assert isinstance(answer, CompanyFoundInRegister)
    company = answer.company
    assert (company.name, company.street) == ("Officine Lucani S.r.l.", "Via Garibaldi 21")
    assert (company.postal_code, company.city, company.tax_number) == ("41121", "Modena", "12345670363")
    assert answer.evidence.request_id == "WAPIAAAA"
    assert answer.evidence.at.isoformat() == "2026-11-20T12:00:01.123000+00:00"


async def test_the_other_shape_is_read_too() -> None:
    reply = {key: value for key, value in VALID.items() if key != "valid"} | {"isValid": True, "userError": "VALID"}
    assert isinstance(await ask(said(reply)), CompanyFoundInRegister)


async def test_what_the_country_keeps_back_stays_empty() -> None:
    answer = a(CompanyFoundInRegister, await ask(said(VALID | {"name": "---", "address": "---"})))
    assert (answer.company.name, answer.company.street, answer.company.city) == ("", "", "")
    assert answer.company.notes == ("data_withheld",)


async def test_greece_is_el_there() -> None:
    far = FarEnd(said(VALID))
    answer = await vies(far).find("GR", "094259216", within_s=5)
    assert json.loads(far.asked[0].content)["countryCode"] == "EL"
    assert isinstance(answer, CompanyFoundInRegister)
    assert answer.company.country == "GR"


@pytest.mark.parametrize("reply", [{"valid": False}, {"isValid": False, "userError": "INVALID"}])
async def test_not_valid_is_not_found(reply: dict[str, Any]) -> None:
    assert await ask(said(reply)) == NotFound("vies")


CODES: list[tuple[str, type[ServiceError]]] = [
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


@pytest.mark.parametrize(("code", "error"), CODES)
@pytest.mark.parametrize("status", [200, 400, 500])
async def test_no_error_in_any_shape_becomes_a_no(code: str, error: type[ServiceError], status: int) -> None:
    for reply in (
        {"isValid": False, "valid": False, "userError": code},
        {"actionSucceed": False, "errorWrappers": [{"error": code, "message": "IT12345670363"}]},
    ):
        with pytest.raises(error) as raised:
            await ask(*[said(reply, status)] * 3)
        assert "12345670363" not in str(raised.value)


async def test_a_crowded_country_is_asked_again() -> None:
    crowded = {"actionSucceed": False, "errorWrappers": [{"error": "MS_MAX_CONCURRENT_REQ"}]}
    assert isinstance(await ask(said(crowded, 500), said(VALID)), CompanyFoundInRegister)


async def test_a_requester_that_is_refused_costs_only_the_proof() -> None:
    refused = {"actionSucceed": False, "errorWrappers": [{"error": "INVALID_REQUESTER_INFO"}]}
    far = FarEnd(said(refused), said(VALID))
    assert isinstance(
        await vies(far, Requester("PL", "1")).find("IT", "12345670363", within_s=5), CompanyFoundInRegister
    )
    assert "requesterNumber" not in json.loads(far.asked[1].content)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>"),
        said({}),
        said({"valid": "true"}),
        said({"valid": 1}),
        said({"valid": None}),
        httpx.Response(503, text="down"),
        said([]),
    ],
    ids=range(7),
)
async def test_only_a_real_yes_or_no_is_an_answer(answer: httpx.Response) -> None:
    with pytest.raises(ProviderUnavailable):
        await ask(answer, answer, answer)
