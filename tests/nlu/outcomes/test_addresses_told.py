"""An address is the one that a card shows, and of two that are told apart each goes to its own answer."""

import tomllib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest

from bot.simulation.outcomes.trial import TriedMessage, foresee_turn, parse_line, visit_of
from bot.simulation.visit import SimulatedVisit
from dialogs.messages.einvoice import ChangeInvoiceEmail

PROFILES = Path(__file__).parents[3] / "profiles"
TOLD = tomllib.loads(Path(__file__).with_name("addresses_told.toml").read_text(encoding="utf-8"))
TO_CARD = """
> /start
> [start:sign_up]
> 10000017
> [contact_channel:sms]
> 512 000 111
* code
* page password=Zielony7Parasol!
* page login=10000017 password=Zielony7Parasol!
> [zone:einvoice]
> [einvoice:activate]
"""
TO_ACCOUNT = """
> /start
> [start:buy]
> [account:new]
"""


@asynccontextmanager
async def led(profile: str, lang: str, way: str) -> AsyncGenerator[SimulatedVisit]:
    async with visit_of(PROFILES / profile, lang, "tried-customer-00000001") as (visit, player):
        for written in way.strip().splitlines():
            await player.play(parse_line(written))
        yield visit


def saved(trial: TriedMessage) -> list[str]:
    return [command.email for command in trial.commands if isinstance(command, ChangeInvoiceEmail)]


def addresses(trial: TriedMessage) -> tuple[str | None, str | None]:
    return trial.after.account.email, trial.after.einvoice.typed


@pytest.mark.parametrize("lang", ["pl", "it", "en"])
async def test_the_address_of_a_card_is_the_one_it_shows(lang: str) -> None:
    numbers = count(1)
    async with led("vectra", lang, TO_CARD) as visit:
        assert visit.at == "einvoice.confirm"
        said = [(text, await foresee_turn(visit, text, next(numbers))) for text in TOLD["card"][lang]]
        asked = [(text, await foresee_turn(visit, text, next(numbers))) for text in TOLD["asked"][lang]]
    assert [text for text, one in said if (saved(one), one.step) != (["x@example.com"], visit.at)] == []
    assert [text for text, one in asked if one.step != "einvoice.invoice_email"] == []
    assert not any(one.after.einvoice.confirmed for _, one in (*said, *asked))


@pytest.mark.parametrize("lang", ["pl", "it", "en"])
async def test_of_two_addresses_each_goes_to_its_own_answer(lang: str) -> None:
    numbers, found = count(1), dict[str, list[tuple[str, TriedMessage]]]()
    async with led("fakturasmart", lang, TO_ACCOUNT) as visit:
        for kind in ("both", "which", "one"):
            found[kind] = [(text, await foresee_turn(visit, text, next(numbers))) for text in TOLD[kind][lang]]
    wanted = {"both": ("x@example.com", "y@example.com"), "which": (None, None), "one": ("x@example.com", None)}
    wrong = [(text, addresses(one)) for kind in found for text, one in found[kind] if addresses(one) != wanted[kind]]
    assert wrong == []
    assert all("kit.kept" in [say.key for say in one.says] for _, one in found["both"])
