"""A seller's own questions: asked at their places, kept with what they are about, passed over, changed, asked again."""

from msgspec.structs import replace

from dialogs.messages.order import OrderBegun
from dialogs.messages.payment import PaymentNoticed
from dialogs.messages.questions import KeepAnswers
from dialogs.own.conditions import answer_of
from dialogs.state import OwnAnswers
from tests.dialogs.driver import SELLER, Driver, known_account, known_company, signed_up
from tests.kit.narrow import present
from tests.kit.rows import each_row
from values.question import OwnQuestion

SOURCE = OwnQuestion("source", "choice", "account", "account", options=("friend", "search"))
NEWS = OwnQuestion("news", "yes_no", "contact", "account", required=True)
SIZE = OwnQuestion("size", "number", "company", "company", min=1, max=500)
TOOLS = OwnQuestion("tools", "several", "company", "account", options=("till", "shop", "bank"))
NOTE = OwnQuestion("note", "text", "pay", "order")
BRANCH = OwnQuestion("branch", "choice", "pay", "order", required=True, options=("north", "south"))
START = OwnQuestion("start", "date", "order", "order")
ASKING = replace(SELLER, own_questions=(SOURCE, NEWS, SIZE, TOOLS, NOTE, BRANCH, START))


def kept(customer: Driver) -> list[tuple[str, str, dict[str, object]]]:
    """The answers kept, in order."""
    return [(act.keep, act.holder, dict(act.answers)) for act in customer.acts if isinstance(act, KeepAnswers)]


def answers(customer: Driver) -> dict[str, str | None]:
    """The answers that stand."""
    own, ctx = customer.case.own, customer.context(customer.case)
    return {question.id: answer_of(own, question, ctx) for question in ASKING.own_questions}


def at_company() -> Driver:
    """A new customer with a confirmed company: the first question about it is open."""
    customer = signed_up(ASKING).press("source:friend").write("512 000 999", "123456").press("news:no")
    return customer.prove_email().write("1234563218").press("confirm:yes")


def at_card() -> Driver:
    return at_company().write("12").press("tools:toggle:till", "tools:toggle:bank", "tools:done")


def at_order() -> Driver:
    answers = ("branch:south", "auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept")
    return at_card().press(*answers, "pay:now")


def at_home() -> Driver:
    customer = at_order()
    return customer.happen(PaymentNoticed(customer.placed.payment_id or "", 1, {})).press(
        "start:skip", "einvoice:later"
    )


def test_each_is_asked_at_its_place_and_kept_at_once() -> None:
    customer = signed_up(ASKING)
    assert customer.at == "own.source"
    assert customer.press("source:search").at == "contact.phone"
    assert kept(customer) == [("account", "account-1", {"source": "search"})]
    assert customer.write("512 000 999", "123456").at == "own.news"
    assert customer.prove_email().press("news:yes").at == "company.tax_number"
    assert customer.write("1234563218").press("confirm:yes").at == "own.size"
    assert customer.write("12").at == "own.tools"
    assert kept(customer)[1:] == [("account", "account-1", {"news": True})]
    customer.press("tools:toggle:till", "tools:toggle:bank", "tools:toggle:till", "tools:done")
    assert kept(customer)[2:] == [
        ("account", "account-1", {"tools": ("bank",)}),
        ("company", "company-1", {"size": 12}),  # it waited for the company to be saved
    ]
    assert customer.at == "order.auto_renewal"


def test_on_the_card_only_the_required_one_is_missing() -> None:
    customer = at_card().press("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept")
    assert customer.at == "own.branch"
    card = present(customer.card)
    assert card.missing == ("branch",)
    assert [row.name for row in card.rows if row.name in ("note", "branch")] == ["note", "branch"]
    customer.press("branch:south")
    assert customer.at == "order.pay"
    assert kept(customer)[-1][1:] == ("company-1", {"size": 12}), "of no order yet"
    customer.press("pay:now")
    assert kept(customer)[-1] == ("order", "order-1", {"branch": "south"})


def test_an_optional_one_is_opened_on_the_card_and_passed_over() -> None:
    customer = at_card().press("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept", "branch:south")
    assert customer.correct("note").at == "own.note"
    assert customer.press("note:skip").at == "order.pay"
    assert customer.case.own.answers["note"] == ""
    assert kept(customer.press("pay:now"))[-1] == ("order", "order-1", {"note": None, "branch": "south"})


def test_a_press_for_a_later_step_passes_optional_ones_over() -> None:
    customer = at_company().press("auto_renewal:yes")
    assert customer.at == "order.method"
    assert kept(customer)[-2:] == [("account", "account-1", {"tools": None}), ("company", "company-1", {"size": None})]


def test_a_press_that_nothing_takes_passes_none_over() -> None:
    assert at_company().press("pay:now", "nonsense:1").at == "own.size"


def test_a_required_one_is_not_passed_over() -> None:
    customer = signed_up(ASKING).press("source:skip").write("512 000 999", "123456")
    assert customer.at == "own.news"
    assert customer.press("product:x", "news:skip").at == "own.news"


def test_an_answer_changed_in_another_chat_is_on_file_here_and_one_not_kept_yet_stays() -> None:
    customer = at_card().press("branch:south")
    company = replace(known_company(), id="company-1", own_answers={"size": 15})
    own = {"source": "search", "branch": "north", "tools": None}
    customer.read_books(known_account(id="account-1", companies=(company,), own_answers=own)).press("what:ever")
    held = {"source": "search", "news": None, "size": "15", "tools": "", "note": None, "branch": "south", "start": None}
    assert answers(customer) == held
    unsaved = {"source": "friend"}
    customer.case = replace(customer.case, own=OwnAnswers(unsaved))
    assert kept(customer.press("what:ever"))[-1] == ("account", "account-1", unsaved)


def test_another_order_asks_again_with_the_last_answer_first() -> None:
    again = at_order().happen(OrderBegun())
    again.case = replace(again.case, order=type(again.case.order)())
    step = again.journey.step("own.branch")
    offered = step.options(again.case.own, again.context(again.case))
    assert [option.payload for option in offered] == ["branch:south", "branch:north"]
    assert not step.done(again.case.own, again.context(again.case))


def test_an_answer_is_corrected_by_its_name() -> None:
    customer = at_card().correct("size", "30")
    assert customer.heard == ["kit.corrected"]
    assert kept(customer)[-1] == ("company", "company-1", {"size": 30})


def test_an_answer_is_changed_in_the_zone() -> None:
    customer = at_home()
    assert customer.at == "zone.zone"
    customer.want("correct_data")
    assert {"edit:source", "edit:size", "edit:tools"} <= set(customer.buttons)
    assert customer.press("edit:size").at == "own.size"
    customer.write("40")
    assert customer.heard == ["kit.corrected"]
    assert (customer.at, kept(customer)[-1]) == ("zone.zone", ("company", "company-1", {"size": 40}))


def test_a_press_while_an_answer_is_changed_passes_nothing_over() -> None:
    customer = signed_up(ASKING).press("source:friend").write("512 000 999", "123456").press("news:no")
    customer.write("1234563218").press("confirm:yes").write("12")
    assert customer.press("edit:size").at == "own.size"
    assert customer.press("tools:toggle:till").at == "own.tools"
    assert customer.case.own.ticked == {"tools": "till"}
    assert answers(customer)["size"] == "12"


def test_boxes_opened_in_the_zone_and_left_keep_the_answer() -> None:
    customer = at_home()
    assert customer.press("edit:tools", "tools:toggle:shop").at == "own.tools"
    customer.press("zone:payments")
    assert (customer.at, answers(customer)["tools"], customer.case.own.ticked) == ("zone.zone", "till,bank", {})


# --- several of which mostly one is named, and one that excludes all others ---

FORMS = OwnQuestion(
    "forms", "several", "company", "company", required=True, options=("email", "phone", "none"), mostly_one=True
)
ONE_EACH = replace(SELLER, own_questions=(FORMS,))
BUTTONS = ["forms:email", "forms:phone", "forms:several", "forms:none"]


def at_forms() -> Driver:
    customer = signed_up(ONE_EACH).write("512 000 999", "123456").prove_email().write("1234563218").press("confirm:yes")
    assert (customer.at, customer.buttons[:4]) == ("own.forms", BUTTONS)
    return customer


@each_row
def test_one_press_answers_and_boxes_are_behind_one_more(pressed: list[str], answer: tuple[str, ...]) -> None:
    assert kept(at_forms().press(*pressed)) == [("company", "company-1", {"forms": answer})]


def test_boxes_of_which_none_is_ticked_are_no_answer() -> None:
    customer = at_forms().press("forms:several", "forms:done")
    assert (customer.at, customer.heard[0]) == ("own.forms", "own.none_ticked")
    assert kept(customer.press("forms:toggle:email", "forms:done"))[-1][2] == {"forms": ("email",)}


def test_a_no_names_what_excludes_the_others() -> None:
    assert kept(at_forms().want("deny"))[-1][2] == {"forms": ("none",)}


def test_a_change_of_the_company_keeps_its_answer_and_another_company_is_asked_anew() -> None:
    customer = at_forms().press("forms:phone").correct("street", "ul. Nowa 7").press("confirm:yes")
    assert (customer.at, len(kept(customer))) == ("order.auto_renewal", 1)
    customer.correct("tax_number", "9876543210").press("confirm:yes")
    assert customer.at == "own.forms"
