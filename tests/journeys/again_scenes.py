"""What customers of every seller say who order a second time."""

from dataclasses import dataclass, field
from datetime import timedelta

from msgspec import structs
from msgspec.structs import replace

from dialogs.explorer.samples import MOMENT, NUMBER, company_view, sample_view
from dialogs.messages.account import LoggedIn
from dialogs.messages.payment import PaymentBooked
from dialogs.order.in_books import price_of
from tests.journeys.teller import Teller
from values.account_view import AccountView, OrderView
from values.renewal import Owned

END = {
    "pl": "kiedy kończy się moja usługa?",
    "it": "quando scade?",
    "en": "when does it end?",
    "de": "Wann endet mein Zugang?",
}
BUY = {"pl": "kup teraz", "it": "compra ora", "en": "buy", "de": "jetzt kaufen"}
CARD = {"pl": "jednak kartą", "it": "voglio pagare con carta invece", "en": "by card instead", "de": "doch per Karte"}
METHOD = {
    "pl": "zmień metodę płatności na kartę",
    "it": "cambia il metodo di pagamento in carta",
    "en": "change my payment method to card",
    "de": "Zahlungsart auf Karte ändern",
}
DEFAULT = {
    "pl": "ustaw kartę jako domyślną metodę",
    "it": "imposta la carta come metodo predefinito",
    "en": "make my card the default",
    "de": "Karte als Standard",
}
PLAN = {
    "pl": "chcę zmienić plan",
    "it": "voglio cambiare piano",
    "en": "I want to change my plan",
    "de": "Tarif wechseln",
}


@dataclass
class Again:
    """An account that has bought `product`, as its books stand at each of its times."""

    teller: Teller
    product: str
    known: AccountView = field(default_factory=lambda: sample_view(company_view()))

    @property
    def running(self) -> AccountView:
        """Paid for a year."""
        order, owned = self._order(), Owned("subscription-1", self.product, None, MOMENT + timedelta(days=365))
        return replace(self.known, orders=(order,), owned=(owned,), default_method="card")

    @property
    def over(self) -> AccountView:
        """The year is over."""
        ended = replace(self.running.owned[0], ends_at=MOMENT - timedelta(days=3), status="ended")
        return replace(self.running, owned=(), lapsed=(ended,))

    def waiting(self, method: str) -> AccountView:
        """An order that nobody has paid yet."""
        order = replace(self._order(), status="placed", payment_status="pending", payment_method=method, method=method)
        return replace(self.known, orders=(replace(order, payment_expires_at=MOMENT + timedelta(days=14)),))

    def logs_in(self, view: AccountView) -> None:
        self.teller.happens("the customer logs in on the secure page", LoggedIn(view))

    def comes_back_after_the_end(self) -> None:
        """In the chat or a new one, by log-in; asks, and orders in words."""
        s, locale = self.teller, self.teller.case.talk.locale
        self.anew()
        s.write("/start", "start:log_in")
        self.logs_in(self.over)
        s.write(END[locale], PLAN[locale], BUY[locale])

    def buys_while_it_runs(self) -> None:
        s, locale = self.teller, self.teller.case.talk.locale
        s.read_books(self.running)
        s.write(END[locale], PLAN[locale])
        s.chooses("start:buy")

    def gives_up(self) -> None:
        self.teller.write("/cancel")
        if "restart:yes" in self.teller.buttons.values():  # a filled card isn't wiped unasked
            self.teller.chooses("restart:yes")

    def talks_of_methods(self) -> None:
        locale = self.teller.case.talk.locale
        self.teller.write(METHOD[locale], DEFAULT[locale])

    def pays_by_card_after_all(self) -> None:
        self.teller.write(CARD[self.teller.case.talk.locale])

    def is_paid(self) -> None:
        placed = self.teller.placed
        gross = price_of(placed).gross
        told = PaymentBooked(placed.payment_id or "", placed.id, NUMBER, "paid", gross, True)
        self.teller.happens("the provider's notice comes, and is confirmed", told)
        self.teller.read_books(self.running)

    def anew(self) -> None:
        """A conversation of another day."""
        self.teller.case = type(self.teller.case)(structs.replace(self.teller.case.talk, answered=(), greeted=False))

    def _order(self) -> OrderView:
        return OrderView(
            id="order-0",
            number=NUMBER,
            status="paid",
            method="card",
            auto_renewal=False,
            placed_at=MOMENT,
            payment_id="payment-0",
            payment_method="card",
            payment_status="paid",
            items=((self.product, 1),),
            net=29900,
            vat=6877,
            gross=36777,
            currency=self.teller.renderer.seller.currency,
        )
