"""A sample of the FakturaSmart journey, as a script for the recorder: what the pages are looked at with."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.conversation.outbound import CodeField, ReplyLink
from tests.web.recorder import Place, Said

ASIDE = (("Wróć", "/back"), ("Pomoc", "/help"))
CONSENTS = (
    ("rodo", "Przetwarzanie danych osobowych w celu świadczenia usługi (obowiązkowa)"),
    ("regulamin", "Regulamin konta FakturaSmart (obowiązkowa)"),
    ("nowosci", "Wiadomości o nowościach i ofertach na e-mail"),
)
HELLO = (
    "Dzień dobry, tu okienko FakturaSmart. Pomogę założyć konto, kupić usługę i włączyć e-faktury, bez formularzy.\n\n"
    "Od czego zaczynamy?"
)


@dataclass
class Step:
    """A place in the sample journey."""

    place: Place
    say: Said
    takes: Callable[[str], bool] = bool
    wrong: str = "Proszę wybrać jedną z odpowiedzi."


BY_SMS = CodeField("sms", "contact_code:again", 0, proven=False)


def _step(dialog: str, step: str, expects: str, n: int, part: str, say: Said, **more: object) -> Step:
    codes = (BY_SMS,) if expects == "contact_code" else ()
    return Step(Place(dialog, step, expects, n, 8, part, codes=codes), say, **more)  # pyright: ignore[reportArgumentType]


def steps(page: str) -> list[Step]:
    """The journey, its secure page and payment at `page` (an address without a slash at its end)."""
    secure = ReplyLink("secure_page", f"{page}/s/set", "Ustaw hasło")
    pay = ReplyLink("payment", f"{page}/p/paid", "Zapłać 367,77 zł", "0a1b2c3d")
    return [
        _step(
            "account",
            "start",
            "choice",
            0,
            "Początek",
            Said(HELLO, (("Kup teraz", "start:buy"), ("Zaloguj się", "start:log_in"), ("Pomoc", "/help"))),
        ),
        _step(
            "account",
            "email",
            "email",
            0,
            "Konto",
            Said("Na jaki adres e-mail założyć konto? Na ten adres wyślemy też faktury.\nNp. anna@firma.pl", ASIDE),
            takes=lambda words: "@" in words,
            wrong="W tym adresie brakuje znaku @. Jak wygląda cały adres?",
        ),
        _step(
            "account",
            "secure_page",
            "secure_page",
            1,
            "Konto",
            Said(
                "Zakładam konto dla anna@firma.pl.\nHasło ustawia się na osobnej, bezpiecznej stronie.", (), (secure,)
            ),
        ),
        _step(
            "account",
            "consents",
            "consents",
            1,
            "Zgody",
            Said("Hasło przyjęte.\n\nJeszcze zgody. Co wolno nam robić?"),
        ),
        _step(
            "contact",
            "phone",
            "phone",
            2,
            "Kontakt",
            Said("Dziękuję, zapisane. Pod jaki numer wysłać kod SMS? Posłuży tylko do potwierdzenia konta.", ASIDE),
        ),
        _step(
            "contact",
            "contact_code",
            "contact_code",
            2,
            "Kontakt",
            Said(
                "Kod wysłany na +48 512 000 111. Proszę wpisać 6 cyfr.",
                (("Wyślij ponownie", "contact_code:again"), *ASIDE),
            ),
            takes=lambda words: len(words.replace(" ", "")) == 6,
            wrong="Ten kod ma mieć 6 cyfr. Jest w SMS-ie od FakturaSmart.",
        ),
        _step(
            "company",
            "tax_number",
            "tax_number",
            3,
            "Dane firmy",
            Said("Numer potwierdzony. Jaki jest NIP firmy? Resztę danych pobiorę z rejestru.", ASIDE),
            takes=lambda words: sum(map(str.isdigit, words)) == 10,
            wrong="Ten NIP ma 9 cyfr, powinien mieć 10. Czy brakuje ostatniej?",
        ),
        _step(
            "company",
            "confirm_data",
            "confirm_data",
            4,
            "Dane firmy",
            Said(
                "Mam: 123-456-32-18.\n\nPracownia Bursztyn sp. z o.o.\nul. Długa 12/4\n80-831 Gdańsk\nPolska\n\n"
                "Z tych danych powstaną faktury. Czy wszystko się zgadza?",
                (("Zgadza się", "confirm:yes"), ("Zmień", "confirm:edit"), *ASIDE),
            ),
        ),
        _step(
            "payment",
            "payment",
            "payment",
            6,
            "Płatność",
            Said(
                "Zamówienie FS/2026/000123 złożone. Do zapłaty 367,77 zł brutto za rok.\n"
                "Tu nigdy nie prosimy o dane karty ani kod BLIK.",
                (("Inna metoda", "method:card"),),
                (pay,),
            ),
        ),
    ]


@dataclass
class Journey:
    """The sample journey of one conversation."""

    page: str = "http://127.0.0.1"
    locale: str = "pl"
    at: int = 0
    ticked: set[str] = field(default_factory=set)
    place: Place = field(default_factory=Place)

    def answer(self, words: str) -> list[Said]:
        """The next question, or this one again."""
        all_steps = steps(self.page)
        if words.startswith("/start"):
            return self._ask(all_steps[0])
        if words.startswith("/lang "):
            self.locale = words.removeprefix("/lang ")
            return self._ask(all_steps[self.at], "Language: " + self.locale)
        if words.startswith("consents:toggle:"):
            self.ticked ^= {words.removeprefix("consents:toggle:")}
            return [replace(said, text=said.text.split("\n\n")[-1]) for said in self._ask(all_steps[self.at])]
        if words.startswith("/"):
            return self._ask(all_steps[self.at], "Tu zawsze można wrócić, poprosić o pomoc albo o człowieka.")
        if not all_steps[self.at].takes(words):
            return [Said(all_steps[self.at].wrong, ASIDE)]
        self.at = min(self.at + 1, len(all_steps) - 1)
        return self._ask(all_steps[self.at])

    def _ask(self, step: Step, before: str = "") -> list[Said]:
        self.place = step.place
        said = replace(step.say, buttons=self._consents()) if step.place.expects == "consents" else step.say
        return [*([Said(before)] if before else []), said]

    def _consents(self) -> tuple[tuple[str, str], ...]:
        boxes = tuple((("☑ " if i in self.ticked else "☐ ") + text, f"consents:toggle:{i}") for i, text in CONSENTS)
        done = (("Dalej", "consents:done"), ("Tylko obowiązkowe", "consents:required"), ("Wszystkie", "consents:all"))
        return (*boxes, *done, ("Wróć", "/back"))
