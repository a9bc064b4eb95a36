"""Spoken words: what was heard is said back, and nothing that binds, opens or reaches somebody counts by voice alone.

A recogniser that mishears one digit sends a code to a stranger, and one that invents a sentence orders. So a binding
act keeps its button, a code and a password are typed, and a number or an address counts after a yes.
"""

from typing import Any

from msgspec.structs import replace

from dialogs.kit.correct import parsed
from dialogs.kit.messages import Said, SaidAloud
from dialogs.kit.play import Runner
from dialogs.kit.press import READABLE
from values.meaning import Answer, Consenting, Correction, Discount, Expects, Press, SecretTyped, SentCode
from values.parsing import Ok

SAID_BACK = frozenset((Expects.email, Expects.phone, Expects.tax_number, Expects.customer_number))
"""Kinds of answers that are said back before they count."""
TYPED = frozenset((Expects.contact_code, Expects.login_code, Expects.secure_page))
"""Kinds of steps whose answer is never spoken."""
_REACHES = frozenset(map(str, SAID_BACK))


def without_what_is_typed(play: Runner[Any], said: Said) -> Said | None:
    """Say what was heard; return what of it counts, None if that is nothing."""
    if not isinstance(said.meaning, SecretTyped):
        play.say("voice.heard", {"words": said.spoken})
    match said.meaning:
        case SecretTyped():
            return said
        case SentCode() | Discount():
            play.say("voice.type_code")
        case Answer() if play.position.expects in TYPED:
            play.say("voice.type_code")
        case Consenting():
            play.say("voice.press")
        case Press(payload) if _weighs(play, payload):
            play.say("voice.press")
        case Correction(what, str()) if what in _REACHES:
            play.say("voice.type_change")
            return replace(said, meaning=Correction(what), facts=())
        case Answer(text, value) if play.position.expects in SAID_BACK:
            return _asked_back(play, said, value if isinstance(value, str) else text)
        case _:
            _others_later(play, said)
            return replace(said, facts=tuple(fact for fact in said.facts if fact.kind not in _REACHES))
    return None


def _others_later(play: Runner[Any], said: Said) -> None:
    """Say that numbers and addresses named besides are asked for one by one."""
    if any(fact.kind in _REACHES and fact.kind != play.position.expects for fact in said.facts):
        play.say("voice.one_by_one")


def _weighs(play: Runner[Any], payload: str) -> bool:
    """Tell whether the button binds to something or ends what the customer has."""
    here = play.journey.together(play.position)
    offered = (option for step in here for option in play.offered(step))
    return any(option.payload == payload and (option.binds is not None or option.loses) for option in offered)


def _asked_back(play: Runner[Any], said: Said, text: str) -> Said | None:
    """Have a value said back that can be the step's answer; what can't is refused as if it were typed."""
    step = play.position
    outcome = parsed(play, step, text)
    if not isinstance(outcome, Ok):
        return replace(said, facts=())
    _others_later(play, said)
    shown = READABLE.get(step.expects, str)(str(outcome.value))
    return None if isinstance(shown, str) and play.deliver(SaidAloud(step.path, text, shown)) else said
