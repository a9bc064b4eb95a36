"""What customers write in free words where a form would have fields and buttons: on a running desk, by its clock.

Nothing is pressed. What the law wants on a page of its own (the password, the payment) is done there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.desk.diary import Diary, DiaryDoor, write
from tests.desk.running import Running
from tests.desk.scripted import WAYS, Person, Scripted

WARSAW = "Europe/Warsaw"
RETURNING = "ala@example.com"


@dataclass(frozen=True)
class Words:
    """What is written, in its order. `email` and `again` are the two customers' own."""

    email: str
    three_facts: str
    new_here: str
    who_reads: str
    required: str
    corrected: str
    right: str
    pay_later: str
    method: str
    accept: str
    confirm: str
    order: str
    activate: str
    log_in: str
    again: str
    order_again: str


@dataclass
class Understood:
    """The two customers of one language at one desk."""

    desk: Running
    locale: str
    words: Words
    diary: Diary

    async def free_words(self) -> None:
        """Three facts at once, one corrected with a curse, two questions, a day's silence; e-invoices are on."""
        words, diary = self.words, self.diary
        who = Scripted(self.desk, Person(email=words.email, phone="+48512000321", locale=self.locale))
        chat = who.customer = self._heading("Everything in free words")
        await write(chat, words.three_facts, words.new_here)
        await diary.follows(chat, "the password is set on the secure page", "secure_page", who)
        await write(chat, words.who_reads, words.required)
        diary.happens("the code from the text message is typed")
        await who.type_code()
        diary.happens("the link in the confirmation mail is followed")
        await who.follow_mail()
        await chat.settled()
        await write(chat, words.corrected, words.right, words.pay_later)
        await self._a_day_passes(chat)
        await write(chat, words.method, words.accept, words.confirm)
        await write(chat, words.order)
        await diary.pays(chat)
        await write(chat, words.activate)
        await diary.card(words.email)

    async def same_again(self) -> None:
        """One sentence orders another year; only what binds is left."""
        words, diary = self.words, self.diary
        ways = tuple("auto_renewal:no" if way == "auto_renewal:yes" else way for way in WAYS)
        who = Scripted(self.desk, Person(email=RETURNING, phone="+48512000111", locale=self.locale, ways=ways))
        who.customer = self._heading("The same again, in one sentence")
        with diary.unheard("a year was bought by BLIK, without renewal"):
            await who.run()
        [owned] = (await self.desk.card(RETURNING))["subscriptions"]
        before_the_end = datetime.fromisoformat(owned["ends_at"]) - timedelta(days=20)
        await diary.goes_to(moment=before_the_end, what="twenty days before its end, in a new conversation")
        chat = who.customer = diary.chat(self.locale)
        await write(chat, words.log_in)
        await diary.follows(chat, "the customer logs in on the secure page", "secure_page", who)
        await write(chat, words.again)
        assert chat.at == "order.terms"
        await write(chat, words.accept, words.confirm, words.order_again)
        await diary.pays(chat)
        await diary.card(RETURNING)

    def _heading(self, title: str) -> DiaryDoor:
        self.diary.lines += ["", "", title, "=" * len(title)]
        return self.diary.chat(self.locale)

    async def _a_day_passes(self, chat: DiaryDoor) -> None:
        now = datetime.fromisoformat((await self.desk.advance(0))["now"])
        await self.diary.goes_to(chat, moment=now + timedelta(days=1), what="a day without a word")
