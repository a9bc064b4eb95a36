import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.faults import Mode
from services.clients.http import make_client
from services.clients.provider_client import Breaker, ProviderClient
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable
from services.registers.gus import Gus
from services.registers.mf import WhiteList
from services.registers.register import (
    CompanyFoundInRegister,
    Evidence,
    NotFound,
    Register,
    RegisterData,
    Source,
    StruckOff,
    look_up,
)
from services.registers.vies import Vies
from tests.kit.narrow import a
from tests.kit.rows import each_row
from tests.services.outside import NOON, noon
from tests.services.standins import PASSING, StandIns
from tests.table import table


def found(source: Source) -> CompanyFoundInRegister:
    return CompanyFoundInRegister(
        RegisterData("PL", "1234563218", "Bursztyn", "", "", ""), source, Evidence(None, NOON)
    )


class Told:
    """A register that answers as told and keeps to its share of time."""

    def __init__(
        self, source: Source, end: CompanyFoundInRegister | NotFound | Exception, *countries: str, takes_s: float = 0
    ) -> None:
        self.source: Source = source
        self.countries: frozenset[str] | None = frozenset(countries) or None
        self.end = end
        self.takes_s = takes_s
        self.asked: list[tuple[str, str, float]] = []
        self._line = ProviderClient(make_client(), Breaker(source, noon()))

    async def find(self, country: str, tax_number: str, *, within_s: float) -> CompanyFoundInRegister | NotFound:
        self.asked.append((country, tax_number, within_s))
        async with self._line.operation(tax_number, within_s):
            await asyncio.sleep(self.takes_s)
            if isinstance(self.end, Exception):
                raise self.end
        return self.end


async def test_the_first_that_knows_ends_the_search() -> None:
    mf, gus, vies = Told("mf", NotFound("mf")), Told("gus", found("gus")), Told("vies", found("vies"))
    assert await look_up([mf, gus, vies], "1234563218", budget=8) == found("gus")
    assert vies.asked == []


async def test_marks_of_direction_in_a_registers_answer_are_dropped() -> None:
    turned = RegisterData("PL", "1234563218", "Bursztyn \u202eeil.kr", "\u2067Długa 1\u2069", "80-001", "\u200fGdańsk")
    told = CompanyFoundInRegister(turned, "vies", Evidence(None, NOON))
    company = a(CompanyFoundInRegister, await look_up([Told("vies", told)], "1234563218", budget=8)).company
    assert (company.name, company.street, company.city) == ("Bursztyn eil.kr", "Długa 1", "Gdańsk")


async def test_silence_and_our_mistakes_lead_on() -> None:
    for trouble in (ProviderUnavailable("down"), Misconfigured("credentials_refused")):
        assert await look_up([Told("mf", trouble), Told("gus", found("gus"))], "1234563218", budget=8) == found("gus")


async def test_all_say_no() -> None:
    assert await look_up([Told("mf", NotFound("mf")), Told("gus", NotFound("gus"))], "1", budget=8) == NotFound("gus")


@pytest.mark.parametrize("trouble", [ProviderUnavailable("down"), Misconfigured("credentials_refused")])
async def test_a_no_beside_silence_is_not_a_no(trouble: Exception) -> None:
    with pytest.raises(ProviderUnavailable, match="registers_silent"):
        await look_up([Told("mf", trouble), Told("gus", NotFound("gus"))], "1", budget=8)


async def test_the_shortest_wait_counts() -> None:
    waits = [ProviderUnavailable(retry_after=timedelta(hours=h)) for h in (9, 2)]
    with pytest.raises(ProviderUnavailable) as raised:
        await look_up([Told("mf", waits[0]), Told("gus", waits[1]), Told("vies", ProviderUnavailable())], "1", budget=8)
    assert raised.value.retry_after == timedelta(hours=2)


async def test_a_number_called_malformed_ends_it() -> None:
    gus = Told("gus", found("gus"))
    with pytest.raises(ProviderRefused, match="tax_number_refused"):
        await look_up([Told("mf", ProviderRefused("tax_number_refused")), gus], "1", budget=8)
    assert gus.asked == []


@each_row
async def test_only_registers_of_numbers_country_are_asked(country: str, number: str, asked: tuple[str, str]) -> None:
    mf, vies = Told("mf", NotFound("mf"), "PL"), Told("vies", found("vies"))
    await look_up([mf, vies], number, country=country, budget=8)
    assert vies.asked[0][:2] == asked
    assert bool(mf.asked) == (asked[0] == "PL")


async def test_nobody_to_ask_is_not_found() -> None:
    assert await look_up([Told("mf", found("mf"), "PL")], "12345670363", country="IT", budget=8) == NotFound(None)


async def test_the_whole_budget_is_kept_and_the_last_gets_the_rest() -> None:
    loop = asyncio.get_running_loop()
    registers = [Told(source, found(source), takes_s=30) for source in ("mf", "gus", "vies")]
    begin = loop.time()
    with pytest.raises(ProviderUnavailable, match="registers_silent"):
        await look_up(registers, "1", budget=0.2)
    assert loop.time() - begin < 5  # each alone would have taken 30
    shares = [within for register in registers for _, _, within in register.asked]
    assert shares[0] == pytest.approx(0.15, abs=0.01)
    assert all(0 < share < 0.06 for share in shares[1:])


async def test_a_slow_first_one_leaves_time_for_the_next() -> None:
    answer = await look_up([Told("mf", found("mf"), takes_s=30), Told("gus", found("gus"))], "1", budget=0.2)
    assert answer == found("gus")


async def test_after_the_process_stood_still_the_next_is_asked_all_the_same() -> None:
    class Frozen(Told):
        async def find(self, country: str, tax_number: str, *, within_s: float) -> CompanyFoundInRegister | NotFound:
            time.sleep(0.3)  # noqa: ASYNC251 - the whole process stands still, as upon SIGSTOP
            return await super().find(country, tax_number, within_s=within_s)

    gus = Told("gus", found("gus"))
    assert await look_up([Frozen("mf", ProviderUnavailable("timeout")), gus], "1", budget=0.2) == found("gus")
    assert [within for _, _, within in gus.asked] == [0.025]


@each_row
async def test_a_registers_words_are_one_line_without_mark_up(said: str, kept: str) -> None:
    told = CompanyFoundInRegister(RegisterData("PL", "1234563218", said, said, said, said), "gus", Evidence(None, NOON))
    company = a(CompanyFoundInRegister, await look_up([Told("gus", told)], "1234563218", budget=8)).company
    assert {company.name, company.street, company.postal_code, company.city} == {kept}


async def test_a_registers_words_end_at_the_longest_that_a_customer_may_write() -> None:
    for words, end in (("SPÓŁKA " * 200, "SPÓŁKA"), ("X" * 1500, "X" * 240)):
        told = CompanyFoundInRegister(RegisterData("PL", "1", words, "", "", ""), "mf", Evidence(None, NOON))
        kept = a(CompanyFoundInRegister, await look_up([Told("mf", told)], "1234563218", budget=8)).company.name
        assert 200 < len(kept) <= 240
        assert kept.split(" ")[-1] == end


# --- the registers' clients against the sandbox's registers, with its people's list ---


@pytest.fixture
def world(tmp_path: Path) -> StandIns:
    return StandIns(tmp_path)


def registers(world: StandIns, *names: str) -> list[Register]:
    def common(name: str) -> dict[str, object]:
        return {"clock": world.clock, "breaker": world.breaker(name), "timeout_s": 0.3}

    ends = world.endpoints
    known: dict[str, Register] = {
        "mf": WhiteList(world.client, **ends["mf"], **common("mf")),  # pyright: ignore[reportArgumentType]
        "gus": Gus(world.client, **ends["gus"], **common("gus")),  # pyright: ignore[reportArgumentType]
        "vies": Vies(world.client, **ends["vies"], **common("vies")),  # pyright: ignore[reportArgumentType]
    }
    return [known[name] for name in names or known]


async def company(world: StandIns, name: str, number: str, country: str = "PL") -> RegisterData:
    answer = a(CompanyFoundInRegister, await look_up(registers(world, name), number, country=country, budget=8))
    assert answer.source == name
    return answer.company


def address(found: RegisterData) -> tuple[str, str, str]:
    return found.street, found.postal_code, found.city


@pytest.mark.parametrize("register", ["mf", "gus", "vies"])
async def test_a_company_is_the_same_in_every_register(world: StandIns, register: str) -> None:
    found = await company(world, register, "1234563218")
    assert found.name == "Pracownia Bursztyn sp. z o.o."
    assert address(found) == ("ul. Długa 12/4", "80-831", "Gdańsk")
    assert found.notes == ()
    assert found.legal_form == (None if register == "vies" else "company")


@pytest.mark.parametrize("register", ["mf", "gus", "vies"])
async def test_an_awkward_name_comes_through_unharmed(world: StandIns, register: str) -> None:
    found = await company(world, register, "9876543210")
    assert found.name == '"ŻÓŁĆ & SYNOWIE" Łukasz O\'Grady-Święch <usługi>'
    assert address(found) == ("ul. Św. Jana 1", "31-017", "Kraków")
    assert found.legal_form == ("sole_trader" if register == "gus" else None)


async def test_what_is_struck_off_is_noted(world: StandIns) -> None:
    assert "ended:2024-03-31" in (await company(world, "gus", "5551112223")).notes
    assert any(note.startswith("vat_status:") for note in (await company(world, "mf", "5551112223")).notes)
    day = datetime(2024, 3, 31, 12, tzinfo=UTC)
    assert (await company(world, "gus", "5551112223")).struck_off == StruckOff("business", day)
    assert (await company(world, "mf", "5551112223")).struck_off == StruckOff("vat", day)
    assert (await company(world, "gus", "1112223332")).struck_off is None


@table(
    ("notes", "of"),
    [
        ((), None),
        (("vat_removed:2020-01-01",), None),  # and put on the list again: an active payer's status is no note
        (("vat_status:Zwolniony", "vat_removed:2020-01-01"), None),
        (("vat_status:Niezarejestrowany",), None),
        (("vat_status:Niezarejestrowany", "vat_removed:odd"), "vat"),
        (("data_withheld", "ended:2020-01-01"), "business"),
    ],
)
def test_who_counts_as_struck_off(notes: tuple[str, ...], of: str | None) -> None:
    gone = RegisterData("PL", "5551112223", "", "", "", "", notes=notes).struck_off
    assert (gone.of if gone else None) == of
    assert gone is None or (gone.since is None) is ("odd" in notes[-1])


async def test_foreign_companies_come_from_vies(world: StandIns) -> None:
    found = await company(world, "vies", "12345670363", "IT")
    assert found.name == "Officine Lucani S.r.l."
    assert address(found) == ("Via Garibaldi 21", "41121", "Modena")
    french = a(CompanyFoundInRegister, await look_up(registers(world), "FR44732829320", country="EU", budget=8))
    assert french.company.country == "FR"
    assert address(french.company) == ("12 quai des Chartrons", "33000", "Bordeaux")


async def test_one_register_steps_in_for_another(world: StandIns) -> None:
    assert a(CompanyFoundInRegister, await look_up(registers(world), "1112223332", budget=8)).source == "gus"
    a(CompanyFoundInRegister, await look_up(registers(world), "6005004000", budget=8))
    assert await look_up(registers(world), "8123456782", budget=8) == NotFound("vies")
    with pytest.raises(ProviderUnavailable, match="registers_silent"):
        await look_up(registers(world), "7003004002", budget=8)


@pytest.mark.parametrize("mode", PASSING)
@pytest.mark.parametrize("register", ["mf", "gus", "vies"])
async def test_a_passing_fault_is_ridden_out(world: StandIns, register: str, mode: Mode) -> None:
    world.fault(register, mode, 1)
    assert (await company(world, register, "1234563218")).city == "Gdańsk"


@pytest.mark.parametrize("mode", PASSING[:-1])
async def test_a_lasting_fault_leads_to_the_next_register(world: StandIns, mode: Mode) -> None:
    world.fault("mf", mode, 50)
    found = a(CompanyFoundInRegister, await look_up(registers(world, "mf", "gus"), "1234563218", budget=8))
    assert found.source == "gus"


async def test_a_session_that_ran_out_is_renewed(world: StandIns) -> None:
    (gus,) = registers(world, "gus")
    for _ in range(3):
        assert isinstance(await gus.find("PL", "1234563218", within_s=8), CompanyFoundInRegister)
        world.clock.advance(3700)
    calls = world.ledger.calls("gus")
    assert len(calls) == 1 + 1 + 2 * (1 + 1 + 1 + 1)  # log-in, search; then search, code 7, log-in, search
