import asyncio
import time
from datetime import timedelta

import pytest

from services.clients.http import make_client
from services.clients.provider_client import Breaker, ProviderClient
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable
from services.registers.register import CompanyFoundInRegister, Evidence, NotFound, RegisterData, Source
from services.registers.several_registers import look_up
from tests.kit.narrow import a
from tests.kit.rows import each_row
from tests.services.outside import NOON, noon


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
    answer = await look_up([mf, gus, vies], "1234563218", budget=8)
    assert answer == found("gus")
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
async def test_only_registers_of_the_numbers_country_are_asked(
    country: str, number: str, asked: tuple[str, str]
) -> None:
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
