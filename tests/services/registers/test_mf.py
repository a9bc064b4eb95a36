from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.clock import ManualClock
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.registers.mf import WARSAW, WhiteList
from services.registers.register import CompanyFoundInRegister, NotFound
from tests.kit.narrow import a
from tests.services.outside import FarEnd, breaker, noon, said

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


def listed(**changes: Any) -> httpx.Response:
    return said(
        {
            "result": {
                "subject": SUBJECT | changes,
                "requestId": "d2n10-84df1a1",
                "requestDateTime": "20-11-2026 13:00:01",
            }
        }
    )


def failed(code: str, status: int = 400) -> httpx.Response:
    return said({"code": code, "message": "NIP 1234563218"}, status)


def white_list(far: FarEnd, clock: ManualClock | None = None) -> WhiteList:
    clock = clock or noon()
    return WhiteList(far.client, url="https://wl.example/", clock=clock, breaker=breaker("mf", clock))


async def ask(far: FarEnd, clock: ManualClock | None = None) -> CompanyFoundInRegister | NotFound:
    return await white_list(far, clock).find("PL", "1234563218", within_s=5)


async def test_a_listed_company_is_found_with_proof() -> None:
    far = FarEnd(listed())
    found = await ask(far)
    assert str(far.asked[0].url) == "https://wl.example/api/search/nip/1234563218?date=2026-11-20"
    assert isinstance(found, CompanyFoundInRegister)
    company = found.company
    assert (company.country, company.tax_number, company.name) == ("PL", "1234563218", SUBJECT["name"])
    assert (company.street, company.postal_code, company.city) == ("ul. Długa 12/4", "80-831", "Gdańsk")
    assert company.legal_form == "company"
    assert company.notes == ()
    assert found.source == "mf"
    assert found.evidence.request_id == "d2n10-84df1a1"
    assert found.evidence.at == datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)


async def test_no_register_data_shows_in_a_repr() -> None:
    shown = repr(await ask(FarEnd(listed())))
    assert not any(word in shown for word in ("Bursztyn", "1234563218", "Długa", "85010112345"))


async def test_a_person_has_only_a_residence_and_no_form() -> None:
    found = await ask(FarEnd(listed(krs=None, workingAddress=None, residenceAddress="ul. Św. Jana 1, 31-017 Kraków")))
    assert isinstance(found, CompanyFoundInRegister)
    assert (found.company.street, found.company.city) == ("ul. Św. Jana 1", "Kraków")
    assert found.company.legal_form is None


async def test_a_vat_status_that_is_not_active_is_a_note_for_the_seller() -> None:
    found = a(CompanyFoundInRegister, await ask(FarEnd(listed(statusVat="Wykreślony", removalDate="2024-03-31"))))
    assert found.company.notes == ("vat_status:Wykreślony", "vat_removed:2024-03-31")


async def test_a_time_in_an_unknown_form_is_replaced_by_ours() -> None:
    answer = said({"result": {"subject": SUBJECT, "requestId": "x", "requestDateTime": "2026-11-20T13:00:01Z"}})
    assert a(CompanyFoundInRegister, await ask(FarEnd(answer))).evidence.at == noon().now()


async def test_no_subject_is_not_found() -> None:
    assert await ask(FarEnd(said({"result": {"subject": None, "requestId": "x"}}))) == NotFound("mf")


async def test_the_date_asked_for_is_warsaws() -> None:
    far = FarEnd(listed())
    await ask(far, ManualClock(datetime(2026, 11, 20, 23, 30, tzinfo=UTC)))
    assert far.asked[0].url.params["date"] == "2026-11-21"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (failed("WL-115"), ProviderRefused),
        (failed("WL-113"), ProviderRefused),
        (failed("WL-103"), Misconfigured),
        (failed("WL-190"), Misconfigured),
        (httpx.Response(404, text="no such page"), Misconfigured),
        (failed("WL-196"), ProviderUnavailable),
        (httpx.Response(502, text="<html>Bad gateway</html>"), ProviderUnavailable),
        (httpx.Response(200, text="<html>maintenance</html>"), ProviderUnavailable),
        (said({"result": {}}), ProviderUnavailable),
        (failed("WL-100", 500), ProviderUnavailable),
        (httpx.ReadTimeout("slow"), ProviderUnavailable),
    ],
    ids=str,
)
async def test_every_other_answer_is_told_apart(answer: httpx.Response, error: type[ServiceError]) -> None:
    with pytest.raises(error) as raised:
        await ask(FarEnd(answer, answer, answer))
    assert "1234563218" not in str(raised.value)


async def test_when_the_days_questions_are_used_up_nobody_asks_until_after_midnight_in_warsaw() -> None:
    far = FarEnd(failed("WL-191"), listed())
    clock = noon()
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
