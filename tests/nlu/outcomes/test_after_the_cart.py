"""An order's add-ons and term are changed in a sentence at every step behind the cart, until it is placed."""

import tomllib
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.simulation.outcomes.trial import foresee_turn, parse_line, visit_of
from dialogs.state import ConversationState

PROFILE = Path(__file__).parents[3] / "profiles" / "certified_platform"
TABLE = tomllib.loads(Path(__file__).with_name("after_the_cart.toml").read_text(encoding="utf-8"))
LATE = "kit.act_done.order.place"
WAY = """
> /start
> [start:buy]
> [addons:users]
> 2
> [addons:none]
> [account:new]
> anna@lucani.example
* page password=Zielony7Parasol!
> [consents:required]
@ company.legal_form
> [legal_form:company]
> 12345670363
> [confirm:yes]
> ufficio@lucani.example
> M5UXCR1
* letter
@ order.method
> [method:card]
@ order.years
> [years:1]
@ order.terms
> [terms:accept]
@ order.pay
> [pay:now]
@ payment.payment
"""
CHANGED = ("users", "space", "years", "method")


def held(case: ConversationState) -> dict[str, Any]:
    packs = {name: dict(case.cart.extra).get(name, 0) for name in ("users", "space")}
    return packs | {"years": case.order.years, "method": case.order.method}


@pytest.mark.parametrize("lang", ["pl", "it", "en"])
async def test_the_cart_changes_at_every_step_of_the_order(lang: str) -> None:
    wrong: list[str] = []
    async with visit_of(PROFILE, lang, "tried-customer-00000001") as (visit, player):
        numbers = count(1)
        for written in WAY.strip().splitlines():
            if not written.startswith("@ "):
                await player.play(parse_line(written))
                continue
            assert visit.at == written[2:]
            for row in TABLE["said"]:
                for text in row[lang]:
                    trial = await foresee_turn(visit, text, next(numbers))
                    now, was = held(trial.after), held(trial.before)
                    placed = visit.at == "payment.payment"
                    wanted = was if placed else was | {name: row[name] for name in CHANGED if name in row}
                    if now != wanted and not (placed and "method" in row):
                        wrong.append(f"{visit.at} {text}: {now}")
                    elif placed and {"users", "space"} & {*row} and LATE not in [say.key for say in trial.says]:
                        wrong.append(f"{visit.at} {text}: isn't told that it is too late")
    assert wrong == []
