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
from dialogs.order.accepting import RENEWAL, find_manner, renewal_set
from dialogs.order.bought import going_on, has_renewing_subscription, withdrawable
from dialogs.order.in_books import price_of
from dialogs.renewal.renewal import said
from dialogs.renewal.renewing import list_renewable, under_way
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


def way(ctx: Ctx) -> tuple[Option, ...]:
    """Return the button that takes the consent back, where it stands."""
    stands = demands_renewal_consent(ctx) and has_renewing_subscription(ctx)
    return (Option(f"consents:withdraw:{RENEWAL}", f"consent.{RENEWAL}.title", loses=True),) if stands else ()


def leaving_options(ctx: Ctx) -> tuple[Option, ...]:
    """Return the button for whoever wants out of a contract; the question about its end leads on to the other."""
    if ctx.case.account.id is None:
        return ()
    undone = (WITHDRAWAL,) if withdrawable(ctx) else ()
    return (ENDING, *(replace(one, hidden=True) for one in undone)) if going_on(ctx) else undone


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
        params=lambda _s, ctx: {"owns": bool(list_renewable(ctx)), "programs": said(list_renewable(ctx), ctx)},
        intents={"affirm": "end_renewal:yes", "back": "zone:home", "cancel": "zone:home", "deny": "zone:home"},
        said_back=False,
    )
    question.on(Answered)(take_consent_back)
    question.on(Chosen)(keep_consent)
    end = dialog.choose(
        END,
        lambda _s, c: (
            Option("end:term_end", "option.end.term_end", binds=BindingAct.withdraw, loses=True),
            *((WITHDRAWAL,) if withdrawable(c) else ()),
            Option("zone:home", "option.end.no"),
        ),
        when=lambda s, c: s.leaving == END and bool(going_on(c)),
        done=lambda _s, _c: False,
        params=_last_days,
        intents={"affirm": "end:term_end", **dict.fromkeys(("back", "cancel", "deny"), "zone:home")},
        said_back=False,
    )
    end.on(Answered)(end_confirmed)
    end.on(Chosen)(contract_kept)
    dialog.anywhere("zone:end")(end_wanted)
    withdraw = dialog.choose(
        WITHDRAW,
        lambda _s, _c: (
            Option("withdraw:confirm", "option.withdraw.confirm", binds=BindingAct.withdraw, loses=True),
            Option("zone:home", "option.withdraw.no"),
        ),
        when=lambda s, c: s.leaving == WITHDRAW and withdrawable(c) is not None,
        done=lambda _s, _c: False,
        params=_contract,
        intents={"affirm": "withdraw:confirm", **dict.fromkeys(("back", "cancel", "deny"), "zone:home")},
        said_back=False,
    )
    withdraw.on(Answered)(withdrawal_confirmed)
    withdraw.on(Chosen)(contract_kept)
    dialog.anywhere("zone:withdraw")(end_wanted)
    dialog.always(ConsentTakenBack)(taken_back)
    dialog.always(AutoRenewalSet)(close_renewal_questions)


def taken_back(s: OwnData, e: ConsentTakenBack, ctx: Ctx) -> Decision[OwnData]:
    """Say that the renewal ends with it, and ask; said once more, that is the answer."""
    if RENEWAL not in e.said.refused or not demands_renewal_consent(ctx):
        return then(s)
    if ctx.case.account.id is None:
        return then(s, Say("personal.consents_log_in", options=(replace(HUMAN, aside=True),)))
    if s.ends_renewal:
        return then(s, renewal_set(ctx, on=False))
    if has_renewing_subscription(ctx):
        return then(replace(s, ends_renewal=True))
    told = () if under_way(ctx) else (Say("personal.consents_not_given", consent_words.titles((RENEWAL,))),)
    return then(s, *told)


def take_consent_back(s: OwnData, _e: Answered, ctx: Ctx) -> Decision[OwnData]:
    """Take the consent back; the zone tells how the terms go on."""
    return then(s, renewal_set(ctx, on=False))


def keep_consent(s: OwnData, _e: Chosen, _ctx: Ctx) -> Decision[OwnData]:
    """Leave the consent as it is."""
    return then(replace(s, ends_renewal=False), Say("own_data.renewal_stays"))


def close_renewal_questions(s: OwnData, e: AutoRenewalSet, ctx: Ctx) -> Decision[OwnData]:
    """Close the questions, however it was settled; what was ended here is told by letter, too."""
    letter = (SendNote(NOTE_ENDING, e.ended[0], at=ctx.now),) if e.ended else ()
    return then(replace(s, ends_renewal=False, leaving=None), *letter)


def end_wanted(s: OwnData, e: Answered, ctx: Ctx) -> Decision[OwnData]:
    """Ask whether what runs is to end, or is withdrawn from, at whatever step."""
    return then(s, Say("own_data.log_in_first")) if ctx.case.account.id is None else ask_once(s, str(e.value), ctx)


def ask_once(s: OwnData, page: str, ctx: Ctx) -> Decision[OwnData]:
    """Ask once: with the last day (what doesn't renew ends then anyway), or with the contract and its sum."""
    if page == WITHDRAW:
        open_ = withdrawable(ctx) is not None
        return then(replace(s, leaving=WITHDRAW)) if open_ else then(s, Say("own_data.no_withdrawal", options=(HUMAN,)))
    if going_on(ctx):
        return then(replace(s, leaving=END))
    return then(s, Say("own_data.ends_anyway" if ctx.books.owned else "zone.no_subscription", _last_days(s, ctx)))


def end_confirmed(s: OwnData, _e: Answered, ctx: Ctx) -> Decision[OwnData]:
    """End it with its term."""
    return then(s, EndContract(need_slot(ctx.case.account.id), find_manner(ctx)))


def withdrawal_confirmed(s: OwnData, _e: Answered, ctx: Ctx) -> Decision[OwnData]:
    """State it, as words do."""
    order = withdrawable(ctx)
    declared = () if order is None else (Tell(Declared("", number=order.number)),)
    return then(replace(s, leaving=None), *declared)


def contract_kept(s: OwnData, e: Chosen, ctx: Ctx) -> Decision[OwnData]:
    """Leave everything as it is, or ask about the withdrawal instead."""
    if e.payload == WITHDRAWAL.payload:
        return ask_once(s, WITHDRAW, ctx)
    return then(replace(s, leaving=None), Say("own_data.contract_stays"))


def _contract(_s: OwnData, ctx: Ctx) -> Params:
    order = withdrawable(ctx)
    return {} if order is None else {"number": order.number, "gross": price_of(order).gross}


def _last_days(_s: OwnData, ctx: Ctx) -> Params:
    ends = [(of.product, of.ends_at) for of in going_on(ctx) or ctx.books.owned]
    return {"until": last_days(ends, ctx.seller)}
