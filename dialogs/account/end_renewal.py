"""The consent to automatic renewal taken back where nothing is sold without it: renewal ends once that is confirmed.

A page of own data, so that it opens from any step and leads back to it. Words that name the renewal itself ("don't
renew it") say what ends, and are heard at once. Those that end the contract are asked about, with its last day;
the button of withdrawal states what the words of it do.
"""

from typing import Literal

from msgspec.structs import replace

from dialogs.account import consent_words
from dialogs.kit import (
    HUMAN,
    Answered,
    Chosen,
    ConsentTakenBack,
    Decision,
    Declared,
    Dialog,
    Option,
    Params,
    Say,
    Tell,
    need_slot,
    then,
)
from dialogs.messages.letters import SendNote
from dialogs.messages.zone import AutoRenewalSet, EndContract
from dialogs.order.accepting import RENEWAL, find_manner, make_renewal_switch
from dialogs.order.bought import find_withdrawable_order, has_renewing_subscription, list_renewing
from dialogs.order.in_books import price_of
from dialogs.renewal.renewal import word_programs
from dialogs.renewal.renewing import is_choosing_renewal, list_renewable
from dialogs.renewal.shown import last_days
from dialogs.state import Ctx, OwnData
from values.meaning import BindingAct
from values.rules import NOTE_ENDING

END: Literal["end"] = "end"
WITHDRAW: Literal["withdraw"] = "withdraw"
ENDING, WITHDRAWAL = (Option(f"zone:{way}", f"option.zone.{way}") for way in (END, WITHDRAW))


def demands_renewal_consent(ctx: Ctx) -> bool:
    """Return whether this seller sells nothing without the consent, so that it is one to be taken back."""
    return ctx.seller.auto_renewal == "obligatory" and ctx.seller.accepts(RENEWAL)


def offer_consent_withdrawal(ctx: Ctx) -> tuple[Option, ...]:
    """Return the button that takes the consent back, where it stands."""
    stands = demands_renewal_consent(ctx) and has_renewing_subscription(ctx)
    return (Option(f"consents:withdraw:{RENEWAL}", f"consent.{RENEWAL}.title", loses=True),) if stands else ()


def leaving_options(ctx: Ctx) -> tuple[Option, ...]:
    """Return the button for whoever wants out of a contract; the question about its end leads on to the other."""
    if ctx.case.account.id is None:
        return ()
    undone = (WITHDRAWAL,) if find_withdrawable_order(ctx) else ()
    return (ENDING, *(replace(one, hidden=True) for one in undone)) if list_renewing(ctx) else undone


def declare(dialog: Dialog[OwnData]) -> None:
    """Declare the question, and what opens and closes it."""
    question = dialog.choose(
        "end_renewal",
        lambda _s, _c: (
            Option("end_renewal:yes", "option.my_data.withdraw", binds=BindingAct.withdraw, loses=True),
            Option("zone:home", "option.end_renewal.no"),
        ),
        when=lambda s, c: s.ends_renewal and c.case.account.id is not None,
        done=lambda _s, _c: False,
        params=lambda _s, ctx: {"owns": bool(list_renewable(ctx)), "programs": word_programs(list_renewable(ctx), ctx)},
        intents={"affirm": "end_renewal:yes", "back": "zone:home", "cancel": "zone:home", "deny": "zone:home"},
        said_back=False,
    )
    question.on(Answered)(take_consent_back)
    question.on(Chosen)(keep_consent)
    end = dialog.choose(
        END,
        lambda _s, c: (
            Option("end:term_end", "option.end.term_end", binds=BindingAct.withdraw, loses=True),
            *((WITHDRAWAL,) if find_withdrawable_order(c) else ()),
            Option("zone:home", "option.end.no"),
        ),
        when=lambda s, c: s.leaving == END and bool(list_renewing(c)),
        done=lambda _s, _c: False,
        params=_last_days,
        intents={"affirm": "end:term_end", **dict.fromkeys(("back", "cancel", "deny"), "zone:home")},
        said_back=False,
    )
    end.on(Answered)(end_contract)
    end.on(Chosen)(keep_contract)
    dialog.anywhere("zone:end")(ask_about_end)
    withdraw = dialog.choose(
        WITHDRAW,
        lambda _s, _c: (
            Option("withdraw:confirm", "option.withdraw.confirm", binds=BindingAct.withdraw, loses=True),
            Option("zone:home", "option.withdraw.no"),
        ),
        when=lambda s, c: s.leaving == WITHDRAW and find_withdrawable_order(c) is not None,
        done=lambda _s, _c: False,
        params=_contract,
        intents={"affirm": "withdraw:confirm", **dict.fromkeys(("back", "cancel", "deny"), "zone:home")},
        said_back=False,
    )
    withdraw.on(Answered)(declare_withdrawal)
    withdraw.on(Chosen)(keep_contract)
    dialog.anywhere("zone:withdraw")(ask_about_end)
    dialog.always(ConsentTakenBack)(ask_before_consent_ends)
    dialog.always(AutoRenewalSet)(close_renewal_questions)


def ask_before_consent_ends(s: OwnData, e: ConsentTakenBack, ctx: Ctx) -> Decision[OwnData]:
    """Say that the renewal ends with it, and ask; said once more, that is the answer."""
    if RENEWAL not in e.said.refused or not demands_renewal_consent(ctx):
        return then(s)
    if ctx.case.account.id is None:
        return then(s, Say("personal.consents_log_in", options=(replace(HUMAN, aside=True),)))
    if s.ends_renewal:
        return then(s, make_renewal_switch(ctx, on=False))
    if has_renewing_subscription(ctx):
        return then(replace(s, ends_renewal=True))
    told = () if is_choosing_renewal(ctx) else (Say("personal.consents_not_given", consent_words.titles((RENEWAL,))),)
    return then(s, *told)


def take_consent_back(s: OwnData, _e: Answered, ctx: Ctx) -> Decision[OwnData]:
    """Take the consent back; the zone tells how the terms go on."""
    return then(s, make_renewal_switch(ctx, on=False))


def keep_consent(s: OwnData, _e: Chosen, _ctx: Ctx) -> Decision[OwnData]:
    """Leave the consent as it is."""
    return then(replace(s, ends_renewal=False), Say("own_data.renewal_stays"))


def close_renewal_questions(s: OwnData, e: AutoRenewalSet, ctx: Ctx) -> Decision[OwnData]:
    """Close the questions, however it was settled; what was ended here is told by letter, too."""
    letter = (SendNote(NOTE_ENDING, e.ended[0], at=ctx.now),) if e.ended else ()
    return then(replace(s, ends_renewal=False, leaving=None), *letter)


def ask_about_end(s: OwnData, e: Answered, ctx: Ctx) -> Decision[OwnData]:
    """Ask whether what runs is to end, or is withdrawn from, at whatever step."""
    return then(s, Say("own_data.log_in_first")) if ctx.case.account.id is None else ask_to_leave(s, str(e.value), ctx)


def ask_to_leave(s: OwnData, page: str, ctx: Ctx) -> Decision[OwnData]:
    """Ask once: with the last day (what doesn't renew ends then anyway), or with the contract and its sum."""
    if page == WITHDRAW:
        open_ = find_withdrawable_order(ctx) is not None
        return then(replace(s, leaving=WITHDRAW)) if open_ else then(s, Say("own_data.no_withdrawal", options=(HUMAN,)))
    if list_renewing(ctx):
        return then(replace(s, leaving=END))
    return then(s, Say("own_data.ends_anyway" if ctx.books.owned else "zone.no_subscription", _last_days(s, ctx)))


def end_contract(s: OwnData, _e: Answered, ctx: Ctx) -> Decision[OwnData]:
    """End it with its term."""
    return then(s, EndContract(need_slot(ctx.case.account.id), find_manner(ctx)))


def declare_withdrawal(s: OwnData, _e: Answered, ctx: Ctx) -> Decision[OwnData]:
    """State it, as words do."""
    order = find_withdrawable_order(ctx)
    declared = () if order is None else (Tell(Declared("", number=order.number)),)
    return then(replace(s, leaving=None), *declared)


def keep_contract(s: OwnData, e: Chosen, ctx: Ctx) -> Decision[OwnData]:
    """Leave everything as it is, or ask about the withdrawal instead."""
    if e.payload == WITHDRAWAL.payload:
        return ask_to_leave(s, WITHDRAW, ctx)
    return then(replace(s, leaving=None), Say("own_data.contract_stays"))


def _contract(_s: OwnData, ctx: Ctx) -> Params:
    order = find_withdrawable_order(ctx)
    return {} if order is None else {"number": order.number, "gross": price_of(order).gross}


def _last_days(_s: OwnData, ctx: Ctx) -> Params:
    ends = [(of.product, of.ends_at) for of in list_renewing(ctx) or ctx.books.owned]
    return {"until": last_days(ends, ctx.seller)}
