"""Second years: what customers of each shipped seller live through after their first purchase or sign-up.

Played by payloads, so that every language lives the same life; the few sentences that are typed are given by language.
"""

import shutil
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.architecture.rooms import ROOT
from tests.desk.diary import Diary, DiaryDoor, press, write
from tests.desk.italian import Buyer, Buying
from tests.desk.renewing import EMAIL as OWNER
from tests.desk.renewing import ORDERER, lets
from tests.desk.renewing import PASSWORD as OWNERS_PASSWORD
from tests.desk.running import running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.test_customer_numbers import ANNA, BOTH, comes_home, logs_in
from tests.kit.starter import KEPT, SEAT_WAYS, by_two_plans, sold_behind_trial
from tests.kit.talks import says

ALA, OLA, EWA = "ala@example.com", "ola@example.com", "ewa@example.com"
TRYING = ("start:buy", "account:new")
FIRST_COMPANY = ("start:sign_up", "account:new", "product:nexo", "statement:accept", "contact_forms:email")


@dataclass
class GermanBuyer(Person):
    """Somebody who buys for a company in Germany, whose register keeps names and addresses back."""

    method: str = "transfer"
    nip: str = "136 695 976"
    ways: tuple[str, ...] = (
        *("start:buy", "account:new", "auto_renewal:yes", "plan:team", "addons:none", "years:2"),
        *("terms:accept", "clauses:accept", "pay:now"),
    )
    person_name: str = "Anna Schmidt"
    name: str = "Bäckerei Morgenrot GmbH"
    street: str = "Lindenstraße 12"
    postal_code: str = "80331"
    city: str = "München"


@dataclass
class Years:
    """One customer of one seller. The desk may be stopped and started again with a changed profile."""

    folder: Path
    seller: str
    locale: str
    settings: dict[str, Any]
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    diary: Diary = field(init=False)

    @property
    def profile(self) -> Path:
        return self.folder / "profile"

    async def begin(self, *mailboxes: str, zone: str = "Europe/Warsaw") -> Diary:
        """The desk opens; return the diary of the customer with these mailboxes."""
        if self.seller == "starter":
            sold_behind_trial(self.profile, "kept")
        elif self.seller == "seats":
            by_two_plans(self.profile, KEPT)
        else:
            shutil.copytree(ROOT / "profiles" / self.seller, self.profile)
        self.diary = Diary(await self._open(), zone, [f"{self.seller} ({self.locale})"], mailboxes=[*mailboxes])
        return self.diary

    async def reopen(self, what: str, *changes: tuple[str, str]) -> None:
        """The seller changes the profile's files: (old words, new words), wherever they stand."""
        for old, new in changes:
            files = [f for f in self.profile.rglob("*.toml") if old in f.read_text("utf-8")]
            assert files, f"{old} is nowhere in the profile"
            for file in files:
                file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
        await self.stack.aclose()
        self.diary.desk = await self._open()
        self.diary.happens(what)

    async def _open(self) -> Any:
        given = {"profile": self.profile, "secret_key": "k" * 32, **self.settings}
        return await self.stack.enter_async_context(running_desk(self.folder / "data", **given))

    def same(self, chat: DiaryDoor) -> DiaryDoor:
        """The same conversation at the desk that was opened again."""
        chat.http = self.diary.desk.http
        return chat

    async def end_of(self, product: str, email: str = ALA) -> datetime:
        """When the subscription runs out, by the seller's card."""
        card = await self.diary.desk.card(email)
        ends = [s["ends_at"] for s in card["subscriptions"] if s["product"] == product and s["ends_at"]]
        return datetime.fromisoformat(max(ends))


async def fakturasmart(years: Years) -> None:
    """A service paid by BLIK: renewed by a link at a price that has risen, left to end, bought again."""
    diary = await years.begin(ALA)
    buyer = Scripted(diary.desk, Person(method="blik", email=ALA, phone="+48512000111", locale=years.locale))
    chat = buyer.customer = diary.chat(years.locale)
    with diary.unheard("the first purchase: one year, BLIK, with renewal"):
        await buyer.run()
        await diary.mail()
    await diary.card(ALA)
    end = await years.end_of("standard")
    await diary.goes_to(chat, moment=end - timedelta(days=40), what="40 days before the end")
    await years.reopen("the seller raises the price to 329,00 net", ('net = "299.00"', 'net = "329.00"'))
    years.same(chat)
    buyer.desk = diary.desk
    await diary.goes_to(chat, moment=end - timedelta(days=6), what="a week before the end")
    await diary.pays(chat)
    await diary.mail()
    await diary.card(ALA)
    await press(chat, "zone:my_account")
    await diary.logs_in_again(chat, buyer)
    await write(chat, {"pl": "nie odnawiaj", "it": "non rinnovare", "en": "don't renew"}[years.locale])
    end = await years.end_of("standard")
    await diary.goes_to(chat, moment=end + timedelta(days=1), what="the paid year is over")
    await diary.card(ALA)
    await write(chat, {"pl": "kup teraz", "it": "compra ora", "en": "buy now"}[years.locale])
    await diary.logs_in_again(chat, buyer)
    await press(chat, "method:card", "terms:accept", "clauses:accept", "pay:now")
    await diary.pays(chat)
    await diary.mail()
    await diary.card(ALA)


async def certified_platform(years: Years) -> None:
    """Base, two users and 10 GB for two years by a card that is kept: renewed as bought, then bought anew."""
    diary = await years.begin(ALA, "ufficio@lucani.example", zone="Europe/Rome")
    buyer = Buying(diary.desk, Buyer(email=ALA, locale=years.locale, extra=["users", "space"]))
    buyer.person.ways = tuple("years:2" if way == "years:1" else way for way in buyer.person.ways)
    chat = buyer.customer = diary.chat(years.locale)
    with diary.unheard("the first purchase: base, two users, two blocks of space, two years, by card"):
        await buyer.run()
        await diary.mail()
    await diary.card(ALA)
    end = await years.end_of("base")
    await diary.goes_to(chat, moment=end - timedelta(days=30), what="a month before the end")
    await diary.goes_to(chat, moment=end - timedelta(days=6), what="a week before the end")
    await diary.card(ALA)
    await press(chat, "zone:my_account")
    await diary.logs_in_again(chat, buyer)
    await write(chat, {"pl": "nie odnawiaj", "it": "non rinnovare", "en": "don't renew"}[years.locale])
    end = await years.end_of("base")
    await diary.goes_to(chat, moment=end + timedelta(days=1), what="the two years are over")
    await diary.card(ALA)
    other = diary.chat(years.locale)
    await other.say("/start")
    await press(other, "start:buy", "addons:users")
    await write(other, "3")
    await press(other, "addons:none", "account:existing")
    await diary.follows(other, "the customer logs in", "secure_page", buyer)
    await press(other, "years:1", "terms:accept", "pay:now")
    await diary.pays(other)
    await diary.mail()
    await diary.card(ALA)


async def r2platnik(years: Years) -> None:
    """A program renewed from the reminder by card; a year later charged, under changed words of the consent."""
    await years.begin()
    diary = years.diary
    diary.mailboxes = [OWNER, ORDERER["renewal.invoice_email"]]
    owner = Scripted(diary.desk, Person(email=OWNER, password=OWNERS_PASSWORD, locale=years.locale))
    chat = owner.customer = diary.chat(years.locale)
    await chat.say("/start")
    await press(chat, "start:log_in")
    await diary.follows(chat, "the customer logs in", "secure_page", owner)
    end = await years.end_of("r2platnik", OWNER)
    await diary.goes_to(chat, moment=end - timedelta(days=29), what="a month before the end")
    await press(chat, "renew:now", "cart:confirm", "service:subscription", "confirm:yes")
    await write(chat, *ORDERER.values())
    await press(chat, "auto_renewal:yes", "method:card", "pay:now")
    await diary.pays(chat, card="works")
    await diary.mail()
    await diary.card(OWNER)
    end = await years.end_of("r2platnik", OWNER)
    await diary.goes_to(chat, moment=end - timedelta(days=13), what="two weeks before the end")
    await diary.goes_to(chat, moment=end - timedelta(days=6), what="a week before the end")
    await diary.card(OWNER)


async def kontorblatt(years: Years) -> None:
    """A plan with clients for two years by transfer: renewed as bought, paid in the days of grace; then not again."""
    diary = await years.begin(ALA, zone="Europe/Berlin")
    buyer = Scripted(diary.desk, GermanBuyer(email=ALA, locale=years.locale))
    chat = buyer.customer = diary.chat(years.locale)
    with diary.unheard("the first purchase: Team for two years by transfer, with renewal"):
        await buyer.run()
        await diary.mail()
        if any(order["status"] == "placed" for order in (await diary.desk.card(ALA))["orders"]):
            await diary.transfer_comes(ALA)
            await chat.settled()
    await diary.card(ALA)
    end = await years.end_of("team")
    await diary.goes_to(chat, moment=end - timedelta(days=6), what="a week before the end")
    await diary.goes_to(chat, moment=end + timedelta(days=2), what="two days after the end")
    await diary.transfer_comes(ALA)
    await chat.settled()
    await diary.mail()
    await diary.card(ALA)
    await press(chat, "zone:my_account")
    await diary.logs_in_again(chat, buyer)


async def konto_insert(years: Years) -> None:
    """A year later, in a new conversation: a second company, and the forms of contact changed."""
    diary = await years.begin(ALA)
    newcomer = Scripted(diary.desk, Person(ways=FIRST_COMPANY, email=ALA, locale=years.locale))
    newcomer.customer = diary.chat(years.locale)
    with diary.unheard("the first year: an account, and a company added"):
        await newcomer.run()
        await diary.mail()
    now = datetime.fromisoformat((await diary.desk.advance(0))["now"])
    await diary.goes_to(moment=now + timedelta(days=366), what="a year later")
    chat = diary.chat(years.locale)
    await chat.say("/start")
    await press(chat, "start:log_in")
    await diary.follows(chat, "the customer logs in", "secure_page", newcomer)
    await press(chat, "zone:add_company", "product:nexo")
    await write(chat, "FR 44 732 829 320")
    await press(chat, "confirm:yes", "statement:accept", "contact_forms:email")
    await press(chat, "zone:companies", "company:1")


async def vectra(years: Years) -> None:
    """A year later, in a new conversation: e-invoices withdrawn as easily as they were switched on, and on again."""
    diary = await years.begin(ANNA)
    chat = diary.chat(years.locale)
    with diary.unheard("the first year: registered by SMS, e-invoices switched on"):
        await says(chat, "/start")
        await comes_home(diary.desk, chat)
        await says(chat, "einvoice:activate", "confirm:yes")
        await diary.mail()
    now = datetime.fromisoformat((await diary.desk.advance(0))["now"])
    await diary.goes_to(moment=now + timedelta(days=366), what="a year later")
    chat = diary.chat(years.locale)
    await chat.say("/start")
    await press(chat, "start:log_in")
    diary.happens("the customer logs in by the customer number")
    assert (await logs_in(chat, BOTH)).status_code == 200
    await chat.settled()
    await press(chat, "zone:einvoice", "zone:einvoice_off", "einvoice:activate", "confirm:yes")


async def starter(years: Years) -> None:
    """A month behind a trial by a kept card: charged, asked for by link once it is refused; stopped by a word."""
    diary = await years.begin(ALA)
    buyer = Scripted(diary.desk, Person(method="card", email=ALA, ways=TRYING, locale=years.locale))
    chat = buyer.customer = diary.chat(years.locale)
    with diary.unheard("an account, a company, a month by card"):
        await buyer.run("order.method")
        await press(chat, "method:card")
        await diary.mail()
    await press(chat, "terms_clauses:accept", "pay:now")
    with diary.unheard("the card is kept"):
        await diary.pays(chat, card="works")
    await diary.mail()
    await press(chat, "einvoice:later")
    end = await years.end_of("standard")
    await diary.goes_to(chat, moment=end - timedelta(days=6), what="a week before the trial's end")
    await diary.goes_to(chat, moment=end + timedelta(hours=12), what="the trial is over")
    await lets(diary.desk, "declined")
    end = await years.end_of("standard")
    await diary.goes_to(chat, moment=end - timedelta(days=3.5), what="the card is refused")
    await diary.pays(chat, card="works")
    await diary.mail()
    end = await years.end_of("standard")
    await diary.goes_to(chat, moment=end - timedelta(days=3.5), what="a month later")
    await write(chat, {"pl": "nie odnawiaj", "it": "non rinnovare", "en": "don't renew"}[years.locale])
    await diary.logs_in_again(chat, buyer)
    end = await years.end_of("standard")
    await diary.goes_to(chat, moment=end + timedelta(days=1), what="the paid month is over")
    await diary.card(ALA)
    chat, end = await _tries(years, OLA, "521-301-72-28")
    await lets(diary.desk, "declined")
    await diary.goes_to(chat, moment=end + timedelta(hours=12), what="the first charge is refused")
    await diary.card(OLA)
    chat, end = await _tries(years, EWA, "526-10-40-567")
    stop = {"pl": "rezygnuję z okresu próbnego", "it": "disdico la prova", "en": "cancel my trial"}
    await write(chat, stop[years.locale])
    await diary.goes_to(chat, moment=end + timedelta(days=1), what="the stopped trial is over")
    await diary.card(EWA)


async def seats(years: Years) -> None:
    """Three seats: two more by the kept card, a bigger plan by link, a refusal, and fewer from the next term."""
    diary = await years.begin(ALA)
    person = Person(method="card", email=ALA, ways=SEAT_WAYS, facts={"quantity": "3"}, locale=years.locale)
    buyer = Scripted(diary.desk, person)
    chat = buyer.customer = diary.chat(years.locale)
    with diary.unheard("the first purchase: three seats for a year by card, with renewal"):
        await buyer.run()
        await diary.mail()
    await diary.goes_to(chat, moment=await years.end_of("standard") - timedelta(days=265), what="100 days later")
    words = {"pl": "potrzebuję więcej stanowisk", "it": "mi servono altre postazioni", "en": "I need more seats"}
    wish = words[years.locale]
    await write(chat, wish)
    await diary.logs_in_again(chat, buyer)
    await write(chat, "5")
    await press(chat, "change:now")
    await until_told(diary, chat)
    await write(chat, wish)
    await press(chat, "change_to:pro", "change:link", "change:now")
    await diary.pays(chat)
    await diary.mail()
    await lets(diary.desk, "declined")
    await write(chat, wish, "7")
    await press(chat, "change:now")
    await until_told(diary, chat)
    await diary.pays(chat, card="works")
    await diary.mail()
    await write(chat, wish, "4")
    await press(chat, "change:next_term")
    await diary.card(ALA)


async def until_told(diary: Diary, chat: DiaryDoor) -> None:
    """The charge is answered, and what it came to is told."""
    await diary.desk.advance(1)
    await chat.settled()
    await diary.mail()


async def _tries(years: Years, email: str, nip: str) -> tuple[DiaryDoor, datetime]:
    """Somebody else begins the trial by a card that works, and is told of it as the first one was."""
    diary, ways = years.diary, (*TRYING, "method:card", "terms_clauses:accept", "einvoice:later")
    buyer = Scripted(diary.desk, Person(method="card", email=email, nip=nip, ways=ways, locale=years.locale))
    chat, diary.mailboxes = diary.chat(years.locale), [email]
    buyer.customer = chat
    with diary.unheard(f"{email} begins a trial by card"):
        await buyer.run("order.pay")
        await press(chat, "pay:now")
        await diary.pays(chat, card="works")
        await press(chat, "einvoice:later")
        await diary.mail()
    return chat, await years.end_of("standard", email)


LIVES: dict[str, Callable[[Years], Awaitable[None]]] = {
    "fakturasmart": fakturasmart,
    "certified_platform": certified_platform,
    "r2platnik": r2platnik,
    "kontorblatt": kontorblatt,
    "konto_insert": konto_insert,
    "vectra": vectra,
}
