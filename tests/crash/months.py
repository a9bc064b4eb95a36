"""Months and trials: who buys, tries and stops while processes are killed is charged as announced, and no more.

Some have more seats at once, which they pay for: by link, by a transfer whose first booking was a slip, or by a part of
one that was split. Of some a part is asked back.

`python -m tests.crash.months --database sqlite --kills 200 --journeys 60`; `--late-kills` fall on the two months after.
"""

import asyncio
import contextlib
import random
import re
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.crash.__main__ import parser
from tests.crash.customers import Traveller, traveller
from tests.crash.doors import Visitor
from tests.crash.fate import Fate
from tests.crash.fortune import ask_back, card_of
from tests.crash.house import House, house, postgresql
from tests.crash.judge import Ledger, read_ledger, settled
from tests.crash.plan import Plan
from tests.crash.year import Year
from tests.desk.stubborn import sent

#: Of those whose company has had its trial the same is refused, and they buy at once.
NUMBERS = ("1234563218", "9876543210", "5551112223", "1112223332")
SEATS, PART = 2, 1_000
DAYS = (6.6, 7.5, 13.5, 14.5, 25.0, 27.0, 29.0, 40.5, 44.0, 56.0, 59.0)
#: Until then so many charges follow the first payment: of a month on its 26th and 57th day; of a trial, at its end and
#: before that of the first month.
CHARGES = {("P1M", False): 2, ("P1Y", False): 0, ("P1M", True): 2, ("P1Y", True): 1}


async def run(plan: Plan, folder: Path, url: str | None) -> tuple[list[str], Counter[str]]:
    """Return what was broken, and how much there was of what."""
    dice = random.Random(plan.seed)
    async with house(plan, folder, url) as found:
        fate = Fate(found, plan, random.Random(dice.random()), partial(print, file=sys.stderr, flush=True))
        everybody = [_somebody(found, n, dice) for n in range(plan.journeys)]
        slots = asyncio.Semaphore(plan.at_once)

        async def buys(one: Traveller) -> None:
            async with slots:
                await one.run()
                for word in ("zone:renewal", "auto_renewal:no") if _stops(one) else ():
                    await one.say(word)
                await _afterwards(one)

        async with asyncio.TaskGroup() as both:
            killing = both.create_task(fate.befall())
            await asyncio.gather(*(buys(one) for one in everybody))
            killing.cancel()  # those that found nobody at work any more
        year = Year(found, fate, random.Random(dice.random()))
        began = await year.now()
        for days in DAYS:
            await year.step(began + timedelta(days=days))
        broken = [f"{n} {name}" for name, n in (await settled(found)).items() if n]
        counts, tried = Counter[str](kills=fate.kills, journeys=len(everybody)), Counter[str]()
        ledger = await read_ledger(found)
        for one in everybody:
            wrong, seen = await judge(one, ledger)
            broken += [f"{one.email}: {what}" for what in wrong]
            tried[one.person.nip] += seen["trials"]
            counts += seen
        return broken + [f"{number}: {n} trials" for number, n in tried.items() if n != 1], counts


async def judge(one: Traveller, ledger: Ledger) -> tuple[list[str], Counter[str]]:
    """Return what went wrong with a customer's money, and how much there was of what."""
    card: Any = await one.desk.card(one.email)
    [of] = card["subscriptions"]
    paid = [p for p in card["payments"] if p["status"] == "paid" and p["amount"]]
    online = [p for p in paid if p["provider"] != "transfer"]
    taken = [[a["amount"] for a in ledger.attempts[p["id"]] if a["status"] == "paid"] for p in online]
    wrong = [f"{t} taken of {p}" for p, t in zip(online, taken, strict=True) if t != [p["amount"]]]
    trial, stops = of["trial_ends_at"] is not None, _stops(one)
    more = one.number % 4 == 1
    by_transfer = [p for p in paid if p["provider"] == "transfer"]
    wrong += await _judge_transfers(one, by_transfer)
    wrong += [f"{len(by_transfer)} paid by transfer"] * (
        bool(by_transfer) != (more and not trial and one.number % 3 > 0)
    )
    wanted = (not trial) + (0 if stops else CHARGES[of["term"], trial]) + (more and not trial)
    wrong += [f"{of['seats']} seats"] * (of["seats"] != SEATS + more)
    back = PART if one.number % 5 == 0 and not trial else 0
    given = sum(a["refunded"] for p in card["payments"] for a in ledger.attempts[p["id"]])
    wrong += [f"{given} given back, not {back}"] * (
        {given, sum(p["refunded_amount"] for p in card["payments"])} != {back}
    )
    wrong += [f"{len(paid)} payments, not {wanted}; trial {trial}, stopped {stops}"] * (len(paid) != wanted)
    await one.door.look()
    receipts = sum("Pobraliśmy " in text for text in one.door.said)
    counts = Counter(receipts=receipts, payments=len(paid), trials=int(trial), stopped=int(stops))
    counts["slips" if one.number % 3 == 1 else "splits"] += len(by_transfer)
    return wrong + untold(one.door.said), counts


async def _judge_transfers(one: Traveller, paid: list[Any]) -> list[str]:
    """Return what became otherwise of the transfers that are told of this customer: one pays, all else is back."""
    names = (f"T{one.number}", f"T{one.number} (1)", f"T{one.number} (2)", f"U{one.number}")
    found = {name: [(of["status"], of["amount"]) for of in await _transfers(one, name)] for name in names}
    gross = paid[0]["amount"] if paid else 0
    slip = [[("refunded", gross)], [], [], [("booked", gross)]]
    split = [[("split", gross + PART)], [("booked", gross)], [("refunded", PART)], []]
    wanted = [[]] * 4 if not paid else slip if one.number % 3 == 1 else split
    return [f"transfers {found}"] * (list(found.values()) != wanted or len(paid) > 1)


def untold(said: list[str]) -> list[str]:
    """Return the receipts of charges whose sum nothing had announced since the receipt before."""
    told, found = "", list[str]()
    for text in (text.replace("\xa0", " ") for text in said):
        if charged := re.search(r"Pobraliśmy \D*(\d[\d ]*,\d\d zł)", text):
            found += [f"untold: {text}"] * (charged[1] not in told)
            told = ""
        told += text
    return found


async def _afterwards(one: Traveller) -> None:
    """The seller's system asks for a part back, or sets one seat more; the customer pays where that costs something."""
    bought: Any = await card_of(one.desk.http, one.email)
    if one.number % 5 == 0 and any(p["amount"] for p in bought["payments"]):
        await ask_back(one.desk.http, one.email, PART)
    if one.number % 4 != 1:
        return
    path, said = f"/api/v1/subscriptions/{bought['subscriptions'][0]['id']}", {"quantity": SEATS + 1, "from": "now"}
    headers = {"authorization": "Bearer sandbox-money"}
    answer = await one.desk.http.request("PATCH", path, json={**said, "reason": "asked"}, headers=headers)
    assert answer.status_code in (200, 409), answer.text  # said again, it waits for its money, or is so already
    card: Any = await card_of(one.desk.http, one.email)
    for order in (o for o in card["orders"] if o["status"] == "placed" and one.number % 3):
        await _by_transfer(one, order)
        return
    for payment in (p for p in card["payments"] if p["status"] == "pending"):
        await sent(
            one, f"/sandbox/api/payments/{payment['id']}", (200, 409), json={"outcome": "paid", "notify": "twice"}
        )


async def _by_transfer(one: Traveller, order: Any) -> None:
    """The order is paid once a slip of the same sum is undone, or by a part of a transfer whose rest is sent back."""
    slip = one.number % 3 == 1
    await _told(one, f"orders/{order['number']}/payments", order["gross"] + (0 if slip else PART), f"T{one.number}")
    [id] = [of["id"] for of in await _transfers(one, f"T{one.number}")]
    if slip:
        await _acts(one, f"transfers/{id}/unbook")
        await _told(one, f"orders/{order['number']}/payments", order["gross"], f"U{one.number}")
        await _acts(one, f"transfers/{id}/return")
        return
    await _acts(one, f"transfers/{id}/split", order_numbers=[order["number"]])
    [rest] = await _transfers(one, f"T{one.number} (2)")
    await _acts(one, f"transfers/{rest['id']}/return")


async def _told(one: Traveller, path: str, amount: int, reference: str) -> None:
    said = {"amount": amount, "currency": "PLN", "reference": reference}
    await one.desk.http.request("POST", f"/api/v1/{path}", json=said, headers={"authorization": "Bearer sandbox"})


async def _acts(one: Traveller, path: str, **said: object) -> None:
    headers = {"authorization": "Bearer sandbox-money"}
    answer = await one.desk.http.request("POST", f"/api/v1/{path}", json={"reason": "slip", **said}, headers=headers)
    assert answer.status_code in (200, 409), answer.text  # said again, it is done


async def _transfers(one: Traveller, reference: str) -> list[Any]:
    asked, headers = {"limit": 100}, {"authorization": "Bearer sandbox"}
    answer = await one.desk.http.request("GET", "/api/v1/transfers", params=asked, headers=headers)
    return [of for of in answer.json()["items"] if of["reference"] == reference]


def _stops(one: Traveller) -> bool:
    return one.number % 3 == 2


def _somebody(found: House, number: int, dice: random.Random) -> Traveller:
    visitor = Visitor(found.http, found.doors, number)
    one = traveller(visitor, "card", phone=f"+48512{number:06d}", dice=random.Random(dice.random()))
    ways = ("term:1y" if number % 4 == 3 else "term:1m", *one.person.ways)
    facts = {"quantity": str(SEATS)}
    one.person, one.number = replace(one.person, ways=ways, nip=NUMBERS[number % len(NUMBERS)], facts=facts), number
    return one


def main() -> int:
    """Run; 1 if anything was broken."""
    asked = vars(parser().parse_args())
    for name in ("every_point", "unprotected"):
        asked.pop(name)
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgresql()) if asked["database"] == "postgresql" else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="okienko-crash-")))
        asked |= {"months": True, "telegram": 0, "helped": 0} | ({"replicas": 1} if url is None else {})
        broken, counts = asyncio.run(run(Plan(**asked), folder, url))
    print(dict(counts), *broken, f"broken: {len(broken)}", sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
