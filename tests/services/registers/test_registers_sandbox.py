"""The registers' clients against the sandbox's registers, with its people's list."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.faults import Mode
from services.errors import ProviderUnavailable
from services.registers.gus import Gus
from services.registers.mf import WhiteList
from services.registers.register import CompanyFoundInRegister, NotFound, Register, RegisterData, StruckOff
from services.registers.several_registers import look_up
from services.registers.vies import Vies
from tests.kit.narrow import a
from tests.services.standins import PASSING, StandIns
from tests.table import table


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
