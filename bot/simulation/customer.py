"""A simulated customer: answers what is asked, now and then something else, and in the end what is asked again."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.simulation.person import PASSWORD, Broken, answer
from bot.simulation.visit import NotedDoor, SimulatedVisit
from sandbox.testing.customer import Customer
from sandbox.testing.pages import code_in
from services.payments.providers.registry import PROVIDERS as PAYMENT_PROVIDERS
from values.kinds import kind_of, specimens
from values.kinds.kind import GivenBy
from values.kinds.samples import GARBAGE, QUESTIONS, TOO_LONG
from values.meaning import Expects
from values.payment import is_offline
from values.seller import Seller

End = Literal["finished", "left", "with a person"]
MOST_WHIMS = 12
MOST_ERRANDS = 3
MOST_TURNS = 200
PATIENCE = 8
"""So often at one step, and a willing customer asks for a person; so often again, and is stuck."""
WAITS_S = (5, 30, 300, 3600, 6 * 3600, 24 * 3600)
"""How long somebody waits for a result before looking again, longer each time."""
SILENCES_S = (90, 15 * 60, 2 * 3600, 2 * 3600, 26 * 3600)
MONTH_S = 31 * 24 * 3600
FAULTS = ("error", "down", "garbage", "lost", "reset")
"""Those that a provider answers at once; the slow ones take real seconds."""
PROVIDERS = ("smsapi", "smtp", "mf", "gus", "vies", *sorted(entry.name for entry in PAYMENT_PROVIDERS), "seller")
OUTCOMES = ("paid", "paid", "paid", "failed", "abandoned")
NOTICES = ("once", "once", "twice", "late", "forged", "none")
WILLING = (
    *("start:buy", "start:sign_up", "account:new", "addons:none", "discount:skip", "consents:required"),
    *("confirm:yes", "terms:accept", "clauses:accept", "statement:accept", "pay:now", "einvoice:activate"),
)
"""What leads on wherever it is offered; elsewhere the first answer of the step does."""


@dataclass
class SimulatedCustomer(Customer):
    """The customer of tests with whims; who they are, and what they may want, is drawn.

    `whims` is how often something else is done yet, `errands` how often something new is begun where the straight way
    has ended, `leaves_at` the turn after which nobody answers.
    """

    desk: SimulatedVisit  # pyright: ignore[reportIncompatibleVariableOverride]
    door: NotedDoor = field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride]
    seller: Seller = field(kw_only=True)
    dice: random.Random = field(kw_only=True)
    whims: int = field(default=0, kw_only=True)
    errands: int = field(default=0, kw_only=True)
    leaves_at: int | None = field(default=None, kw_only=True)
    _visits: Counter[str] = field(default_factory=Counter[str])

    async def live(self) -> End:
        """Go from the greeting to an end. Errors: Broken where there is no way on."""
        await self.say("/start")
        for turn in range(MOST_TURNS):
            if self.leaves_at is not None and turn >= self.leaves_at:
                return await self._leave()
            if self.door.expects == Expects.nothing and not (self.errands and self.door.buttons):
                return await self._finish()
            if self.door.expects == Expects.agent or (self._tries > PATIENCE and self._is_waiting()):
                return "with a person"
            await self._turn()
        raise Broken("stuck", f"{MOST_TURNS} turns, and still at {self.desk.at}")

    async def spend(self, months: int) -> None:
        """Let months pass, and answer each time what is asked meanwhile. Errors: Broken."""
        self.leaves_at, self.whims, self.errands = None, 0, 0
        for _ in range(months):
            await self.desk.waits(MONTH_S)
            self._visits.clear()
            for _turn in range(PATIENCE):
                if self.door.expects == Expects.nothing or self._is_waiting():
                    break
                await self._turn()

    @property
    def _tries(self) -> int:
        """Return how often a willing customer has been at this step."""
        return self._visits[self.desk.at]

    async def _turn(self) -> None:
        if self.whims and self.dice.random() < 0.4:
            self.whims -= 1
            await self.dice.choices([*_WHIMS], [*_WHIMS.values()])[0](self)
            return
        if not self.whims:
            self._visits[self.desk.at] += 1
        if self._tries > 2 * PATIENCE:
            raise Broken("stuck", f"no way on from {self.desk.at}, and no person either")
        if self._tries == PATIENCE:
            await self.say("/agent")
        else:
            await _ANSWERS[kind_of(Expects(self.door.expects)).given_by](self)

    def _is_waiting(self) -> bool:
        return self.door.custom is not None and self.door.custom["mode"] == "waiting"

    async def _leave(self) -> End:
        self.desk.diary.did(f"leaves at {self.desk.at}")
        await self.desk.waits(self.dice.choice(SILENCES_S))
        return "left"

    async def _finish(self) -> End:
        """Have an order paid whose money was carried to a bank, mostly."""
        card = await self.desk.card(self.person.email)
        for order in card["orders"] if card is not None else ():
            if order["status"] == "placed" and is_offline(order["method"]) and self.dice.random() < 0.7:
                await self.desk.book_transfer(order)
        return "finished"

    # how it is answered → what is done

    async def choose(self) -> None:
        """Press what leads on, now and then another answer, or type what its button says."""
        offered = self.door.buttons
        step = self.desk.at.partition(".")[2]
        here = [payload for payload in offered if payload.partition(":")[0] == step and ":again" not in payload]
        ways = [*dict.fromkeys((*(payload for payload in WILLING if payload in offered), *here, *offered))]
        if not ways:
            await self.say("/help")
            return
        # What has led back here twice isn't the way.
        chosen = ways[self._tries // 3 % len(ways)]
        if here and self.whims and self.dice.random() < 0.5:
            chosen = self.dice.choice(here)
        typed = self.whims and self.dice.random() < 0.3
        await self.say(self.door.titles[chosen] if typed else chosen)

    async def types(self) -> None:
        """Type a right answer; after two of them in vain something else: another address, or what is offered."""
        if self._tries > 2 and self._tries % 3 == 0 and self.door.buttons:
            await self.say(self.door.buttons[self._tries // 3 % len(self.door.buttons)])
            return
        if self._tries > 2 and self.door.expects == Expects.email:
            other = f"other.{self._tries}.{self.person.email}"
            self.person.email = self.person.user_name = other
            self.person.password = PASSWORD
        await self.say(answer(self.person, self.door.expects, self.seller.country))

    async def type_code(self) -> None:
        """Type the code of the newest SMS; without one, wait for it."""
        sent = [one for one in await self.desk.outbox(self.person.phone) if one["kind"] == "sms"]
        if sent and self._tries < 3:
            await self.say(code_in(sent[-1]["text"]))
        else:
            await self._asks_again("contact_code:again")

    async def follow_mail(self) -> None:
        """Follow the newest e-mail's link; without one, wait for it."""
        letters = [one for one in await self.desk.outbox(self.person.email) if one["links"]]
        if not letters or not await self.desk.submit(letters[-1]["links"][0], self._form()):
            await self._asks_again("email_link:again")

    async def fill_page(self) -> None:
        """Fill in the page; one that refuses what is typed is left for the chat."""
        link = self.desk.link("secure_page")
        if link is None or not await self.desk.submit(link["href"], self._form()):
            await self.say("/back")

    async def pay(self) -> None:
        """Pay, in the end for good; an order whose link is gone is placed again."""
        link = self.desk.link("payment")
        if link is None or "id" not in link or self._tries > 3:
            await self.choose()
        elif self.whims:
            self.whims -= 1
            await self.desk.pay(link["id"], self.dice.choice(OUTCOMES), self.dice.choice(NOTICES))
        else:
            await self.desk.pay(link["id"], "paid", "once")

    async def wait(self) -> None:
        """Wait for a result, longer each time."""
        await self.desk.waits(WAITS_S[min(self._tries, len(WAITS_S) - 1)])

    async def _asks_again(self, payload: str) -> None:
        if self._tries > 3:
            await self.choose()
            return
        await self.desk.waits(WAITS_S[2])
        if payload in self.door.buttons:
            await self.say(payload)

    def _form(self) -> dict[str, str]:
        known = self.person
        return {"login": known.user_name, "password": known.password, "password_repeat": known.password}

    async def goes_on(self) -> None:
        """Begin something that is offered at the end of the straight way."""
        self.errands -= 1
        await self.say(self.dice.choice(self.door.buttons))

    # whims

    async def talks_past(self) -> None:
        """Say something else than an answer, or a wrong one."""
        kinds = specimens(Expects(self.door.expects), self.seller.country)
        said = (*kinds.invalid, *kinds.foreign, *GARBAGE, TOO_LONG, *QUESTIONS.values())
        await self.say(self.dice.choice(said))

    async def presses_twice(self) -> None:
        """Press a button twice: as one message that a client repeats, or as two."""
        payload = self.dice.choice(self.door.buttons or ("/help",))
        if self.dice.random() < 0.5:
            await self.door.say(payload, times=2)
        else:
            await self.say(payload)
            await self.say(payload)

    async def presses_an_old_one(self) -> None:
        """Press any button of the conversation so far."""
        await self.say(self.dice.choice([*self.door.seen] or ["/help"]))

    async def corrects(self) -> None:
        """Change an earlier answer, or say the last one anew."""
        edits = [payload for payload in self.door.seen if payload.startswith("edit:")]
        await self.say(self.dice.choice([*edits, "confirm:edit", "edit:email", "edit:tax_number"]))

    async def changes_a_row(self) -> None:
        """Press something in the card's rows, in whatever order; without a card, correct an earlier answer."""
        if self.door.on_card:
            await self.say(self.dice.choice(self.door.on_card))
        else:
            await self.corrects()

    async def commands(self) -> None:
        """Go back, start again, ask for help or a person, change the language."""
        languages = (f"/lang {locale}" for locale in self.seller.locales)
        seldom = ("/cancel", "/restart", "/agent")
        await self.say(self.dice.choice(("/back", "/back", "/back", "/help", *languages, *seldom)))

    async def is_silent(self) -> None:
        """Say nothing for a while."""
        await self.desk.waits(self.dice.choice(SILENCES_S))

    async def meets_a_fault(self) -> None:
        """Make a provider fail now."""
        await self.desk.fault(self.dice.choice(PROVIDERS), self.dice.choice(FAULTS), self.dice.randint(1, 4))


Act = Callable[[SimulatedCustomer], Awaitable[None]]
_ANSWERS: Mapping[GivenBy, Act] = {
    "typing": SimulatedCustomer.types,
    "choosing": SimulatedCustomer.choose,
    "code": SimulatedCustomer.type_code,
    "letter": SimulatedCustomer.follow_mail,
    "page": SimulatedCustomer.fill_page,
    "payment": SimulatedCustomer.pay,
    "waiting": SimulatedCustomer.wait,
    "going_on": SimulatedCustomer.goes_on,
}
_WHIMS: Mapping[Act, int] = {
    SimulatedCustomer.talks_past: 4,
    SimulatedCustomer.presses_twice: 3,
    SimulatedCustomer.presses_an_old_one: 2,
    SimulatedCustomer.corrects: 2,
    SimulatedCustomer.changes_a_row: 3,
    SimulatedCustomer.commands: 3,
    SimulatedCustomer.is_silent: 2,
    SimulatedCustomer.meets_a_fault: 3,
}
"""Acts beside answering, with how often each is done beside the others."""
