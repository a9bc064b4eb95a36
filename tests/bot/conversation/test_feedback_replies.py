"""Whether it helped, and why not, said in words: what is a reason and what is the open step's answer."""

from msgspec.structs import replace

from bot.conversation import feedback_replies
from bot.conversation.inbound import Inbound, Text
from dialogs.explorer.samples import MOMENT
from dialogs.kit import Context
from dialogs.kit.talk import TalkState
from dialogs.state import Account, ConversationState, Feedback, LogIn
from tests.journeys.teller import hearing, profile
from tests.kit.narrow import a
from tests.table import table
from values.account_view import NO_BOOKS
from values.channel import Channel
from values.meaning import Answer, Faq, Intent, Meaning, NavigationCommand, Press, Remark, SecretTyped

KONTO = "konto_insert"
ASKED = Feedback("faq:vatin", ("faq:vatin",))
WHY = Feedback(None, ("faq:vatin",), "feedback-1")


def means(text: str, case: ConversationState, name: str = KONTO) -> Meaning:
    books = replace(NO_BOOKS, email="a@example.com") if case.account.id else NO_BOOKS
    ctx = Context(case, MOMENT, "rest", profile(name).seller, books=books)
    step = hearing(name).journey.position(case, ctx)
    return hearing(name).hear(Inbound(Channel.REST, "s", "k", Text(text)), step, ctx).said.meaning


def at(step: str, feedback: Feedback, *, remark: bool = False) -> ConversationState:
    """Where a name (any words), an e-mail (a form of its own) or a choice is asked."""
    known = {
        "start": Account(),
        "person_name": Account(entry="sign_up"),
        "email": Account(entry="sign_up", name="Anna Nowak"),
    }[step]
    case = ConversationState(TalkState(locale="pl", greeted=True, remark=remark), account=known, feedback=feedback)
    ctx = Context(case, MOMENT, "rest", profile(KONTO).seller)
    assert hearing(KONTO).journey.position(case, ctx).name == step
    return case


@table("step", ["start", "person_name", "email"])
def test_typed_it_is_a_press_only_where_it_was_asked(step: str) -> None:
    assert means("tak, pomogło", at(step, ASKED)) == Press("helpful:yes")
    assert means("Non è stato utile.", at(step, ASKED)) == Press("helpful:no")
    assert means("not helpful", at(step, Feedback())) not in (Press("helpful:no"), Press("helpful:yes"))


@table("words", ["Nie pomogło", "nie pomogło mi to", "non è servito", "it didn’t help"])
def test_unasked_it_is_a_call_for_help_and_nobodys_name(words: str) -> None:
    for step in ("start", "person_name", "email"):
        said = a(Intent, means(words, at(step, Feedback())))
        assert said.name == "help"
    thanks = a(Intent, means("pomogło", at("person_name", Feedback())))
    assert thanks.name == "thank"


@table(("words", "helped"), [("tak", "yes"), ("Nie.", "no"), ("no grazie", "no"), ("yes", "yes")])
def test_a_bare_yes_or_no_is_about_it_only_where_nothing_else_is_asked(words: str, helped: str) -> None:
    at_home = ConversationState(
        TalkState(locale="pl", greeted=True),
        account=Account(entry="log_in", login=LogIn("a", inside=True)),
        feedback=ASKED,
    )
    assert means(words, at_home, "r2platnik") == Press(f"helpful:{helped}")
    assert means(words, at("start", ASKED)) != Press(f"helpful:{helped}")


def test_the_reason_is_whatever_answers_nothing() -> None:
    said = "Nie ma nic o kilku użytkownikach"
    for step in ("start", "person_name", "email"):
        assert means(said, at(step, WHY, remark=True)) == Remark(said)
        assert not isinstance(means(said, at(step, WHY)), Remark), "only the very next words"


def test_what_answers_the_open_step_goes_on() -> None:
    assert means("anna@example.com", at("email", WHY, remark=True)) == Answer("anna@example.com")
    assert means("utwórz konto", at("start", WHY, remark=True)) == Press("start:sign_up")
    assert means("chcę założyć konto", at("start", WHY, remark=True)) != Remark("chcę założyć konto")


def test_commands_questions_and_secrets_are_what_they_are() -> None:
    here = at("email", WHY, remark=True)
    assert means("wstecz", here) == NavigationCommand("back")
    assert isinstance(means("Co to jest VATIN?", here), Faq)
    assert isinstance(means("moje hasło to Kot-w-butach-77", here), SecretTyped)
    assert means("pomiń", here) == Press("helpful:skip")
    asked = means("chcę rozmawiać z konsultantem", here)
    assert asked == NavigationCommand("agent") or (isinstance(asked, Intent) and asked.name == "talk_to_agent")


def test_an_attempt_that_the_step_refuses_is_the_reason() -> None:
    case = replace(at("email", WHY, remark=True))
    assert means("za krótko", case) == Remark("za krótko")
    step = hearing(KONTO).journey.step("account.email")
    ctx = Context(case, MOMENT, "rest", profile(KONTO).seller)
    assert feedback_replies.heard("anna@", Answer("anna@"), step, case, ctx, ()) == Remark("anna@")
