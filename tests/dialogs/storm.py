"""Whatever can happen to a conversation, in any order: the events that a storm of them draws from."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from dialogs.explorer.samples import INTENTS as EVERYWHERE
from dialogs.explorer.samples import MOMENT, NUMBER
from dialogs.journey import journey_of
from dialogs.kit import Context, Event, Journey, Said, Step, TimerDue
from dialogs.messages import account, contact, einvoice, payment
from dialogs.order.in_books import number_here, order_here
from dialogs.payment import EXPIRY, POLL
from dialogs.state import ConversationState, Ctx
from tests.dialogs.driver import SELLER
from values import meaning as meanings
from values.account_view import AccountView, CompanyView, OrderView
from values.kinds import specimens
from values.kinds.samples import GARBAGE, TOO_LONG
from values.money import Money

_ANSWERED = {name for dialog in journey_of(SELLER).dialogs.values() for name in dialog.questions}
INTENTS = tuple(sorted(_ANSWERED.union(EVERYWHERE)))
STEPS = tuple(
    "start account email secure_page consents phone contact_code tax_number company_name street postal_code city "
    "confirm auto_renewal method terms clauses discount pay email_link payment einvoice zone edit reset_email "
    "invoice_email agent_email lookup sending page create place open activate country plan unheard_of".split()
)
VALUES = tuple(
    "sign_up log_in buy forgot_password forgot_username new existing again keep skip yes no edit register accept now "
    "card paypal przelewy24 blik other transfer postal_slip required all done toggle:privacy toggle:marketing "
    "toggle:unheard_of activate details later check home my_account einvoice my_data renewal methods export erase 1 "
    "anything".split()
)
KINDS = tuple(kind for kind in meanings.Expects if kind is not meanings.Expects.wait)
TEXTS = st.one_of(
    st.sampled_from(KINDS).flatmap(
        lambda kind: st.sampled_from((*specimens(kind).valid, *specimens(kind).invalid, *specimens(kind).foreign, "?"))
    ),
    st.sampled_from(GARBAGE),
    st.just(9000).map(lambda length: TOO_LONG[:length]),
    st.text(max_size=20),
)
PAYLOADS = st.one_of(
    st.builds(lambda step, value: f"{step}:{value}", st.sampled_from(STEPS), st.sampled_from(VALUES)),
    st.sampled_from(STEPS).map(lambda step: f"edit:{step}"),
    st.sampled_from(
        ("/help", "/agent", "/back", "/lang it", "/lang", "/unheard_of", "/", ":", "", "edit:", "cmd:back")
    ),
)
COMMANDS = st.one_of(
    st.builds(
        meanings.NavigationCommand,
        st.sampled_from(("back", "help", "agent", "repeat", "where", "cancel", "restart", "start")),
    ),
    st.builds(
        lambda code: meanings.NavigationCommand("lang", code), st.sampled_from(("pl", "it", "en", "de", "", None))
    ),
    st.just(meanings.NavigationCommand("start", "token")),
)
MEANINGS: st.SearchStrategy[meanings.Meaning] = st.one_of(
    st.builds(meanings.Answer, TEXTS),
    st.builds(meanings.Press, PAYLOADS),
    COMMANDS,
    st.builds(
        meanings.Correction,
        st.sampled_from((*STEPS, *(str(kind) for kind in KINDS))),
        st.one_of(st.none(), TEXTS, st.sampled_from(VALUES)),
    ),
    st.builds(meanings.Discount, st.sampled_from(("START20", "STARY", "start20", "NOPE"))),
    st.builds(
        meanings.Intent,
        st.sampled_from(INTENTS),
        st.just(0.9),
        st.just((meanings.Entity("payment_method", "blik"),)),
        TEXTS,
    ),
    st.builds(meanings.Unclear, st.lists(st.one_of(PAYLOADS, st.sampled_from(INTENTS)), max_size=3).map(tuple), TEXTS),
    st.sampled_from(
        (
            meanings.SecretTyped(("card",)),
            meanings.NotText("voice"),
            meanings.NotText("photo"),
            meanings.NotText("other"),
            meanings.Empty(),
            meanings.TooLong(),
            meanings.Faq("ksef", 1),
        )
    ),
)
SELDOM = st.sampled_from((False,) * 7 + (True,))
SAID = st.builds(Said, MEANINGS, edited=SELDOM, stale=SELDOM)
MOVES = st.builds(Said, COMMANDS)


STRAIGHT = frozenset(
    "start:buy account:new consents:required confirm:yes auto_renewal:yes method:card terms:accept clauses:accept "
    "pay:now einvoice:activate".split()
)


def fitting(journey: Journey, case: ConversationState, ctx: Context[ConversationState]) -> st.SearchStrategy[Event]:
    """What a willing customer would say, press or do elsewhere where the conversation stands."""
    step = journey.position(case, ctx)
    offered = [meanings.Press(option.payload) for option in journey.offered(step, ctx)]
    card = journey.card(step, ctx)
    offered += [
        meanings.Press(choice.payload) for row in (card.rows if card is not None else ()) for choice in row.choices
    ]
    typed = [meanings.Answer(text) for text in specimens(step.expects).valid] if step.parse is not None else []
    elsewhere = ELSEWHERE[step.path](ctx) if step.path in ELSEWHERE else []
    straight = [meaning for meaning in offered if meaning.payload in STRAIGHT]
    said = [Said(meaning) for meaning in (*offered, *typed, *typed, *straight * 4)]
    return st.sampled_from([*said, *elsewhere * 3] or [Said(meanings.Answer("…"))])


def second_thoughts(
    journey: Journey, case: ConversationState, ctx: Context[ConversationState]
) -> st.SearchStrategy[Event]:
    """What a customer who changes his mind would say: a correction, an edited message, a button to change something."""
    steps = journey.correctable(case, ctx) or [journey.position(case, ctx)]

    def of(step: Step[Any]) -> st.SearchStrategy[Event]:
        kinds = specimens(step.expects)
        texts = [*(kinds.valid or ("START20", "card")), *kinds.invalid]
        return st.one_of(
            st.sampled_from(texts).map(lambda text: Said(meanings.Correction(step.name, text))),
            st.just(Said(meanings.Correction(step.name))),
            st.just(Said(meanings.Press(f"edit:{step.name}"))),
            st.sampled_from(texts).map(lambda text: Said(meanings.Answer(text), edited=True)),
        )

    return st.sampled_from(steps).flatmap(of)


def _payment_of(ctx: Ctx) -> str | None:
    order = order_here(ctx)
    return order.payment_id if order is not None else None


def _at_page(ctx: Ctx) -> list[Event]:
    case = ctx.case
    logs_in = case.account.page == "page-log_in"
    return [account.LoggedIn(VIEW) if logs_in else account.PasswordSet(case.account.page or "", "credential")]


def happenings(ctx: Ctx) -> st.SearchStrategy[Event]:
    """What pages, letters, providers and the clock bring, for this conversation or for another."""
    case = ctx.case
    page = st.sampled_from((case.account.page or "page", "another page"))
    email = st.sampled_from((ctx.books.email or "jan@example.com", "somebody.else@example.com"))
    paid_for = st.sampled_from((_payment_of(ctx) or "payment", "payment-0"))
    status = st.sampled_from(("pending", "paid", "failed", "expired", "cancelled", "refunded"))
    order = st.sampled_from((case.order.id or "order", "order-0"))
    number = st.sampled_from((number_here(ctx) or NUMBER, case.order.cancelled or NUMBER, "FS/2026/000000"))
    states = st.sampled_from(("pending", "paid", "failed", "unknown"))
    usual = st.one_of(
        st.builds(account.PasswordSet, page, st.just("credential")),
        st.just(account.PasswordReplaced()),
        st.builds(contact.EmailProven, email, st.just(MOMENT)),
        st.builds(payment.PaymentNoticed, paid_for, st.just(1), st.just({"orderId": 7})),
        st.builds(payment.PaymentReturned, paid_for),
        st.builds(payment.PaymentChecked, paid_for, states, st.just(1), st.just(36777), st.just("PLN")),
        st.builds(payment.PaymentBooked, paid_for, order, number, status, st.just(Money(36777, "PLN")), st.booleans()),
        st.builds(payment.RefundDue, paid_for, number, st.just(2), st.just(36777), st.just("PLN")),
        st.builds(payment.RefundAnswered, paid_for, st.just(2), st.booleans()),
        st.builds(
            einvoice.EInvoiceSwitched,
            st.sampled_from(("off", "requested", "active")),
            st.sampled_from(("faktury@example.com", "")),
        ),
        st.builds(TimerDue, st.sampled_from(("silence", "slow", POLL, EXPIRY, "unheard_of"))),
    )
    return st.integers(0, 19).flatmap(lambda n: usual if n else st.builds(account.LoggedIn, VIEWS))


COMPANY = CompanyView(
    "company-2", "PL", "5260250274", "Cudza sp. z o.o.", "ul. Inna 1", "00-950", "Warszawa", "mf", "verified", MOMENT
)


def _order(status: str, payment_id: str | None, payment_status: str | None) -> OrderView:
    price = (29900, 6877, 36777, "PLN", "card", True, MOMENT)
    return OrderView("order-2", "FS/2026/000002", status, *price, payment_id, "card", payment_status)  # type: ignore[arg-type]


ORDERS = (
    _order("placed", None, None),
    _order("placed", "payment-2", "pending"),
    _order("placed", "payment-2", "failed"),
    _order("placed", "payment-2", "expired"),
    _order("paid", "payment-2", "paid"),
    _order("cancelled", "payment-2", "cancelled"),
)
VIEWS = st.builds(
    AccountView,
    id=st.just("account-2"),
    email=st.just("owner@example.com"),
    user_name=st.just("owner@example.com"),
    phone=st.sampled_from((None, "+48512000333")),
    status=st.just("active"),
    taken=st.just(False),
    email_verified=st.booleans(),
    phone_verified=st.booleans(),
    locale=st.just("pl"),
    company=st.sampled_from((None, COMPANY)),
    orders=st.sampled_from(((), *((order,) for order in ORDERS))),
    einvoice_status=st.sampled_from(("off", "requested", "active")),
    einvoice_email=st.sampled_from((None, "faktury@example.com")),
    default_method=st.sampled_from((None, "paypal")),
).map(lambda view: replace(view, companies=(view.company,) if view.company is not None else ()))
VIEW = AccountView(
    *("account-2", "owner@example.com", "owner@example.com", None, "pending", False, False, False, "pl"),
    *(None, "off", None, None),
)
ELSEWHERE: Mapping[str, Callable[[Ctx], list[Event]]] = {
    "account.secure_page": _at_page,
    "account.email_link": lambda _ctx: [account.PasswordReplaced()],
    "order.email_link": lambda ctx: [contact.EmailProven(ctx.books.email, MOMENT)],
    "payment.payment": lambda ctx: [payment.PaymentNoticed(_payment_of(ctx) or "", 1, {})],
}
