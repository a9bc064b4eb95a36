"""What recognisers write of customers' words, and what the desk does with it at the step where it is heard.

The utterances stand in `tests/nlu/spoken/*.tsv`: kind, step, outcome, words. An outcome is one of

- `SLOT=VALUE`: the slot gets the value, at once or once the customer says that it was heard rightly;
- `option=PAYLOAD`: the same for a button that fills no slot of its own;
- `asks NAME|NAME`: a question or a wish, `faq` for any entry of the FAQ or of the step's own help;
- `change WHAT`: an earlier answer is to be changed;
- `nothing`: no slot gets a value, and no button is pressed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from msgspec.structs import replace

from bot.conversation.inbound import Inbound, Text
from bot.usecases.hearing.jobs import list_expected_words
from dialogs.messages import account
from services.hearing.transcriber import Transcript
from services.hearing.unheard import find_unheard_reason
from tests.architecture.rooms import ROOT
from tests.dialogs.driver import Driver
from tests.journeys.teller import hearing, profile
from values.channel import Channel
from values.meaning import Correction, Faq, Intent, Meaning, NavigationCommand, Press

SHOP, CART, ON_FILE, NAMED = "fakturasmart", "certified_platform", "vectra", "konto_insert"
ABROAD = {"it": "IT"}
"""Where the seller is, if not in Poland."""
SLOTS: dict[str, tuple[str, str]] = {
    "email": ("account", "email"),
    "phone": ("contact", "phone"),
    "tax": ("company", "tax_number"),
    "number": ("on_file", "number"),
    "name": ("account", "name"),
    "entry": ("account", "entry"),
    "has_one": ("account", "has_one"),
    "consents": ("account", "consents"),
    "ticked": ("account", "ticked"),
    "method": ("order", "method"),
    "renewal": ("order", "auto_renewal"),
    "terms": ("order", "terms"),
    "clauses": ("order", "clauses"),
    "order": ("order", "order_id"),
}
_SHOWN = {"True": "yes", "False": "no"}
STOPPED = frozenset({"voice.press", "voice.type_code", "voice.type_change"})
"""What is said where the words have no effect."""
_OWN_HELP = {"help": ("why",), "ask_step": ("why", "help"), "ask_kept": ("privacy",)}
"""Questions about the open step, by what the desk calls them."""
WISHES = {"change_contact", "correct_data", "change_contact_channel", "wrong_register_data"}
"""Requests to put something right; what, is asked next."""


@dataclass(frozen=True)
class Utterance:
    """A line of a set."""

    lang: str
    kind: str
    step: str
    wanted: str
    words: str
    place: str


@dataclass(frozen=True)
class Outcome:
    """What came of an utterance: slots with their values, and what the desk took it for."""

    filled: dict[str, str]
    meaning: Meaning | None

    def is_as(self, wanted: str) -> bool:
        """Return whether that was wanted."""
        if "=" in wanted:
            slot, _, value = wanted.partition("=")
            return self.filled == {slot: value}
        how, _, what = wanted.partition(" ")
        if self.filled:
            return False
        if how == "asks":
            return bool(self._asked() & {*what.split("|")})
        return how != "change" or self._changes(what)

    def binds_wrongly(self, wanted: str) -> bool:
        """Return whether something was taken for the customer's that isn't."""
        slot, _, value = wanted.partition("=")
        return bool(self.filled.items() - {(slot, value)})

    def _asked(self) -> set[str]:
        match self.meaning:
            case NavigationCommand("agent") | Intent("talk_to_agent"):
                return {"person"}
            case NavigationCommand(name) | Intent(name):
                return {name, *_OWN_HELP.get(name, ())}
            case Faq(entry):
                return {"faq", entry}
            case _:
                return set()

    def _changes(self, what: str) -> bool:
        match self.meaning:
            case Correction(named):
                return named == what
            case Press(payload):
                return payload == f"edit:{what}"
            case Intent(name):
                return name in WISHES
            case _:
                return False


@cache
def utterances(name: str) -> tuple[Utterance, ...]:
    """Return a set by its file's name, such as `pl` or `held_out_pl`."""
    path = ROOT / f"tests/nlu/spoken/{name}.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = ((number, line.split("\t")) for number, line in enumerate(lines, 1))
    return tuple(Utterance(name[-2:], *row, place=f"{path.name}:{number}") for number, row in rows)


def outcome(one: Utterance) -> Outcome:
    """Hear an utterance at its step, and say that it was heard rightly if the desk asks."""
    name, driver = at(one.step, one.lang)
    before = _filled(driver)
    if (
        find_unheard_reason(Transcript(one.words, None), list_expected_words(profile(name).renderer(), one.lang))
        is not None
    ):
        return Outcome({}, None)
    inbound = Inbound(Channel.REST, "s", "k", Text(one.words))
    said = hearing(name).hear_spoken(one.words, inbound, driver.step, driver.context(driver.case)).said
    driver.happen(said)
    if driver.at == "voice.said_back":
        driver.press("said_back:yes")
    filled = {slot: value for slot, value in _filled(driver).items() if before.get(slot) != value}
    if one.step != "start":  # elsewhere it is the beginning of something else that was asked for
        filled.pop("entry", None)
    pressed = said.meaning
    if one.step == "confirm" and isinstance(pressed, Intent) and pressed.name in WISHES:
        filled = {"option": "confirm:edit"}
    if not filled and isinstance(pressed, Press) and not STOPPED & {*driver.said}:
        filled = _pressed(pressed.payload)
    return Outcome(filled, said.meaning)


def _pressed(payload: str) -> dict[str, str]:
    name, _, value = payload.partition(":")
    if name == "edit":
        return {}
    return {name: value} if name == "addons" else {"option": payload}


def _filled(driver: Driver) -> dict[str, str]:
    values = ((slot, getattr(getattr(driver.case, dialog, None), name, None)) for slot, (dialog, name) in SLOTS.items())
    return {slot: _SHOWN.get(str(value), str(value)) for slot, value in values if value not in (None, ())}


def at(step: str, lang: str) -> tuple[str, Driver]:
    """Return the seller's name, and a customer of theirs at a step."""
    name, reach = STEPS[step]
    seller = replace(profile(name).seller, country=ABROAD.get(lang, "PL"))
    if step == "tax_eu":
        seller = replace(seller, company=replace(seller.company, vatin=True))
    driver = Driver(seller)
    driver.case = replace(driver.case, talk=replace(driver.case.talk, locale=lang, greeted=True))
    reach(driver, lang)
    driver.said.clear()
    return name, driver


Reach = Callable[[Driver, str], Any]


def _then(before: Reach, act: Reach) -> Reach:
    def reach(driver: Driver, lang: str) -> None:
        before(driver, lang)
        act(driver, lang)

    return reach


def _begin(_driver: Driver, _lang: str) -> None:
    """Stand where everybody begins."""


_PASSWORD = account.PasswordSet("page-set_password", "credential-1")
_emailed = _then(_begin, lambda d, _: d.press("start:buy", "account:new"))
_consenting = _then(_emailed, lambda d, _: d.write("jan@example.com").happen(_PASSWORD))
_phoned = _then(_consenting, lambda d, _: d.press("consents:required"))
_coded = _then(_phoned, lambda d, lang: d.write("333 987 6543" if lang == "it" else "512 000 998"))
_taxed = _then(_coded, lambda d, _: d.write("123456"))
_confirming = _then(_taxed, lambda d, lang: d.write("12345670017" if lang == "it" else "1234563218"))
_on_card = _then(_confirming, lambda d, _: d.prove_email().press("confirm:yes"))
_agreeing = _then(_on_card, lambda d, _: d.press("auto_renewal:yes", "method:blik"))
_renewing = _then(_on_card, lambda d, _: d.press("method:blik", "terms:accept", "clauses:accept"))
_paying = _then(_renewing, lambda d, _: d.press("auto_renewal:yes"))
STEPS: dict[str, tuple[str, Reach]] = {
    "start": (SHOP, _begin),
    "account": (SHOP, lambda driver, _lang: driver.press("start:buy")),
    "email": (SHOP, _emailed),
    "consents": (SHOP, _consenting),
    "phone": (SHOP, _phoned),
    "code": (SHOP, _coded),
    "tax": (SHOP, _taxed),
    "tax_eu": (SHOP, _taxed),
    "confirm": (SHOP, _confirming),
    "method": (SHOP, _on_card),
    "terms": (SHOP, _agreeing),
    "renewal": (SHOP, _renewing),
    "pay": (SHOP, _paying),
    "addons": (CART, lambda driver, _lang: driver.press("start:buy")),
    "number": (ON_FILE, lambda driver, _lang: driver.press("start:sign_up")),
    "name": (NAMED, lambda driver, _lang: driver.press("start:sign_up")),
}


def misses(of: tuple[Utterance, ...]) -> Iterator[tuple[Utterance, Outcome]]:
    """Yield what came out otherwise than it was meant."""
    for one in of:
        came = outcome(one)
        if not came.is_as(one.wanted):
            yield one, came
