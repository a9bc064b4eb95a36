"""A small shop as a script for the recorder: consents with their words; company, order, payment, receipt as cards."""

from dataclasses import dataclass, field

from bot.conversation.outbound import Card, CardChoice, CardRow, ReplyLink
from tests.web.recorder import Place, Said

ASIDE = (("Wróć", "/back"), ("Pomoc", "/help"))
METHODS = (("BLIK", "blik"), ("Karta", "card"), ("Przelewy24", "przelewy24"), ("PayPal", "paypal"))
NEEDED = (("method", "metody"), ("terms", "regulaminu"), ("clauses", "klauzul"))
ASKED = {
    "method": "Jak chcesz zapłacić?",
    "terms": "Przeczytaj i zaakceptuj regulamin.",
    "clauses": "Potwierdź jeszcze klauzule.",
    "pay": "Wszystko gotowe. Zamawiasz?",
}
LABELS = {"terms": "Regulamin", "clauses": "Klauzule"}
OTHER_HOST = "http://localhost"
ORDER = "Zamawiam z obowiązkiem zapłaty"
COMPANY = Card(
    "company",
    "company",
    "Dane do faktury",
    (
        CardRow("tax_number", "NIP", "123-456-32-18", edit="edit:tax_number"),
        CardRow("company_name", "Nazwa", "Pracownia Bursztyn sp. z o.o.", edit="edit:company_name"),
        CardRow("address", "Adres", "ul. Długa 12/4\n80-831 Gdańsk", edit="edit:street"),
        CardRow("vat", "VAT", "czynny podatnik"),
    ),
    state="z białej listy, dziś",
)
PAYMENT = Card(
    "payment",
    "payment",
    "Płatność",
    (CardRow("number", "Zamówienie", "FS/2026/000123", copy=True), CardRow("method", "Metoda", "BLIK")),
    total="367,77\xa0zł",
    state="Czeka na wpłatę",
)
RECEIPT = Card(
    "receipt",
    "payment",
    "Potwierdzenie",
    (
        CardRow("number", "Zamówienie", "FS/2026/000123", copy=True),
        CardRow("paid_at", "Opłacono", "21 listopada 2026, 10:12"),
        CardRow("plan", "Plan", "FakturaSmart Standard, do 21 listopada 2027"),
    ),
    total="367,77\xa0zł",
    state="Opłacone",
)
NEXT = (
    "Faktura przyjdzie na anna@firma.pl.\nKonto działa od teraz.\nNastępna płatność: żadna, odnawianie jest wyłączone."
)
WHOLE = (
    ("privacy", "Dane osobowe (obowiązkowo)", "Zgadzam się, żeby FakturaSmart przetwarzał mój e-mail i dane firmy."),
    ("invoices", "Dane z faktur (obowiązkowo)", "Powierzam FakturaSmart dane z moich faktur, żeby je przechowywał."),
    ("news", "Nowości e-mailem", "Chcę dostawać e-mailem informacje o nowościach i promocjach."),
)


@dataclass
class Counter:
    """The order of one conversation; `url` is where the documents are, `way` where one pays.

    Without one it leads to another host, where the chat doesn't go by itself: it waits to be pressed.
    """

    url: str = "http://127.0.0.1"
    way: str = ""
    locale: str = "pl"
    place: Place = field(default_factory=lambda: Place("order", "method", "choice", 5, 8, "Zamówienie"))
    given: dict[str, str] = field(default_factory=dict)
    code: str = ""
    version: str = "2026-09"
    joint: bool = False  # terms and clauses can be given at one press

    def answer(self, words: str) -> list[Said]:
        """The order's card, whatever was pressed; a code that is typed; a question in between."""
        step, _, value = words.partition(":")
        if words == "pay:now":
            return [self.pays()]
        if words == "edit:company_name":
            self.place = Place("company", "company_name", "company_name", 4, 8, "Dane firmy")
            return [Said("Jak brzmi pełna nazwa firmy?", ASIDE)]
        if step == "terms_clauses":
            for document in LABELS:
                self._set(document, value)
        elif value and step in {"method", "terms", "clauses", "auto_renewal"}:
            self._set(step, value)
        elif words.isupper():
            self.code = words
        elif not words.startswith(("/", "edit:", "start:")):
            return [self.order("BLIK działa od ręki.\n\n" + ASKED[self.step])]
        return [self.order()]

    @property
    def step(self) -> str:
        """The first missing row."""
        return next((name for name, _ in NEEDED if name not in self.given), "pay")

    def _set(self, step: str, value: str) -> None:
        if value in {"withdraw", "no"}:
            self.given.pop(step, None)
        else:
            self.given[step] = value

    def pays(self) -> Said:
        """The payment's card with the way there."""
        self.place = Place("payment", "payment", "payment", 6, 8, "Płatność")
        link = ReplyLink("payment", self.way or f"{OTHER_HOST}/p/paid", "Przejdź do płatności", "0a1b")
        return Said(
            "Tu nigdy nie prosimy o dane karty.", (("Inna metoda", "method:card"), *ASIDE), (link,), card=PAYMENT
        )

    def order(self, text: str = "") -> Said:
        """The card as it is now, the question for the first missing row, and every answer that may be pressed."""
        self.place = Place("order", self.step, "choice", 5, 8, "Zamówienie")
        card = self.card()
        choices = [choice for row in card.rows for choice in row.choices if not choice.chosen]
        act = ((ORDER, "pay:now"),) if self.step == "pay" else ()
        buttons = (*((choice.title, choice.payload) for choice in choices), *act, *ASIDE)
        return Said(text or ASKED[self.step], buttons, self.documents(), card=card)

    def documents(self) -> tuple[ReplyLink, ...]:
        """Terms and clauses in full."""
        return (
            ReplyLink("document", f"{self.url}/documents/terms", "Regulamin FakturaSmart", "terms"),
            ReplyLink("document", f"{self.url}/documents/clauses", "Klauzule FakturaSmart", "clauses"),
        )

    def card(self) -> Card:
        """The order's card."""
        lacking, v = [word for name, word in NEEDED if name not in self.given], self.version
        discount = CardRow(
            "discount", "Kod rabatowy" if self.code else "Mam kod rabatowy", self.code, edit="edit:discount"
        )
        return Card(
            "order",
            "order",
            "Zamówienie",
            (
                CardRow("plan", "FakturaSmart Standard, 1 rok", "299,00\xa0zł"),
                CardRow("vat", "VAT 23%", "68,77\xa0zł"),
                discount,
                self._renewal(),
                CardRow("method", "Metoda płatności", "", choices=tuple(self._method(*one) for one in METHODS)),
                *((self._both(),) if self.joint else ()),
                self._tick("terms", "Akceptuję", f"Akceptuję regulamin w wersji {v}:\n1. Usługa rusza po wpłacie."),
                self._tick("clauses", "Potwierdzam", f"Znam i przyjmuję klauzule w wersji {v}."),
            ),
            total="367,77\xa0zł",
            total_label="Razem",
            act=ORDER,
            missing="Brakuje jeszcze: " + ", ".join(lacking) if lacking else None,
        )

    def _renewal(self) -> CardRow:
        on = CardChoice("Włącz odnawianie", "auto_renewal:yes", chosen="auto_renewal" in self.given)
        off = CardChoice("Bez odnawiania", "auto_renewal:no", chosen="auto_renewal" not in self.given)
        return CardRow("auto_renewal", "Odnawianie co rok", "367,77\xa0zł 21 listopada 2027", choices=(on, off))

    def _method(self, title: str, value: str) -> CardChoice:
        return CardChoice(title, f"method:{value}", chosen=self.given.get("method") == value)

    def _both(self) -> CardRow:
        given = {name in self.given for name in LABELS}
        value = "withdraw" if given == {True} else "accept"
        choice = CardChoice(
            "Akceptuję regulamin i klauzule", f"terms_clauses:{value}", given == {True}, value == "accept"
        )
        return CardRow("terms_clauses", "Oba", "", choices=(choice,) if len(given) == 1 else (), covers=tuple(LABELS))

    def _tick(self, name: str, title: str, value: str) -> CardRow:
        given = name in self.given
        choice = CardChoice(title, f"{name}:{'withdraw' if given else 'accept'}", chosen=given, binds=not given)
        return CardRow(name, LABELS[name], value, choices=(choice,), document=name)


def consents() -> Said:
    """The consents, each with its whole words."""
    boxes = tuple((f"☐ {title}", f"consents:toggle:{name}", words) for name, title, words in WHOLE)
    ways = (
        ("Tylko wymagane", "consents:required"),
        ("Wszystkie", "consents:all"),
        ("Zaznaczone, dalej", "consents:done"),
    )
    return Said("Hasło przyjęte.\n\nNa co się zgadzasz?", (*boxes, *ways, *ASIDE))
