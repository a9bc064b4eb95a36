"""The verdict on a message: its outcome compared with the wanted one."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from bot.simulation.outcomes import wanted as expectations
from bot.simulation.outcomes.effects import (
    JUDGING,
    are_alike,
    bound_by,
    commands_in,
    outward,
    plain_value,
    subjects,
    values_of,
    with_alike,
)
from bot.simulation.outcomes.trial import TriedMessage


class Verdict(StrEnum):
    """The outcome of a message, for its author."""

    RIGHT = "right"
    OFFERED = "offered"
    """The right answer is a press away."""
    ASKED = "asked"
    """Nothing was done, and the desk asks or says that it can't."""
    LOST = "lost"
    """Something said was neither kept nor named in the reply."""
    WRONG = "wrong"


class Judged(Struct, frozen=True):
    """The verdict on one message.

    `bound` is what it bound its author to without their saying so, `unasked` what was done of which they said nothing;
    `kept` and `lost` count values.
    """

    item: expectations.OneMessage
    trial: TriedMessage
    verdict: Verdict
    bound: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    kept: int = 0
    lost: tuple[str, ...] = ()


def judge_message(item: expectations.OneMessage, trial: TriedMessage) -> Judged:
    """Return the verdict on a message as it was tried."""
    allowed = _allowed(item)
    bound = tuple(name for name in bound_by(trial) if name not in allowed)
    done = tuple(name for name in outward(trial) if name not in allowed)
    verdict, kept, lost = _VERDICTS[type(item)](item, trial)
    if bound or done:
        verdict = Verdict.WRONG
    return Judged(item, trial, verdict, bound, done, kept, lost)


_OF_AN_ACT: Mapping[str, Sequence[str]] = JUDGING["of_an_act"]
_FOLLOWS: Mapping[str, Sequence[str]] = JUDGING["follows"]


# --- what is bound, and what is done ---


def _allowed(item: expectations.OneMessage) -> tuple[str, ...]:
    match item:
        case expectations.Bind(bound=bound):
            return (bound,)
        case expectations.WantedAct(want=want):
            return (*_OF_AN_ACT.get(want, (want,)), "language" if want.startswith("language") else "")
        case expectations.Correct(want=want) | expectations.Facts(want=want) | expectations.NotFacts(want=want):
            renews = ("auto_renewal", "renewal") if "auto_renewal" in want else ()
            return (*want, *renews, "buy")
        case expectations.Consents():
            return ("consents",)
        case expectations.OneQuestion(answers=answers):
            return answers
        case expectations.SeveralQuestions(each=each):
            return tuple(answer for answers in each for answer in answers)
        case expectations.Near():
            return ()


# --- questions ---


def _answers(trial: TriedMessage, wanted: tuple[str, ...]) -> Verdict:
    told = subjects(trial)
    good = with_alike(wanted)
    if told & good:
        return Verdict.RIGHT
    if told or not _stays(trial):
        return Verdict.WRONG
    if any(payload.removeprefix("faq:") in good for payload in trial.offered if payload.startswith("faq:")):
        return Verdict.OFFERED
    return Verdict.ASKED if wanted else Verdict.RIGHT


def _stays(trial: TriedMessage) -> bool:
    """Return whether nothing of the answers has changed."""
    return values_of(trial.before) == values_of(trial.after, trial.commands)


def _question(item: expectations.OneQuestion, trial: TriedMessage) -> tuple[Verdict, int, tuple[str, ...]]:
    return _answers(trial, item.answers), 0, ()


def _questions(item: expectations.SeveralQuestions, trial: TriedMessage) -> tuple[Verdict, int, tuple[str, ...]]:
    told = subjects(trial)
    good = [with_alike(one) for one in item.each]
    answered = sum(bool(told & one) or not one for one in good)
    if told - set().union(*good):
        return Verdict.WRONG, 0, ()
    return (Verdict.RIGHT if answered == len(good) else Verdict.ASKED), 0, ()


# --- values ---


_TELLING = 3
"""Characters: a shorter value may stand in anything by chance."""


def _found(trial: TriedMessage, wanted: Mapping[str, str]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Return how many of the values were kept, which were only named in the reply, and which neither."""
    now, named, lost, kept = values_of(trial.after, trial.commands), list[str](), list[str](), 0
    told = plain_value(trial.text)
    in_commands = plain_value(" ".join(repr(getattr(c, f)) for c in trial.commands for f in c.__struct_fields__))
    for slot, value in wanted.items():
        renews = slot == "auto_renewal" and "SetAutoRenewal" in commands_in(trial)
        told_on = len(plain_value(value)) > _TELLING and plain_value(value) in in_commands
        if (slot in now and are_alike(now[slot], value)) or told_on or renews:
            kept += 1
        elif plain_value(value).removeprefix("48") in told or (slot == "phone" and plain_value(value[3:]) in told):
            named.append(slot)
        else:
            lost.append(slot)
    return kept, tuple(named), tuple(lost)


def _changed(trial: TriedMessage, wanted: Mapping[str, str]) -> set[str]:
    """Return the slots with another value than before that nobody asked to change."""
    was, now = values_of(trial.before), values_of(trial.after, trial.commands)
    follow = frozenset[str]().union(*(_FOLLOWS.get(slot, ()) for slot in wanted))
    other = {slot for slot in was | now if was.get(slot) != now.get(slot)}
    return other - {*wanted} - follow


def _spoilt(trial: TriedMessage, missed: tuple[str, ...]) -> bool:
    """Return whether a slot whose wanted value wasn't kept has got another one instead."""
    was, now = values_of(trial.before), values_of(trial.after, trial.commands)
    return any(slot in now and now[slot] != was.get(slot) for slot in missed)


def _correct(item: expectations.Correct, trial: TriedMessage) -> tuple[Verdict, int, tuple[str, ...]]:
    kept, named, lost = _found(trial, item.want)
    if _changed(trial, item.want) or _spoilt(trial, (*named, *lost)):
        return Verdict.WRONG, kept, lost
    if kept == len(item.want):
        return Verdict.RIGHT, kept, lost
    return (Verdict.ASKED if not kept else Verdict.LOST), kept, lost


def _facts(item: expectations.Facts, trial: TriedMessage) -> tuple[Verdict, int, tuple[str, ...]]:
    kept, named, lost = _found(trial, item.want)
    if _changed(trial, item.want) or _spoilt(trial, (*named, *lost)):
        return Verdict.WRONG, kept, lost
    if lost:
        return Verdict.LOST, kept, lost
    return (Verdict.RIGHT if not named else Verdict.ASKED), kept, lost


def _not_facts(item: expectations.NotFacts, trial: TriedMessage) -> tuple[Verdict, int, tuple[str, ...]]:
    was, now = values_of(trial.before), values_of(trial.after, trial.commands)
    taken = {
        slot
        for slot, value in item.unwanted.items()
        if slot in now and are_alike(now[slot], value) and not (slot in was and are_alike(was[slot], value))
    }
    kept, _, lost = _found(trial, item.want)
    if taken or _changed(trial, {**item.want, **item.unwanted}):
        return Verdict.WRONG, kept, lost
    return (Verdict.RIGHT if not lost else Verdict.LOST), kept, lost


# --- consents and acts ---


def _consents(item: expectations.Consents, trial: TriedMessage) -> tuple[Verdict, int, tuple[str, ...]]:
    given = trial.after.account.consents
    if given is None:
        return (Verdict.RIGHT if item.asks else Verdict.ASKED), 0, ()
    if item.asks or {*given} != {*item.given}:
        return Verdict.WRONG, 0, ()
    return Verdict.RIGHT, 0, ()


def _bind(item: expectations.Bind, trial: TriedMessage) -> tuple[Verdict, int, tuple[str, ...]]:
    return (Verdict.RIGHT if item.bound in bound_by(trial) else Verdict.ASKED), 0, ()


def _near(item: expectations.Near, trial: TriedMessage) -> tuple[Verdict, int, tuple[str, ...]]:
    return (Verdict.WRONG if any(bound_by(trial)) else Verdict.RIGHT), 0, ()


_Done = Callable[[TriedMessage], bool]


def _says(*keys: str) -> _Done:
    return lambda trial: any(say.key.startswith(keys) for say in trial.says)


def _does(*names: str) -> _Done:
    return lambda trial: any(name in (*commands_in(trial), *trial.calls) for name in names)


def _any(*done: _Done) -> _Done:
    return lambda trial: any(one(trial) for one in done)


def _offers(*payloads: str) -> _Done:
    return lambda trial: any(payload.startswith(payloads) for payload in trial.offered)


_ACTS: Mapping[str, _Done] = {
    "marketing_off": _any(_does("TakeBackConsents", "SetConsents"), _says("personal.")),
    "log_out": _does("LogOut"),
    "cancel": _any(_does("CancelOrder"), _says("kit.cancelled", "kit.sure.cancel", "order.cancel", "payment.cancel")),
    "withdrawal": _any(_does("KeepWithdrawal", "RequestHuman"), _says("withdrawal")),
    "end_contract": _any(
        _does("RequestHuman", "SetAutoRenewal"),
        _says("withdrawal", "kit.aside.leaving", "zone."),
        _offers("/agent", "auto_renewal:no", "end:term_end"),
    ),
    "renewal_off": lambda t: "SetAutoRenewal" in commands_in(t) or values_of(t.after).get("auto_renewal") == "no",
    "renewal_on": lambda t: "SetAutoRenewal" in commands_in(t) or values_of(t.after).get("auto_renewal") == "yes",
    "agent": _does("RequestHuman"),
    "complaint": _any(
        _does("RequestHuman", "KeepWithdrawal"), _says("withdrawal", "faq.withdrawal"), _offers("/agent")
    ),
    "back": lambda t: t.step != "" and (t.step != t.place or not _stays(t)),
    "resend": _any(_does("SendCode", "IssueCode"), _says("contact.", "contact_code")),
    "export": _any(_does("OpenOwnPage"), _says("own_data", "zone.export"), lambda t: t.step.startswith("own_data")),
    "erase": _any(_says("own_data", "erase"), lambda t: t.step.startswith("own_data")),
}


def _act(item: expectations.WantedAct, trial: TriedMessage) -> tuple[Verdict, int, tuple[str, ...]]:
    if item.want.startswith("language:"):
        now, wanted = trial.after.talk.locale, item.want.partition(":")[2]
        right, wrong = now == wanted, now not in (trial.before.talk.locale, wanted)
        return (Verdict.RIGHT if right else Verdict.WRONG if wrong else Verdict.ASKED), 0, ()
    if _ACTS[item.want](trial):
        return Verdict.RIGHT, 0, ()
    told = subjects(trial) - {"step", "withdrawal"}
    return (Verdict.WRONG if told or not _stays(trial) else Verdict.ASKED), 0, ()


_Judging = Callable[..., tuple[Verdict, int, tuple[str, ...]]]
_VERDICTS: Mapping[type, _Judging] = {
    expectations.OneQuestion: _question,
    expectations.SeveralQuestions: _questions,
    expectations.Bind: _bind,
    expectations.Near: _near,
    expectations.Correct: _correct,
    expectations.Facts: _facts,
    expectations.NotFacts: _not_facts,
    expectations.Consents: _consents,
    expectations.WantedAct: _act,
}
