"""What is done agrees with what was said: no act the other way round, in sentences of three languages at every step."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.simulation.outcomes.trial import TriedMessage, try_items
from bot.simulation.outcomes.wanted import Near
from dialogs.messages.zone import SetAutoRenewal
from tests.nightly import portion

PROFILE = Path(__file__).parents[3] / "profiles" / "fakturasmart"
ROWS = [line.split("\t") for line in Path(__file__).with_name("sentences.tsv").read_text("utf-8").splitlines()]
EVERY = frozenset({"privacy", "data_processing", "marketing_email", "marketing_phone"})
Outcome = Callable[[str, TriedMessage], str]
RENEWED = {"yes": True, "no": False}
LEAST_RIGHT = 0.85


def verdict(want: str, trial: TriedMessage) -> str:
    """Return right, asked or opposite; `!=` forbids one outcome alone."""
    slot, forbids, value = want.partition("!=") if "!=" in want else want.partition("=")
    found = OUTCOMES[slot](value, trial)
    if forbids == "!=":
        return "opposite" if found == "right" else "right"
    return found


def of_renewal(value: str, trial: TriedMessage) -> str:
    now, before = trial.after.order.auto_renewal, trial.before.order.auto_renewal
    return "right" if now is RENEWED[value] else "asked" if now is before else "opposite"


def of_consents(value: str, trial: TriedMessage) -> str:
    account = trial.after.account
    given = frozenset(account.consents or account.ticked)
    wanted = EVERY if value == "all" else frozenset(value.split(",")) - {""}
    if given == wanted or (wanted and given - wanted <= {"privacy", "data_processing"} and wanted <= given):
        return "right" if wanted or account.consents is None else "opposite"
    return "opposite" if given - wanted else "asked"


def of_method(value: str, trial: TriedMessage) -> str:
    now, before = trial.after.order.method, trial.before.order.method
    if not value:
        return "right" if now == before else "opposite"
    return "right" if now == value else "asked" if now == before else "opposite"


def of_switch(value: str, trial: TriedMessage) -> str:
    set_to = [one.on for one in trial.commands if isinstance(one, SetAutoRenewal)]
    return "right" if set_to == [value == "on"] else "opposite" if set_to else "asked"


def untouched(name: str) -> Outcome:
    def outcome(_value: str, trial: TriedMessage) -> str:
        return "opposite" if any(type(one).__name__ == name for one in trial.commands) else "right"

    return outcome


OUTCOMES: Mapping[str, Outcome] = {
    "renewal": of_renewal,
    "ticked": of_consents,
    "method": of_method,
    "leaving": lambda _value, trial: "right" if {"/agent", "end:term_end"} & {*trial.offered} else "asked",
    "zrenew": of_switch,
    "einvoice": untouched("ActivateEInvoice"),
    "confirm": untouched("SaveCompany"),
    "phone": untouched("IssueCode"),
    "nip": lambda _value, trial: "right" if trial.after.company.tax_number is None else "opposite",
}


@pytest.mark.parametrize("lang", ["pl", "it", "en"])
async def test_nothing_is_done_the_other_way_round(lang: str) -> None:
    items = {(at, text): want for code, at, text, want in portion([row for row in ROWS if row[0] == lang], 3)}
    found = await try_items(PROFILE, lang, [Near(lang=lang, at=at, text=text) for at, text in items])
    told = [(one.text, one.at, verdict(items[one.at, one.text], trial)) for one, trial in found]
    assert [one for one in told if one[2] == "opposite"] == []
    shares = Counter(one[2] for one in told)
    assert shares["right"] >= LEAST_RIGHT * len(told), [one for one in told if one[2] != "right"]


DENIAL = {"pl": "nie", "it": "non", "en": "not"}
RENEWING = re.compile(r"\b\w*(?:odn[ao]w|przedłuż|rinnov|prolung|renew)\w*", re.I)


@pytest.mark.parametrize("lang", ["pl", "it", "en"])
async def test_a_denial_put_into_its_clause_never_leaves_the_act_the_same(lang: str) -> None:
    wished = [(at, text) for code, at, text, want in ROWS if code == lang and want == "renewal=yes" and at != "pay"]
    denied = [(at, RENEWING.sub(rf"{DENIAL[lang]} \g<0>", t, count=1)) for at, t in wished if RENEWING.search(t)]
    assert len(denied) >= 6
    found = await try_items(PROFILE, lang, [Near(lang=lang, at=at, text=text) for at, text in denied if at != "terms"])
    assert [one.text for one, trial in found if trial.after.order.auto_renewal is True] == []
