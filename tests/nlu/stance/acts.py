"""The acts of the property test *assertion*: plain forms, the words they are made of, and what taking effect means.

A frame takes a plain form and makes of it what isn't asserted by the customer, now. Frames of one act's grammar stand
with the act; those of any sentence are shared.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.kit.rows import phrases_of
from values.expected import ConsentName, Expected, OptionWords
from values.meaning import BindingAct, Consenting, Expects, Intent, Meaning, NavigationCommand, Press

Effect = Callable[[Meaning], bool]

PAY = Expected(
    Expects.choice,
    "pay",
    (OptionWords("pay:now", ("Zamawiam z obowiązkiem zapłaty", "Order now", "Ordino ora"), BindingAct.order),),
)
PAYMENT = Expected(Expects.payment, "payment", (OptionWords("payment:check", ("Sprawdź płatność",)),))
TERMS = Expected(
    Expects.choice,
    "terms",
    (OptionWords("terms:accept", ("Akceptuję regulamin", "I accept", "Accetto"), BindingAct.agree),),
)
EINVOICE = Expected(
    Expects.choice,
    "einvoice",
    (
        OptionWords("einvoice:activate", ("Włącz", "Activate", "Attiva"), BindingAct.activate),
        OptionWords("einvoice:later", ("Później", "Later", "Più tardi")),
    ),
)
RENEWAL = Expected(
    Expects.choice,
    "auto_renewal",
    (
        OptionWords("auto_renewal:yes", ("Tak", "Yes", "Sì"), BindingAct.renew),
        OptionWords("auto_renewal:no", ("Nie", "No")),
    ),
)
WITHDRAWAL = Expected(
    Expects.choice,
    "einvoice_off",
    (
        OptionWords(
            "einvoice_off:yes", ("Wycofaj zgodę", "Withdraw consent", "Revoca il consenso"), BindingAct.withdraw
        ),
    ),
)
MAIL = Expected(Expects.email, "email")
CODE = Expected(Expects.contact_code, "contact_code")
MENU = Expected(
    Expects.nothing,
    "zone",
    consents=(
        ConsentName("marketing_email", False, ("Marketing e-mailem", "Marketing via e-mail", "Marketing by e-mail")),
    ),
)


def pressed(payload: str) -> Effect:
    """Return the test of an option that is taken."""
    return lambda meant: isinstance(meant, Press) and meant.payload == payload


def wished(*names: str) -> Effect:
    """Return the test of an intent."""
    return lambda meant: isinstance(meant, Intent) and meant.name in names


def commanded(name: str) -> Effect:
    """Return the test of a command."""
    return lambda meant: isinstance(meant, NavigationCommand) and meant.name == name


@dataclass(frozen=True)
class Act:
    """An act at the step where it can be done.

    Of its forms, `plain` ones take effect; `third` have their verb said of somebody else, `past` of before. Acts that
    are also done for a request in the form of a question have no questions `asked` that do nothing.
    """

    name: str
    at: Expected
    took: Effect
    asks: bool = True

    def forms(self, form: str, lang: str) -> Sequence[str]:
        """Return the forms of a kind in a language."""
        return phrases_of(__file__, f"{self.name} {form}")[lang]


WHO = phrases_of(__file__, "WHO")
WHEN = phrases_of(__file__, "WHEN")
IF = phrases_of(__file__, "IF")
LATER = phrases_of(__file__, "LATER")
SAYS = phrases_of(__file__, "SAYS")


def frames(act: Act, lang: str) -> Iterator[str]:
    """Yield sentences that name the act without asking for it: of third persons, the past, conditions, denials."""
    for verb in act.forms("third", lang):
        yield from (f"{who} {verb}" for who in WHO[lang])
        yield from (
            f"{who} {verb}, nie ja"
            if lang == "pl"
            else f"{who} {verb}, non io"
            if lang == "it"
            else f"{who} {verb}, not me"
            for who in WHO[lang]
        )
        yield from (f"{verb} {who}" for who in WHO[lang] if lang != "en" and not verb.startswith(("chce", "vuole")))
        yield from (f"{who} {verb} {when}" for who in WHO[lang] for when in LATER[lang])
    for verb in act.forms("past", lang):
        yield from (f"{verb} {when}" for when in WHEN[lang])
        yield from (f"{when} {verb}" for when in WHEN[lang])
    yield from act.forms("denied", lang)
    for denied in act.forms("denied", lang):
        yield from (f"{denied} {when}" for when in LATER[lang])
        yield from (f"{condition}, {denied}" for condition in IF[lang])
    for plain in act.forms("plain", lang):
        yield from (f"{plain} {condition}" for condition in IF[lang])
        yield from (f"{plain}, {condition}" for condition in IF[lang])
        yield from (f"{condition} {plain}" for condition in IF[lang])
        yield from (f"{said} {plain}" for said in SAYS[lang])
    if act.asks:
        yield from act.forms("asked", lang)
    yield from (f"{who} {verb}?" for who in WHO[lang] for verb in act.forms("third", lang))


ACTS = (
    Act("order", PAY, pressed("pay:now")),
    Act("agree", TERMS, pressed("terms:accept")),
    Act("activate", EINVOICE, pressed("einvoice:activate")),
    Act("renew", RENEWAL, pressed("auto_renewal:yes")),
    Act("withdraw", WITHDRAWAL, pressed("einvoice_off:yes")),
    Act("cancel", PAYMENT, commanded("cancel")),
    Act(
        "hand_over",
        MAIL,
        lambda meant: wished("talk_to_agent", "complaint")(meant) or commanded("agent")(meant),
        asks=False,
    ),
    Act("log_in", PAY, wished("log_in"), asks=False),
    Act("log_out", PAY, wished("log_out"), asks=False),
    Act("language", PAY, commanded("lang")),
    Act("consent", MENU, lambda meant: isinstance(meant, Consenting) or wished("withdraw_consent")(meant)),
    Act("new_code", CODE, wished("resend_code")),
)
