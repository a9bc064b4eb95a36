"""An address that an agent types is a proposal: the customer sees old and new, and only their yes changes anything."""

from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from dialogs.handoff.proposals import LAPSES_AFTER, TOLD_AFTER, WAITING, judge_proposal
from dialogs.kit import Corrected
from dialogs.messages import handoff as messages
from dialogs.messages.account import AccountLeft, ChangeEmail, EmailChanged, LoggedIn
from dialogs.messages.company import CompanyFound, LookUpCompany
from dialogs.messages.einvoice import ChangeInvoiceEmail
from dialogs.messages.letters import SendLetter, SendNote
from dialogs.messages.own_data import AccountErased, EndLogIns, LogInOver
from dialogs.state import Proposal
from tests.dialogs import driver
from tests.table import table
from values.meaning import Intent
from values.rules import GIVE_UP, NOTE_ADDRESS_PROPOSED, NOTE_ADDRESS_REPLACED, CompanyRules

ASKED = "handoff.proposed_address"
INVOICES, ACCOUNT = "einvoice.invoice_email", "account.email"
OLD, NEW = "jan@example.com", "stranger@evil.example"
TOOK = messages.AgentTook("a-anna", "Anna")


def proposed(customer: driver.Driver, *addresses: str, step: str = INVOICES) -> driver.Driver:
    """An agent has the talk and has typed these addresses."""
    customer.hear(TOOK)
    for address in addresses:
        customer.hear(Corrected(step, address))
    return customer


def became(customer: driver.Driver) -> list[str | None]:
    return [judge_proposal(one, customer.case, customer.now) for one in customer.case.handoff.proposals]


def notes(customer: driver.Driver) -> list[tuple[str, str]]:
    return [(call.note, call.to) for call in customer.calls if isinstance(call, SendNote) and "address" in call.note]


def put_back(customer: driver.Driver) -> driver.Driver:
    gone = messages.PutBackDone(held=True)
    return customer.hear(TOOK).given(messages.PutBack, gone).hear(gone)


def never_came(customer: driver.Driver) -> driver.Driver:
    return customer.given(messages.EndWait, messages.WaitEnded()).hear(messages.WaitEnded())


@table(
    "way_back",
    [
        lambda customer: customer.hear(messages.AgentLeft()),
        lambda customer: customer.hear(messages.AgentLeft(done=True)),
        lambda customer: customer.hear(messages.AgentLeft(confirm=True)),
        put_back,
        never_came,
    ],
)
def test_on_every_way_back_the_customer_sees_old_and_new_and_is_asked(
    way_back: Callable[[driver.Driver], driver.Driver],
) -> None:
    customer = driver.activated()
    at = customer.at
    proposed(customer, NEW)
    assert customer.done(ChangeInvoiceEmail) == 0
    assert customer.at == at, "while the agent speaks nothing is asked"
    way_back(customer)
    assert (customer.at, customer.asked) == (ASKED, True)
    assert (customer.shown["old"], customer.shown["new"]) == (OLD, NEW)
    assert customer.offers == ["proposed_address:yes", "proposed_address:no"]
    assert (customer.done(ChangeInvoiceEmail), customer.books.einvoice_email) == (0, OLD)
    customer.press("proposed_address:no")
    assert customer.heard == ["handoff.proposal_refused"]
    assert (customer.at, customer.done(ChangeInvoiceEmail), became(customer)) == (at, 0, ["refused"])


@table("yes", [lambda c: c.press("proposed_address:yes"), lambda c: c.say(Intent("affirm", 0.9))])
def test_yes_alone_changes_the_books_by_the_customers_own_way(yes: Callable[[driver.Driver], driver.Driver]) -> None:
    customer = proposed(driver.activated(), NEW).hear(messages.AgentLeft())
    at = "zone.zone"
    yes(customer)
    assert [act.email for act in customer.acts if isinstance(act, ChangeInvoiceEmail)] == [NEW]
    assert "einvoice.email_changed" in customer.heard
    assert (customer.at.partition(".")[0], became(customer)) == (at.partition(".")[0], ["accepted"])
    assert WAITING not in customer.timers


def test_in_the_middle_of_a_sign_up_no_letter_goes_where_only_an_agent_typed() -> None:
    customer = driver.signed_up()
    at, letters = customer.at, customer.called(SendLetter)
    proposed(customer, NEW, step=ACCOUNT).hear(messages.AgentLeft())
    assert (customer.at, customer.called(SendLetter), customer.done(ChangeEmail)) == (ASKED, letters, 0)
    assert customer.email == OLD
    customer.given(ChangeEmail, EmailChanged(NEW, "letter-9", OLD))
    customer.press("proposed_address:yes")
    assert (customer.email, customer.called(SendLetter)) == (NEW, letters + 1)
    assert notes(customer) == [(NOTE_ADDRESS_REPLACED, OLD)], "the address before is told"
    assert customer.at == at, "what the customer was in the middle of goes on"


@table("command", ["cancel", "back", "restart"])
def test_no_command_answers_for_the_customer_or_loses_the_question(command: str) -> None:
    customer = proposed(driver.activated(), NEW).hear(messages.AgentLeft()).command(command)
    assert (customer.at, became(customer), customer.done(ChangeInvoiceEmail)) == (ASKED, [None], 0)
    assert customer.offers == ["proposed_address:yes", "proposed_address:no"]
    customer = proposed(driver.signed_up(), NEW, step=ACCOUNT).hear(messages.AgentLeft()).command(command)
    assert (customer.at, became(customer), customer.done(ChangeEmail)) == (ASKED, [None], 0)
    assert (customer.email, WAITING in customer.timers) == (OLD, True), "the account is there, and waits"


@table(("step", "words"), [("company.sdi_code", "skip"), ("company.holder_email", "same")])
def test_the_ways_past_an_address_are_the_customers_own(step: str, words: str) -> None:
    customer = driver.contact_proven().given(LookUpCompany, CompanyFound(driver.BURSZTYN, "vies"))
    rules = CompanyRules(vatin=True, sdi=step.endswith("sdi_code"), holder_email=step.endswith("holder_email"))
    customer.seller = replace(driver.SELLER, company=rules)
    customer.write("12345670363").press("confirm:yes")
    assert customer.at == step
    customer.hear(TOOK).hear(Corrected(step, words))
    assert customer.heard[-1].startswith("refused."), "no address"
    assert (customer.firm.delivery, customer.firm.holder_email) == (None, None)
    customer.hear(messages.AgentLeft())
    assert (customer.at, customer.case.handoff.proposals) == (step, ()), "the customer's question is open as before"


def test_before_there_is_an_address_the_customer_reads_the_agents_first() -> None:
    customer = driver.Driver().press("start:buy", "account:new")
    proposed(customer, NEW, step=ACCOUNT)
    assert customer.email is None
    customer.hear(messages.AgentLeft())
    assert (customer.at, customer.shown["old"], customer.shown["new"]) == (ASKED, None, NEW)
    customer.press("proposed_address:yes")
    assert (customer.email, customer.at) == (NEW, "account.secure_page")


def test_a_sign_up_given_up_takes_its_proposal_along() -> None:
    customer = driver.Driver().press("start:buy", "account:new")
    proposed(customer, NEW, step=ACCOUNT).hear(messages.AgentLeft()).command("cancel")
    assert (customer.case.handoff.proposals, customer.at) == ((), "account.start")


def test_a_proven_account_address_is_the_customers_own() -> None:
    customer = driver.card_filled()
    proposed(customer, NEW, step=ACCOUNT)
    assert (customer.heard, customer.case.handoff.proposals) == (["refused.customers_own"], ())


def test_what_holds_already_is_no_proposal() -> None:
    customer = proposed(driver.activated(), OLD)
    assert customer.heard == ["refused.same_address"]
    customer.hear(Corrected(INVOICES, "no address"))
    assert customer.heard[0].startswith("refused.email")
    assert customer.case.handoff.proposals == ()


def test_another_proposal_takes_the_place_of_the_older_and_of_its_buttons() -> None:
    customer = proposed(driver.activated(), "anna@example.com").hear(messages.AgentLeft())
    shown_first = customer.offers
    proposed(customer, NEW)
    assert became(customer) == ["superseded", None]
    customer.hear(messages.AgentLeft())
    customer.press(shown_first[0])
    assert customer.done(ChangeInvoiceEmail) == 0, "that button was about another address"
    assert (customer.at, customer.shown["new"]) == (ASKED, NEW)
    customer.say(Intent("deny", 0.9))
    assert became(customer) == ["superseded", "refused"]


def test_an_agent_takes_a_slip_back_by_typing_what_holds() -> None:
    customer = driver.activated()
    at = customer.at
    proposed(customer, NEW, OLD).hear(messages.AgentLeft())
    assert (customer.at, became(customer)) == (at, ["withdrawn"])
    assert WAITING not in customer.timers


def test_two_addresses_are_asked_about_one_after_the_other() -> None:
    customer = driver.activated()
    customer.case = replace(customer.case, orderer=replace(customer.case.orderer, email="o@example.com"))
    at = customer.at
    proposed(customer, NEW)
    one = customer.case.handoff.proposals[0]
    other = Proposal("orderer.orderer_email", "email", NEW, driver.NOW, 2, "o@example.com", one.account, "Anna")
    customer.case = replace(customer.case, handoff=replace(customer.case.handoff, proposals=(one, other)))
    customer.hear(messages.AgentLeft()).press("proposed_address:no")
    assert (customer.at, customer.shown["old"]) == (ASKED, "o@example.com")
    customer.press("proposed_address:no-2")
    assert customer.at == at


def test_the_customers_own_answer_comes_before_a_proposal() -> None:
    customer = proposed(driver.activated(), NEW).hear(messages.AgentLeft())
    customer.correct("invoice_email", "own@example.com")
    assert [act.email for act in customer.acts if isinstance(act, ChangeInvoiceEmail)] == ["own@example.com"]
    assert (customer.at == ASKED, became(customer)) == (False, ["superseded"])


def test_an_address_of_another_chat_comes_before_a_proposal() -> None:
    customer = proposed(driver.activated(), NEW)
    at = customer.read_books(replace(customer.books, einvoice_email="theirs@example.com")).at
    assert customer.hear(messages.AgentLeft()).at == at != ASKED


def test_who_doesnt_answer_is_told_once_where_it_holds_and_never_at_the_new_address() -> None:
    customer = proposed(driver.activated(), NEW).hear(messages.AgentLeft())
    assert customer.timers[WAITING] == driver.NOW + TOLD_AFTER
    customer.now += TOLD_AFTER
    customer.timer(WAITING)
    assert notes(customer) == [(NOTE_ADDRESS_PROPOSED, OLD)]
    assert customer.timers[WAITING] == driver.NOW + LAPSES_AFTER
    assert customer.at == ASKED
    customer.now = driver.NOW + LAPSES_AFTER
    assert customer.at != ASKED, "a week old it isn't asked as if it were fresh"
    customer.timer(WAITING)
    assert (became(customer), len(notes(customer)), customer.done(ChangeInvoiceEmail)) == (["lapsed"], 1, 0)
    customer.press("proposed_address:yes")
    assert customer.done(ChangeInvoiceEmail) == 0


def test_after_a_log_out_and_with_another_account_nothing_of_it_is_shown() -> None:
    customer = proposed(driver.activated(), NEW).hear(messages.AgentLeft()).hear(AccountLeft("log_in"))
    assert customer.at != ASKED
    customer.hear(LoggedIn(driver.known_account(id="account-2", email="other@example.com")))
    assert (customer.at != ASKED, customer.case.handoff.proposals) == (True, ())


def test_after_an_erasure_nothing_is_left_of_it() -> None:
    customer = proposed(driver.activated(), NEW).hear(messages.AgentLeft()).hear(AccountErased("elsewhere"))
    assert (customer.case.handoff.proposals, customer.at) == ((), "account.start")
    customer.hear(messages.AgentLeft()).timer(WAITING)
    assert notes(customer) == []


def test_whoever_found_the_chat_open_gives_the_password_first() -> None:
    customer = proposed(driver.activated(), NEW).hear(messages.AgentLeft())
    customer.given(EndLogIns, LogInOver("idle")).silent(timedelta(minutes=40))
    customer.press("proposed_address:yes")
    assert (customer.done(EndLogIns), customer.done(ChangeInvoiceEmail)) == (1, 0)
    assert became(customer) == [None], "it waits for the log-in"


def test_the_queue_is_a_way_back_too() -> None:
    customer = proposed(driver.activated(), NEW).hear(messages.AgentLeft())
    customer.given(messages.RequestHuman, messages.HumanRequested(driver.NOW, first=True)).command("agent")
    assert (customer.case.handoff.mode, customer.at) == ("waiting", ASKED)
    assert GIVE_UP in customer.timers
