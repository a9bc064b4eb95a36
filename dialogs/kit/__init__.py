"""The dialog kit: declares dialogs as data and plays them.

A dialog declares its steps in order (`Dialog`); a journey strings dialogs together (`Journey`); `decide` takes the
conversation's typed data and one event and returns new data and effects. The position is computed, never stored. Back,
correct, cancel, start again, help, language, human, repeat and "where am I" are made here, once, for every dialog
(`moves`).

Order of evaluation, for one event (`decide`):

1. A message while a person speaks reaches no step. Any other message greets, is announced to all dialogs (`Came`), and
   is heard (`hear`): a correction, a press, a navigation word, an intent or an answer of the open step.
2. The result of a job goes to the step that caused it while that is open, else to every dialog (`Dialog.always`), in
   the journey's order; it is dropped where nobody awaits it. Any other event goes to every dialog, and is dropped where
   none reacts.
3. A reaction's effects are carried out in order. The outcome of a command is decided on before the next effect: by the
   step that caused it, else by every dialog.
4. The position is looked for (`Journey.position`): a step reopened for correction, else the first in order of
   declaration that isn't done and applies (`done` before `when`). An `anytime` step is passed by unless `asked`, a `do`
   step unless all is known that its effect needs (`required`).
5. A `do` step that is reached causes its effect, and 4 is done again, until a step waits for a result or asks.
6. Its question is asked after a message, after a move, and with anything that was said.
"""

from dialogs.kit.awaited_code import AwaitedCode, paced
from dialogs.kit.card import CardContent, RowContent, rows
from dialogs.kit.correct import by_others, is_proposed
from dialogs.kit.decide import Corrected, ResultOf, decide
from dialogs.kit.dialog import Dialog
from dialogs.kit.hear import INTENT_COMMANDS
from dialogs.kit.input_sheet import InputSheet, sheet_at
from dialogs.kit.journey import Journey, options_of
from dialogs.kit.messages import (
    AddressProposed,
    AddressTaken,
    Adopt,
    Answered,
    AsidePressed,
    Asked,
    AwaitRemark,
    ButtonOver,
    Came,
    Cancelled,
    Chosen,
    Command,
    ConsentTakenBack,
    Context,
    Decision,
    Declared,
    Declined,
    DropTimer,
    Effect,
    Event,
    FaqAnswered,
    Forget,
    Hear,
    Job,
    NamedValue,
    OtherNamed,
    PutRight,
    Recorded,
    Remarked,
    RemindedLast,
    RemindersEnded,
    RemindersWanted,
    RestartAsked,
    Said,
    SaidAloud,
    SaidToPerson,
    Say,
    SetTimer,
    Skipped,
    Speak,
    StartAgain,
    TakeFacts,
    TakenBack,
    Tell,
    TimerDue,
    Unawait,
    Unheard,
    WayEnded,
    WhoSpeaks,
    then,
)
from dialogs.kit.misses import BACK, HUMAN
from dialogs.kit.moves import REMINDERS, ElsewhereAsked, HumanAsked, ListsLeft, StartLinkOpened, StopAsked
from dialogs.kit.once import once, read_slots
from dialogs.kit.options import Option, Param, Params, Word
from dialogs.kit.play import IssuedJob, Outcome, Question
from dialogs.kit.step import BoundStep, Cards, Condition, Guest, Step, from_text, required, unchanged
from dialogs.kit.talk import Shown, Slots, StateBase, TalkState

__all__ = [
    "BACK",
    "HUMAN",
    "INTENT_COMMANDS",
    "REMINDERS",
    "AddressProposed",
    "AddressTaken",
    "Adopt",
    "Answered",
    "AsidePressed",
    "Asked",
    "AwaitRemark",
    "AwaitedCode",
    "BoundStep",
    "ButtonOver",
    "Came",
    "Cancelled",
    "CardContent",
    "Cards",
    "Chosen",
    "Command",
    "Condition",
    "ConsentTakenBack",
    "Context",
    "Corrected",
    "Decision",
    "Declared",
    "Declined",
    "Dialog",
    "DropTimer",
    "Effect",
    "ElsewhereAsked",
    "Event",
    "FaqAnswered",
    "Forget",
    "Guest",
    "Hear",
    "HumanAsked",
    "InputSheet",
    "IssuedJob",
    "Job",
    "Journey",
    "ListsLeft",
    "NamedValue",
    "Option",
    "OtherNamed",
    "Outcome",
    "Param",
    "Params",
    "PutRight",
    "Question",
    "Recorded",
    "Remarked",
    "RemindedLast",
    "RemindersEnded",
    "RemindersWanted",
    "RestartAsked",
    "ResultOf",
    "RowContent",
    "Said",
    "SaidAloud",
    "SaidToPerson",
    "Say",
    "SetTimer",
    "Shown",
    "Skipped",
    "Slots",
    "Speak",
    "StartAgain",
    "StartLinkOpened",
    "StateBase",
    "Step",
    "StopAsked",
    "TakeFacts",
    "TakenBack",
    "TalkState",
    "Tell",
    "TimerDue",
    "Unawait",
    "Unheard",
    "WayEnded",
    "WhoSpeaks",
    "Word",
    "by_others",
    "decide",
    "from_text",
    "is_proposed",
    "once",
    "options_of",
    "paced",
    "read_slots",
    "required",
    "rows",
    "sheet_at",
    "then",
    "unchanged",
]
