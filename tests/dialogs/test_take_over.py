"""A person speaks: the dialogs are silent, what happens is taken in all the same, and the talk goes on at its step."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import structs

from dialogs.handoff.handoff import ANSWER_SOON, UNANSWERED
from dialogs.kit import Corrected, Event, Said, TimerDue
from dialogs.kit.silence import SILENCE
from dialogs.messages import handoff as messages
from dialogs.messages.payment import PaymentNoticed
from tests.dialogs.driver import NOW, SELLER, Driver, card_filled, ordered, phone_proven, signed_up
from tests.dialogs.driver import paid as paid_now
from tests.table import table
from values.meaning import Answer, Expects, Fact, NotText, OtherKind
from values.rules import GIVE_UP, DeskRules

TOOK = messages.AgentTook("a-anna", "Anna")


def taken(stage: Driver) -> Driver:
    return stage.hear(TOOK)


@table("stage", [Driver, signed_up, phone_proven, card_filled, ordered, paid_now])
def test_the_talk_goes_on_at_the_very_step(stage: type[Driver]) -> None:
    customer = stage()
    at = customer.at
    taken(customer)
    assert (customer.heard, customer.asked, customer.case.handoff.mode) == (["handoff.taken"], False, "agent")
    customer.hear(messages.AgentLeft())
    assert (customer.heard, customer.asked) == (["handoff.given_back"], True)
    assert (customer.at, customer.case.handoff.mode) == (at, "bot")


def test_whatever_the_customer_says_is_the_persons_to_answer() -> None:
    customer = taken(phone_proven())
    before = customer.case
    customer.write("1234563218")
    customer.command("cancel")
    customer.press("confirm:yes")
    assert (customer.said[-1], customer.asked) == ("handoff.taken", False)
    assert (customer.case.company, customer.case.account) == (before.company, before.account)


def test_what_was_under_way_is_taken_in_and_said_to_the_person_only() -> None:
    customer = taken(ordered())
    played = customer.play(_paid(customer))
    assert customer.placed.money == "paid"
    assert played.held
    assert played.says
    assert played.question is None
    customer.hear(messages.AgentLeft())
    assert customer.at == "einvoice.einvoice"
    assert customer.asked


def _paid(customer: Driver) -> Event:
    return PaymentNoticed(customer.placed.payment_id or "", 1, {})


def test_a_person_answers_the_open_step_in_the_customers_stead() -> None:
    customer = taken(phone_proven())
    customer.hear(Corrected("company.tax_number", "123-456-32-18"))
    assert customer.firm.tax_number == "1234563218"
    customer.hear(messages.AgentLeft())
    assert customer.at == "company.confirm"
    assert customer.asked


def test_a_person_puts_an_answer_right_by_the_same_rules() -> None:
    customer = taken(card_filled())
    customer.hear(Corrected("company.street", "ul. Nowa 5"))
    assert customer.firm.street == "ul. Nowa 5"
    customer.hear(Corrected("company.postal_code", "xx"))
    assert customer.heard[0].startswith("refused.")
    customer.hear(Corrected("company.tax_number", "123"))
    assert customer.heard[0].startswith("refused.")
    assert customer.firm.tax_number == "1234563218"


@table(
    ("stage", "step", "text"),
    [
        (card_filled, "order.pay", "now"),
        (card_filled, "order.terms", "accept"),
        (signed_up, "contact.code", "123456"),
        (phone_proven, "account.secure_page", "password"),
        (phone_proven, "nothing.known", "x"),
        (phone_proven, "company.street", "ul. Nowa 5"),
    ],
)
def test_no_consent_no_proof_and_no_order_is_given_by_another(stage: type[Driver], step: str, text: str) -> None:
    customer = taken(stage())
    before = customer.case
    customer.hear(Corrected(step, text))
    assert (customer.heard, customer.case) == (["kit.not_now"], before)


def test_left_without_an_answer_it_waits_for_somebody_else() -> None:
    customer = taken(phone_proven())
    assert UNANSWERED not in customer.timers
    customer.write("Halo?")
    due = customer.timers[UNANSWERED]
    assert due == NOW + SELLER.desk.answer_within
    assert customer.timers[ANSWER_SOON] == due - timedelta(minutes=3)
    customer.now += timedelta(minutes=1)
    customer.write("Jest tam kto?")
    assert customer.timers[UNANSWERED] == due, "counted from the first word"
    customer.hear(messages.AgentSpoke("a-anna", "Anna"))
    assert customer.timers.keys().isdisjoint({UNANSWERED, ANSWER_SOON})
    customer.write("Dziękuję, a NIP?").timer(UNANSWERED)
    assert customer.heard == ["handoff.back_in_queue", "handoff.also_a_notice"]
    assert customer.asked, "the customer is told, and may go on"
    assert customer.case.handoff.mode == "waiting"
    assert messages.MailSupport("jan@example.com") in customer.calls
    customer.write("1234563218")
    assert customer.at == "company.confirm", "the bot serves who waits"


def test_silence_is_the_persons_to_break() -> None:
    customer = taken(phone_proven()).timer(SILENCE)
    assert customer.heard == []
    assert SILENCE in customer.timers


def test_whose_account_is_switched_off_loses_the_talk() -> None:
    customer = taken(phone_proven()).hear(messages.AgentGone("a-marek"))
    assert customer.case.handoff.mode == "agent"
    customer.hear(messages.AgentGone("a-anna"))
    assert customer.case.handoff.mode == "waiting"


def test_passed_on_the_other_one_is_named_once_they_are_there() -> None:
    customer = taken(phone_proven()).hear(messages.AgentPassed("a-marek"))
    assert (customer.heard, customer.reply[0].params["name"]) == (["handoff.passed_on"], "Anna")
    assert customer.timers[UNANSWERED] == NOW + SELLER.desk.answer_within, "somebody is to come in that time"
    customer.now += timedelta(minutes=3)
    customer.write("Halo?")
    assert customer.timers[UNANSWERED] == NOW + SELLER.desk.answer_within, "a word more gives no more time"
    customer.hear(messages.AgentTook("a-marek", "Marek"))
    assert (customer.heard, customer.reply[0].params["name"]) == (["handoff.taken"], "Marek")
    assert (customer.case.handoff.agent, customer.case.handoff.passed) == ("a-marek", False)
    assert customer.timers[UNANSWERED] == customer.now + SELLER.desk.answer_within, "and a word is owed"


def test_passed_on_the_first_word_will_do() -> None:
    customer = taken(phone_proven()).hear(messages.AgentPassed("a-marek")).hear(messages.AgentSpoke("a-marek", "Marek"))
    assert (customer.case.handoff.name, customer.case.handoff.passed) == ("Marek", False)
    assert UNANSWERED not in customer.timers


def test_assigned_nobody_is_named_before_they_answer() -> None:
    customer = phone_proven().command("agent").hear(messages.AgentPassed("a-marek"))
    assert (customer.heard, customer.case.handoff.mode) == (["handoff.assigned"], "agent")
    assert customer.timers[UNANSWERED] == NOW + SELLER.desk.answer_within
    customer.hear(messages.AgentTook("a-zofia", "Zofia", "took_over"))
    assert customer.heard == ["handoff.taken"], "from nobody whom the customer knows"


def test_passed_on_and_taken_back() -> None:
    customer = (
        taken(phone_proven())
        .hear(messages.AgentPassed("a-marek"))
        .hear(messages.AgentTook("a-anna", "Anna", "took_back"))
    )
    assert customer.heard == ["handoff.stays"]
    assert UNANSWERED not in customer.timers, "the customer has asked nothing"


def test_a_supervisor_who_takes_over_says_from_whom() -> None:
    customer = taken(phone_proven()).hear(messages.AgentTook("a-zofia", "Zofia", "took_over"))
    assert customer.heard == ["handoff.taken_over"]
    assert customer.reply[0].params == {"name": "Zofia", "before": "Anna"}


@table(
    ("happened", "told"),
    [
        (messages.AgentGone("a-anna", "put_back"), "handoff.put_back"),
        (messages.AgentGone("a-anna"), "handoff.disabled"),
        (messages.AgentGone("a-anna", "logged_out"), "handoff.logged_out"),
        (TimerDue(UNANSWERED), "handoff.back_in_queue"),
    ],
)
def test_each_cause_of_a_return_to_the_queue_has_its_own_words(happened: Event, told: str) -> None:
    customer = taken(phone_proven()).write("Halo?").hear(happened)
    assert (customer.heard, customer.case.handoff.mode) == ([told, "handoff.also_a_notice"], "waiting")


@table("happened", [TimerDue(UNANSWERED), messages.AgentGone("a-marek"), messages.AgentGone("a-marek", "logged_out")])
def test_whoever_never_came_isn_t_named(happened: Event) -> None:
    customer = taken(phone_proven()).hear(messages.AgentPassed("a-marek")).hear(happened)
    assert customer.heard[0] == "handoff.nobody_came"
    assert (customer.case.handoff.mode, customer.case.handoff.passed) == ("waiting", False)


def test_who_is_writing_keeps_the_talk_but_not_for_ever() -> None:
    customer, within = taken(phone_proven()).write("Halo?"), SELLER.desk.answer_within
    asked: list[datetime] = []

    def writes(act: messages.LookAtWriting) -> Event:
        asked.append(act.at_most)
        until = min(customer.now + timedelta(minutes=1), act.at_most)
        return messages.StillWriting(until) if until > customer.now else messages.NotWriting()

    customer.outcomes[messages.LookAtWriting] = writes
    for minute in range(within // timedelta(minutes=1)):
        customer.now = NOW + within + timedelta(minutes=minute)
        customer.timer(UNANSWERED)
        assert customer.case.handoff.mode == "agent"
        assert customer.timers[UNANSWERED] == customer.now + timedelta(minutes=1)
    customer.now = NOW + 2 * within
    customer.timer(UNANSWERED)
    assert (customer.case.handoff.mode, customer.heard[0]) == ("waiting", "handoff.back_in_queue")
    assert set(asked) == {NOW + 2 * within}


def test_a_time_limit_of_an_earlier_release_is_bounded_too() -> None:
    customer = taken(phone_proven()).write("Halo?")
    customer.case = structs.replace(customer.case, handoff=structs.replace(customer.case.handoff, owed_since=None))
    customer.now += SELLER.desk.answer_within
    customer.given(messages.LookAtWriting, messages.StillWriting(customer.now + timedelta(minutes=1))).timer(UNANSWERED)
    assert customer.case.handoff.owed_since == NOW


@table("stage", [taken, lambda customer: customer.command("agent")])
def test_blocked_the_talk_ends_without_a_word(stage: Callable[[Driver], Driver]) -> None:
    customer = stage(phone_proven())
    customer.hear(messages.AgentLeft(blocked=True))
    assert (customer.heard, customer.case.handoff.mode) == ([], "bot")
    assert customer.timers.keys().isdisjoint({UNANSWERED, GIVE_UP})


def test_the_seller_wants_a_person_at_hand_for_some_customers() -> None:
    customer = Driver(structs.replace(SELLER, desk=DeskRules(vip=("@example.com",))))
    customer.press("start:buy", "account:new").write("jan@example.com")
    assert customer.done(messages.RequestHuman) == 1
    assert "handoff.invited" in customer.said
    assert customer.case.handoff.mode == "waiting"
    assert customer.at == "account.secure_page", "the customer goes on"
    assert customer.calls == [messages.MailSupport("jan@example.com", "invited")]
    customer.given(messages.RequestHuman, messages.HumanRequested(NOW, first=False)).command("agent")
    assert customer.calls[1:] == [messages.MailSupport("jan@example.com")], "now the customer waits for one"
    assert customer.command("agent").heard == ["handoff.already"]


def test_what_is_said_of_the_wait_is_what_is_known() -> None:
    def asked(**known: object) -> list[str]:
        requested = messages.HumanRequested(NOW, first=True, **known)  # type: ignore[arg-type]
        return phone_proven().given(messages.RequestHuman, requested).command("agent").heard

    assert asked() == ["handoff.promised_notice"]
    assert asked(place=3) == ["handoff.promised_notice", "handoff.place"]
    assert asked(place=1, wait_minutes=4) == ["handoff.promised_notice", "handoff.wait"]
    assert asked(opens_at=NOW + timedelta(hours=9)) == ["handoff.promised_notice", "handoff.closed_now"]


def test_a_request_that_nobody_ends_ends_by_itself() -> None:
    waiting = phone_proven().command("agent")
    at = waiting.at
    assert waiting.timers[GIVE_UP] == NOW + SELLER.desk.give_up
    waiting.given(messages.LookAtWait, messages.StillTalking(NOW + timedelta(days=9))).timer(GIVE_UP)
    assert (waiting.heard, waiting.case.handoff.mode) == ([], "waiting"), "somebody wrote meanwhile"
    assert waiting.timers[GIVE_UP] == NOW + timedelta(days=9)
    waiting.given(messages.LookAtWait, messages.FellSilent()).timer(GIVE_UP)
    assert (waiting.heard, waiting.asked, waiting.at) == (["handoff.given_up"], True, at)
    assert (waiting.case.handoff.mode, waiting.done(messages.EndWait)) == ("bot", 1)
    assert waiting.timers.keys().isdisjoint({GIVE_UP, UNANSWERED})
    waiting.command("agent")
    assert waiting.case.handoff.mode == "waiting", "a person can be asked for again"
    assert GIVE_UP in waiting.timers


def test_a_talk_that_a_person_forgot_goes_on() -> None:
    customer = taken(phone_proven())
    assert customer.timers[GIVE_UP] == NOW + SELLER.desk.give_up
    customer.timer(GIVE_UP)
    assert (customer.heard, customer.asked) == (["handoff.fell_silent"], True)
    customer.write("1234563218")
    assert customer.at == "company.confirm"
    assert GIVE_UP not in taken(phone_proven()).hear(messages.AgentLeft()).timers


def test_who_never_asked_for_a_person_needn_t_hear_that_none_came() -> None:
    def invited() -> Driver:
        customer = Driver(structs.replace(SELLER, desk=DeskRules(vip=("@example.com",))))
        return customer.press("start:buy", "account:new").write("jan@example.com")

    quiet = invited().timer(GIVE_UP)
    assert (quiet.heard, quiet.asked, quiet.case.handoff.mode) == ([], False, "bot")
    assert UNANSWERED not in taken(invited()).timers, "nobody expects a word"
    asked = (
        invited()
        .given(messages.RequestHuman, messages.HumanRequested(NOW, first=False))
        .command("agent")
        .timer(GIVE_UP)
    )
    assert asked.heard == ["handoff.given_up"]


def test_whoever_takes_what_waits_has_so_long_for_a_first_word() -> None:
    customer = taken(phone_proven().command("agent"))
    assert customer.timers[UNANSWERED] == NOW + SELLER.desk.answer_within
    customer.now += timedelta(minutes=5)
    customer.hear(messages.AgentTook("a-marek", "Marek"))
    assert customer.timers[UNANSWERED] == customer.now + SELLER.desk.answer_within, "and so has a colleague"
    customer.hear(messages.AgentSpoke("a-anna", "Anna")).hear(TOOK)
    assert UNANSWERED not in customer.timers, "a word was said"
    silent = taken(phone_proven().command("agent")).timer(UNANSWERED)
    assert (silent.case.handoff.mode, silent.heard[0]) == ("waiting", "handoff.back_in_queue")


def naming(address: str) -> Said:
    return Said(Answer(f"mój mail to {address}, po 16"), typed=True, facts=(Fact(Expects.email, address),))


def test_an_open_question_for_the_address_is_answered_to_the_person() -> None:
    customer = Driver().command("agent").hear(messages.HumanRequested(NOW, first=True))
    assert customer.at == "handoff.agent_email"
    taken(customer).hear(naming("jan@example.com"))
    assert customer.case.handoff.email == "jan@example.com"
    assert customer.heard == [], "the dialogs stay silent"
    customer.hear(naming("anna@example.com"))
    assert customer.case.handoff.email == "jan@example.com", "another is for the agent to keep"
    customer.hear(messages.ReplyAddressKept("anna@example.com")).hear(messages.AgentLeft())
    assert customer.case.handoff.email == "anna@example.com"


def test_nobody_who_was_not_asked_for_an_address_gives_one_unawares() -> None:
    assert taken(Driver()).hear(naming("anna@example.com")).case.handoff.email is None


def test_what_the_person_cant_open_is_told_once_in_a_row() -> None:
    customer = taken(phone_proven())
    sent: tuple[OtherKind, ...] = ("voice", "voice", "photo", "voice")
    for kind, heard in zip(sent, (["handoff.not_text"], [], ["handoff.not_text"], ["handoff.not_text"]), strict=True):
        played = customer.play(Said(NotText(kind)))
        assert ([say.key for say in played.says], played.held) == (heard, False)
        assert played.question is None, "the dialogs stay silent otherwise"
    customer.write("no słychać mnie?").say(NotText("voice"))
    assert customer.heard == ["handoff.not_text"], "words came in between"
    assert dict(customer.reply[-1].params) == {"kind": "voice", "name": "Anna"}


def test_whoever_has_not_come_yet_is_not_named_for_what_cant_be_opened() -> None:
    customer = taken(phone_proven()).hear(messages.AgentPassed("a-marek")).say(NotText("file"))
    assert dict(customer.reply[-1].params) == {"kind": "file", "name": None}
