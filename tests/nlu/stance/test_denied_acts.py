"""An act that is denied isn't done, at any step, in any language; said without the denial it is understood."""

import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from nlu.stance import without_denied_acts
from nlu.understand import understand
from tests.nightly import portion
from tests.nlu.stance import acts
from tests.shipped import profile
from values.expected import ConsentName, Expected, OptionWords
from values.meaning import BindingAct, Consenting, Correction, Expects, Intent, Meaning, NavigationCommand, Press

DENIED: dict[str, Any] = tomllib.loads(Path(__file__).with_name("denied.toml").read_text(encoding="utf-8"))
CONSENTS = (
    ConsentName("einvoice", False, ("E-faktury", "Fatture elettroniche", "E-invoices", "E-Rechnungen")),
    ConsentName("marketing_email", False, ("Marketing e-mailem", "Marketing via e-mail", "Marketing by e-mail")),
)
STORED = {kind: Expects(kind) for kind in ("street", "postal_code", "city", "company_name")}
ZONE = Expected(
    Expects.nothing,
    "zone",
    (
        OptionWords("zone:log_out", ("Wyloguj", "Esci", "Log out", "Abmelden")),
        OptionWords("zone:password", ("Zmień hasło", "Cambia password", "Change password", "Passwort ändern")),
        OptionWords("auto_renewal:no", ("Nie odnawiaj", "Non rinnovare", "Do not renew")),
    ),
    consents=CONSENTS,
    correctable=STORED,
)
SHOWN = Expected(
    Expects.confirm_data,
    "confirm",
    (OptionWords("confirm:yes", ("Zgadza się",)), OptionWords("confirm:edit", ("Zmień", "Cambia", "Change"))),
    consents=CONSENTS,
    correctable=STORED,
)
STEPS = (ZONE, SHOWN, acts.EINVOICE, acts.TERMS, acts.PAY, acts.PAYMENT, acts.MAIL, acts.RENEWAL)
NOTHING = frozenset({"leave_as_it_is", "out_of_scope", "inform", "affirm", "deny", "complaint", "help"})
"""Intents about which nothing is done."""
NOES = (f"{acts.EINVOICE.step}:later", f"{acts.RENEWAL.step}:no")
"""Answers of an own step that leave things as they are, too."""


def does(said: Meaning, at: Expected) -> bool:
    """Return whether a meaning changes something, ends something or calls somebody."""
    match said:
        case Press(payload):
            return at is ZONE or payload not in NOES
        case Intent(name):
            return name not in NOTHING and not name.startswith("ask_")
        case _:
            return isinstance(said, Consenting | Correction | NavigationCommand)


def read(text: str, at: Expected, lang: str) -> Meaning:
    return understand(text, at, locale=lang, known=profile("kontorblatt" if lang == "de" else "fakturasmart").known)


def denied(lang: str) -> Iterator[str]:
    table = DENIED["acts"][lang]
    yield from (frame.format(*forms) for frame, (_plain, *forms) in product(table["frames"], table["said"]))


@pytest.mark.parametrize("lang", DENIED["acts"])
def test_a_denied_act_is_done_at_no_step(lang: str) -> None:
    tried = portion(product(STEPS, denied(lang)), 11)
    assert [(at.step, text) for at, text in tried if does(read(text, at, lang), at)] == []


@pytest.mark.parametrize("lang", DENIED["acts"])
def test_the_same_act_without_the_denial_is_understood(lang: str) -> None:
    plain = [said for said, *_ in DENIED["acts"][lang]["said"]]
    assert [text for text in plain if not any(does(read(text, at, lang), at) for at in (ZONE, SHOWN))] == []
    assert [text for text in plain if without_denied_acts(text) != text] == []


@pytest.mark.parametrize("lang", DENIED["governed"])
def test_an_act_that_other_words_govern_is_not_done(lang: str) -> None:
    tried: Iterator[tuple[Expected, str]] = product((ZONE, SHOWN, acts.PAYMENT), DENIED["governed"][lang])
    for at, text in tried:
        said = read(text, at, lang)
        done = isinstance(said, NavigationCommand) or (isinstance(said, Intent) and said.name.startswith("renewal_"))
        assert not done, (at.step, text, said)
        assert not getattr(said, "refused", ()), (at.step, text, said)


NOT_DENIED = (
    ("en", "I don't need it any more, cancel my subscription", "cancel_subscription"),
    ("en", "don't change the street, log me out", "log_out"),
    ("pl", "nie zmieniajcie hasła, tylko wylogujcie mnie", "log_out"),
    ("pl", "nie mogę się wylogować", "log_out"),
    ("it", "non toccate la via ma scollegatemi", "log_out"),
)


@pytest.mark.parametrize(("lang", "text", "name"), NOT_DENIED)
def test_what_else_is_said_beside_a_denial_is_done(lang: str, text: str, name: str) -> None:
    found = read(text, ZONE, lang)
    assert isinstance(found, Intent)
    assert found.name == name


TAKEN_BACK = ("nie chcę e-faktur", "non voglio le fatture elettroniche", "I don't want e-invoices any more")


@pytest.mark.parametrize(("lang", "text"), [*zip(("pl", "it", "en"), TAKEN_BACK, strict=True)])
def test_a_denial_of_the_thing_itself_takes_the_consent_back(lang: str, text: str) -> None:
    assert read(text, ZONE, lang) == Consenting(refused=("einvoice",), text=text)


SIGHED = (("pl", "oj tak tak"), ("pl", "ech, tak, tak"), ("it", "eh sì sì"), ("it", "uff sì sì"), ("en", "ugh yes yes"))
MEANT = (("pl", "tak, tak"), ("pl", "oj tak"), ("it", "sì sì"), ("en", "yes yes"), ("it", "ah sì sì, accetto"))


@pytest.mark.parametrize(("lang", "text"), [*SIGHED, *MEANT])
def test_a_yes_said_twice_behind_a_sigh_accepts_nothing(lang: str, text: str) -> None:
    given = read(text, acts.TERMS, lang) == Press("terms:accept")
    assert given is ((lang, text) in MEANT)
    assert acts.TERMS.options[0].binds is BindingAct.agree
