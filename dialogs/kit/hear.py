"""The customer's words: an answer, a move, a question in the middle, or not understood."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from dialogs.kit import edited, harvest, moves, second_hand, side_questions, spoken
from dialogs.kit.correct import correct, take_text_as_answer
from dialogs.kit.effects import Say
from dialogs.kit.journey import options_of
from dialogs.kit.messages import Answered, ConsentTakenBack, Declined, Recorded, Remarked, Said
from dialogs.kit.misses import HUMAN, answer_declined_question, answer_unbinding_yes, not_understood, tell_missed_answer
from dialogs.kit.once import read_slots
from dialogs.kit.options import Option, Word
from dialogs.kit.play import Runner
from dialogs.kit.press import FAQ, binds_what_was_shown, press
from values.incoming_text import MAX_CHARS
from values.meaning import (
    Answer,
    Consenting,
    Correction,
    Discount,
    Empty,
    Expects,
    Faq,
    Intent,
    Meaning,
    NavigationCommand,
    NotText,
    Press,
    Refusal,
    Remark,
    SecretTyped,
    SentCode,
    TooLong,
    Unclear,
    UnheardNote,
)
from values.parsing import ParseRefused

# Intents that are the same wish as a command.
INTENT_COMMANDS: Mapping[str, str] = {
    "back": "back",
    "cancel": "cancel",
    "restart": "restart",
    "help": "help",
    "change_language": "lang",
    "talk_to_agent": "agent",
    "complaint": "agent",
}
# Wishes that throw answers away, guessed from words that don't say so plainly: told how it is done.
WIPING = ("cancel", "restart")
REFUND = "refund"
SMALL_TALK = ("greet", "thank", "goodbye", "leave_as_it_is")
_PUT_RIGHT = "correct_data"
# No request: a bare value, a yes or no to something else, another firm's matter.
NOT_MEANT = ("inform", "out_of_scope", "affirm", "deny")
OF_THE_STEP = ("ask_step", "ask_need")
MOVES = tuple(dict.fromkeys(INTENT_COMMANDS.values()))
# What any question may be answered with: it names no row of a card.
NO_NAMES = ("affirm", "deny", "back", "enough")


def hear(play: Runner[Any], said: Said) -> None:
    if said.declared and not isinstance(said.meaning, SecretTyped):
        return
    if not isinstance(said.meaning, NavigationCommand):
        play.talk(told=None)
    if second_hand.refuse_second_hand_act(play, said):
        return
    if said.before is not None and edited.replace_edited_values(play, said):
        return
    if said.spoken:
        aloud = spoken.weigh_spoken_words(play, said)
        if aloud.said is not None:
            _hear_all(play, aloud.said)
        spoken.say_back(play, aloud.values)
    else:
        _hear_all(play, said)


def _hear_all(play: Runner[Any], said: Said) -> None:
    """Hear what the message means, and keep what it names besides."""
    if play.position.manners.gives_way:
        harvest.give_way(play, said)
    facts = harvest.facts_of(said, play.position)
    alone = harvest.only_tells(play, said, facts)
    if alone and (harvest.keep_facts(play, facts, alone=True) or harvest.remind(play, facts)):
        return
    idle = play.position.expects is Expects.nothing
    if said.not_given:
        harvest.offer(play, said.not_given)
        if isinstance(said.meaning, Intent) and said.meaning.name in NOT_MEANT:
            return  # nothing else was said
    if isinstance(said.meaning, Correction) and said.meaning.text is None and harvest.keep_facts(play, facts):
        facts = ()  # what is given comes first: the correction asks for what isn't
    early = [other for other in said.also if isinstance(other, Intent) and other.name in OF_THE_STEP]
    for question in early:  # before the answer leads on to another step
        _answer_too(play, question)
    if _tells_own_name(play, said, idle=idle):
        _for_people(play)
    else:
        _hear(play, said)
    moved = {_move(said.meaning)}
    for other in said.also:
        if other not in early and ((move := _move(other)) is None or move not in moved):
            moved.add(move)
            _do_too(play, other)
    if left := tuple(question for question in said.also if isinstance(question, Unclear)):
        side_questions.name_unanswered_questions(play, left)
    harvest.keep_facts(play, facts, began=idle and play.position.expects is not Expects.nothing)


def _tells_own_name(play: Runner[Any], said: Said, *, idle: bool) -> bool:
    """Return whether a name is told, as another than the one known, that no step takes any more."""
    match said.meaning:
        case Intent(name):
            unasked = idle and name == "inform" and _PUT_RIGHT in play.position.intents
        case Press(payload) if payload == _payload(play, _PUT_RIGHT):
            unasked = False
        case _:
            return False
    names = (fact for fact in said.facts if fact.kind == Expects.person_name and not fact.others)
    return (
        any(fact.corrects or unasked for fact in names if harvest.find_taking_step(play, fact) is None)
        and not said.edited
    )


def _hear(play: Runner[Any], said: Said) -> None:
    match said.meaning:
        case _ if said.unseen:
            play.say("kit.unseen" if said.before is None and not said.edited else "kit.edit_unread")
        case _ if said.elsewhere:
            play.say("kit.replied")
        case meaning if said.before is not None and not said.edited and not edited.only_tells(play, meaning):
            play.say("kit.edit_unread")
        case Correction() if said.edited:
            edited.revise_edited_answer(play, said, "")
        case Correction(what, text):
            correct(play, what, text)
        case Discount(code):
            _discount(play, code)
        case SentCode(text):
            _code(play, text)
        case Press(payload, then, words) if not said.edited:
            _press(play, payload, words, stale=said.stale)
            if then is not None and play.position.expects is Expects.quantity:
                _answer(play, then)
        case NavigationCommand(name, argument) if not said.edited:
            _command(play, name, argument)
        case Consenting() if not said.edited:
            _consenting(play, said.meaning)
        case Remark(text):
            play.deliver(Remarked(text))
        case SecretTyped(("blik",)) if _has_boxes(play):
            play.say("kit.secret_boxed")
        case SecretTyped(kinds):
            play.say("kit.secret_removed", {"kinds": tuple(Word(f"secret.{kind}") for kind in kinds)})
        case UnheardNote(note, place, seconds):
            play.deliver(Recorded(note, place, seconds, said.second_hand))
        case NotText(kind):
            play.say("kit.not_text", {"kind": kind}, play.edits_left())
        case Empty():
            play.say("kit.empty")
        case TooLong():
            play.say("kit.too_long", {"most": MAX_CHARS})
        case meaning if said.edited:
            edited.revise_edited_answer(play, said, _text(meaning))
        case meaning:
            _words(play, meaning)


def _move(meaning: Meaning) -> str | None:
    """Return the command that a wish comes to: said twice in one message, as a command and in words, it is one."""
    match meaning:
        case NavigationCommand(name):
            return name
        case Intent(name):
            return INTENT_COMMANDS.get(name)
        case _:
            return None


def _do_too(play: Runner[Any], other: Meaning) -> None:
    """Take what a message gives besides, carry out what it wants, answer what it asks; what binds is named."""
    match other:
        case Press(payload, _, words) if not _named_undone(play, payload):
            press(play, payload, words)
        case Correction(what, text):
            correct(play, what, text)
        case Discount(code):
            _discount(play, code)
        case Answer():
            _answer(play, _text(other))
        case Intent("complaint"):
            play.say("kit.vexed", options=(HUMAN,))
        case Intent(name, _, _, text) if name in INTENT_COMMANDS or _payload(play, name) is not None:
            _intent(play, name, text)
        case NavigationCommand(name, argument):
            _command(play, name, argument)
        case _:
            _answer_too(play, other)


def _named_undone(play: Runner[Any], payload: str) -> bool:
    """Say that an act isn't done whose words stood beside something else; return False where it is none."""
    here, ctx = play.position, play.ctx
    steps = [step for step in play.journey.steps if step.dialog == here.dialog]
    bound = [(s, o) for s in steps for o in options_of(s, ctx) if o.payload == payload and o.binds is not None]
    for step, act in bound[:1]:
        if not step.done(play.slots(step), ctx):
            when = "now" if step.path == here.path else "later"
            play.say("kit.not_yet", {"when": when, "act": str(act.binds), "what": Word(act.key)})
    return bool(bound)


def _answer_too(play: Runner[Any], question: Meaning) -> None:
    """Answer a question that is asked besides, but nothing twice; it leads to no other step."""
    said = len(play.says)
    match question:
        case Faq(entry):
            moves.tell(play, entry)
        case Intent(name):
            _ = play.ask(name) or side_questions.answer(play, name)
        case _:
            return
    before = {say.key for say in play.says[:said] if not say.last}
    play.says[said:] = [say for say in play.says[said:] if say.last or say.key not in before]


def _press(play: Runner[Any], payload: str, words: str, *, stale: bool = False) -> None:
    """Press the quick reply that words mean, or those that it means beside the facts of the message.

    A new account is only an account; with a way to pay it is a purchase.
    """
    said = play.ctx.said
    kinds = [fact.kind for fact in said.facts] if said is not None and said.typed else []
    meant = next((found for kind in kinds if (found := play.position.intents.get(f"{payload}+{kind}"))), payload)
    for one in (meant,) if isinstance(meant, str) else meant:
        press(play, one, words, stale=stale)


def _consenting(play: Runner[Any], said: Consenting) -> None:
    """Answer the question of consents as it was shown; let the dialogs take back those that it has no box for."""
    step = play.position
    if step.expects is not Expects.consents:
        _taken_back(play, said)
        return
    boxes = {option.payload.rpartition(":")[2] for option in play.offered(step)}
    others = tuple(id for id in said.refused if id not in boxes)
    answer = replace(said, refused=tuple(id for id in said.refused if id in boxes))
    if (not others or answer.given or answer.refused or answer.base) and binds_what_was_shown(play, step):
        moves.take(play, step, Answered(answer, answer.text))
    if others:
        _taken_back(play, Consenting(refused=others, text=said.text))


def _taken_back(play: Runner[Any], said: Consenting) -> None:
    if not play.deliver(ConsentTakenBack(said)):
        not_understood(play, said.text)


def _words(play: Runner[Any], meaning: Meaning) -> None:
    match meaning:
        case Answer():
            _answer(play, _text(meaning))
        case Intent(name, _, _, text):
            _intent(play, name, text)
        case Faq(entry):
            moves.tell(play, entry)
        case Unclear(candidates, text):
            _which(play, candidates, text)
        case Refusal(text):
            _refused(play, text)
        case _:
            raise TypeError(f"{type(meaning).__name__} is no kind of meaning")


def _text(meaning: Meaning) -> str:
    """Return the words themselves, as the parsers want them."""
    match meaning:
        case Answer():
            return meaning.words
        case Intent(text=text) | Unclear(text=text) | Refusal(text) | Consenting(text=text):
            return text
        case _:
            return ""


def _command(play: Runner[Any], name: str, argument: str | None) -> None:
    """Carry out a command, by the open step's closer meaning if it has one.

    Back from a page of the zone is its home.
    """
    payload = _payload(play, name)
    if payload is not None:
        press(play, payload)
    else:
        moves.command(play, name, argument)


def _has_boxes(play: Runner[Any]) -> bool:
    """Return whether a BLIK code is asked for, in a field of its own."""
    here = play.position
    codes = here.display.codes(read_slots(play.case, here.dialog, play.ctx), play.ctx)
    return any(code.by == "blik" for code in codes)


def _discount(play: Runner[Any], code: str) -> None:
    """Take a code of the profile at any step; once the order is placed, tell how codes work."""
    named = play.journey.named(Expects.discount_code, play.position.dialog)
    if any(play.askable(step) for step in named):
        correct(play, Expects.discount_code, code)
    elif not play.ask("apply_discount_code"):
        play.say("kit.nothing_to_correct")


def _code(play: Runner[Any], text: str) -> None:
    """Check a code for the step that waits for it, as if it had been typed there; say so where none does."""
    step = play.journey.awaits_code(play.case, play.ctx)
    read_as = step.read(text, play.ctx) if step is not None else ParseRefused("code.not_awaited")
    if isinstance(read_as, ParseRefused):
        tell_missed_answer(play, read_as)
    elif step is not None:
        play.answer(step, Answered(read_as.value, text))


def _answer(play: Runner[Any], text: str) -> None:
    if (refused := take_text_as_answer(play, play.position, text)) is not None:
        tell_missed_answer(play, refused)


def _refused(play: Runner[Any], text: str) -> None:
    """Play a no where a yes would bind: by the step's own way past it, or what follows without it."""
    step = play.position
    payload = _payload(play, "deny")
    if payload is not None:
        press(play, payload)
    elif not play.binds(step):
        _intent(play, "deny", text)
    elif not play.deliver_to(step, Declined("no")):
        answer_declined_question(play)


def _intent(play: Runner[Any], name: str, text: str) -> None:
    payload = _payload(play, name)
    if payload is not None:
        _press(play, payload, text)
    elif play.binds(play.position) and name in play.position.intents:
        _close_to_binding(play, text)
    elif name in WIPING:
        moves.wipes(play, name)
    elif name == REFUND:
        play.deliver(moves.HumanAsked(REFUND))
    elif name in INTENT_COMMANDS:
        moves.command(play, INTENT_COMMANDS[name], None)
    elif name in SMALL_TALK:
        if name != "greet" or not moves.has_greeted(play):
            play.say(f"kit.{name}")
    elif play.ask(name):
        play.talk(told=f"ask:{name}")
    elif side_questions.answer(play, name):
        pass
    elif name not in NOT_MEANT or (name == "out_of_scope" and play.ctx.seller.community and "?" in text):
        _for_people(play)
    elif "?" in text and not play.position.awaits_machine:
        side_questions.say_question_unknown(play)
    else:
        not_understood(play, text)


def _close_to_binding(play: Runner[Any], text: str) -> None:
    """Answer what is close to what binds, but not its words: a question by what the step is for."""
    if "?" in text:
        side_questions.say_question_unknown(play)
    else:
        not_understood(play, text)


def _for_people(play: Runner[Any]) -> None:
    """Send the customer to other customers where they can be asked, else to a person."""
    play.say("kit.community" if play.ctx.seller.community else "kit.for_a_person", options=(HUMAN,))


def _payload(play: Runner[Any], intent: str) -> str | None:
    """Return the quick reply that this intent stands for at the open step, if it is offered now.

    None that binds: what is only likely meant binds nobody. On a card it may name another row.
    """
    step = play.position
    # Asked whether to send another, a yes is as good as the button.
    intent = "resend_code" if intent == "affirm" and play.lapsed(step) else intent
    meant = step.intents.get(intent, ())
    offered = {option.payload for option in play.offered(step) if option.binds is None}
    known = (meant,) if isinstance(meant, str) else meant
    declined = Declined in step.reactions
    own = (p for p in known if p in offered or (declined and p.partition(":")[0] == step.name))
    return next(own, None) or _payload_beside(play, intent)


def _payload_beside(play: Runner[Any], intent: str) -> str | None:
    """Return the answer of another row of the card that the words name."""
    rows = play.journey.beside(play.position, play.ctx) if intent not in NO_NAMES else ()
    for row in (one for one in rows if one.manners.early):
        meant = row.intents.get(intent, ())
        free = {option.payload for option in options_of(row, play.ctx) if option.binds is None}
        if payload := next((p for p in ((meant,) if isinstance(meant, str) else meant) if p in free), None):
            return payload
    return None


def _which(play: Runner[Any], candidates: tuple[str, ...], text: str) -> None:
    """Offer a choice where more than one thing may be meant and can be had by a button; a person alone is no choice."""
    if candidates and all(candidate.startswith(f"{FAQ}:") for candidate in candidates):
        side_questions.offer_nearest_answers(play, candidates)
        return
    options = {option.payload: option for option in play.offered(play.position)}
    options |= {f"/{name}": Option(f"/{name}", f"option.{name}") for name in MOVES}
    moves_of = {intent: f"/{name}" for intent, name in INTENT_COMMANDS.items()}
    payloads = dict.fromkeys(_payload(play, c) or moves_of.get(c, c) for c in candidates)
    known = tuple(options[p] for p in payloads if p in options)
    if len(candidates) > 1 and len(payloads) == len(known) == 1 and known[0].binds is None:  # all come to the same
        _press(play, known[0].payload, text)
    elif known:
        said = "kit.which" if known != (HUMAN,) else "kit.vexed" if "complaint" in candidates else "kit.for_a_person"
        play.apply((Say(said, options=known, brief=play.binds(play.position)),), play.position.path)
    elif candidates and ":" not in candidates[0]:
        _intent(play, candidates[0], text)
    elif not candidates and "?" not in text and play.binds(play.position):
        answer_unbinding_yes(play)
    else:
        not_understood(play, text)
