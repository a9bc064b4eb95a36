"""What has run out isn't told as on its way: another code, link or page is offered when the step is asked again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from dialogs.kit import Context, Said
from dialogs.messages.account import OpenPage
from dialogs.messages.contact import CodeSent, IssueCode, SendCode
from dialogs.messages.handoff import AgentLeft, AgentTook
from dialogs.messages.order import ResendConfirmation
from dialogs.renewal import reminder
from dialogs.state import ConversationState, Offer, Reminder
from tests.dialogs.driver import BY_NUMBER, Driver, activated, at_the_link, signed_up
from tests.kit.narrow import present
from tests.shipped import profile
from tests.table import table
from values.meaning import NavigationCommand
from values.rules import CODE_LIFETIME, PAGE_LIFETIME

DAYS = timedelta(hours=72)


def by_number(*presses: str) -> Driver:
    return Driver(BY_NUMBER).press(*presses)


STEPS: dict[str, tuple[Callable[[], Driver], timedelta, str]] = {
    "contact.contact_code": (lambda: signed_up().write("512 000 999"), CODE_LIFETIME, "code"),
    "contact.email_proof": (lambda: signed_up().write("+41 79 123 45 67"), DAYS, "link"),
    "order.email_link": (at_the_link, DAYS, "link"),
    "account.secure_page": (lambda: Driver().press("start:sign_up").write("jan@example.com"), PAGE_LIFETIME, "page"),
    "account.email_link": (
        lambda: Driver().press("start:forgot_password").write("jan@example.com"),
        PAGE_LIFETIME,
        "link",
    ),
    "own_data.secure_page": (lambda: activated().press("zone:export"), PAGE_LIFETIME, "page"),
    "lost_password.login_code": (
        lambda: by_number("start:forgot_password").write("10000017").press("contact_channel:sms"),
        CODE_LIFETIME,
        "code",
    ),
}


@table("path", STEPS)
def test_after_a_person_s_turn_the_question_is_true(path: str) -> None:
    begin, lifetime, what = STEPS[path]
    customer = begin()
    assert customer.at == path
    customer.now += lifetime - timedelta(seconds=1)
    customer.happen(AgentTook("agent-anna", "Anna"))
    assert present(customer.play(AgentLeft()).question).lapsed is None

    customer.happen(AgentTook("agent-anna", "Anna"))
    customer.now += timedelta(seconds=1)
    over = present(customer.play(AgentLeft()).question)
    assert (over.lapsed, over.step.path) == (what, path)

    customer.results[SendCode] = lambda _call: CodeSent(customer.now)
    fresh = present(customer.want("affirm").decide(Said(NavigationCommand("help"))).question)
    assert (fresh.lapsed, fresh.step.path) == (None, path), "a yes has brought another"


def test_a_yes_to_what_is_still_good_sends_nothing() -> None:
    assert signed_up().write("512 000 999").want("affirm").done(IssueCode) == 1
    assert at_the_link().want("affirm").done(ResendConfirmation) == 0
    assert Driver().press("start:sign_up").write("jan@example.com").want("affirm").done(OpenPage) == 1


# --- a reminder ---

END = datetime(2026, 12, 22, 12, tzinfo=UTC)
OPEN = Reminder(Offer("r2platnik", END))
SELLER = profile("r2platnik").seller


@table(("before", "days"), [(30, 30), (10, 10), (1, 1), (0.1, 0)])
def test_the_days_are_those_of_the_moment(before: float, days: int) -> None:
    ctx = Context(ConversationState(), END - timedelta(days=before), "rest", SELLER)
    assert reminder.renew.when(OPEN, ctx)
    assert reminder.renew.params(OPEN, ctx)["days"] == days


def test_after_the_end_it_isnt_asked() -> None:
    assert not reminder.renew.when(OPEN, Context(ConversationState(), END + timedelta(minutes=1), "rest", SELLER))
