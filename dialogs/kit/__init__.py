"""The dialog kit: declares dialogs as data and plays them.

A dialog declares its steps in order (`Dialog`); a journey strings dialogs together (`Journey`); `decide` takes the
conversation's typed data and one event and returns new data and effects. The position is computed, never stored: it is
the first step that applies and isn't done. Back, correct, cancel, start again, help, language, human, repeat and "where
am I" are made here, once, for every dialog (`moves`).
"""

from dialogs.kit.context import Context
from dialogs.kit.correct import by_others
from dialogs.kit.decide import Corrected, ResultOf, decide
from dialogs.kit.dialog import Dialog
from dialogs.kit.journey import Journey
from dialogs.kit.misses import BACK, HUMAN
from dialogs.kit.moves import ElsewhereAsked, HumanAsked, StartLinkOpened, StopAsked
from dialogs.kit.play import Issued, Played, Question
from dialogs.kit.step import Bound, Condition, Step
from dialogs.kit.talk import CaseBase, Shown, Talk
from dialogs.kit.words import (
    Act,
    Adopt,
    Answered,
    AsidePressed,
    Asked,
    AwaitRemark,
    Call,
    Came,
    Cancelled,
    Chosen,
    Decision,
    Declined,
    DropTimer,
    Effect,
    Event,
    FaqAnswered,
    Forget,
    Option,
    Param,
    Params,
    Remarked,
    RestartAsked,
    Said,
    SaidToPerson,
    Say,
    SetTimer,
    Skipped,
    StartAgain,
    Tell,
    TimerDue,
    Unawait,
    WayEnded,
    WhoSpeaks,
    Word,
    then,
)

__all__ = [
    "BACK",
    "HUMAN",
    "Act",
    "Adopt",
    "Answered",
    "AsidePressed",
    "Asked",
    "AwaitRemark",
    "Bound",
    "Call",
    "Came",
    "Cancelled",
    "CaseBase",
    "Chosen",
    "Condition",
    "Context",
    "Corrected",
    "Decision",
    "Declined",
    "Dialog",
    "DropTimer",
    "Effect",
    "ElsewhereAsked",
    "Event",
    "FaqAnswered",
    "Forget",
    "HumanAsked",
    "Issued",
    "Journey",
    "Option",
    "Param",
    "Params",
    "Played",
    "Question",
    "Remarked",
    "RestartAsked",
    "ResultOf",
    "Said",
    "SaidToPerson",
    "Say",
    "SetTimer",
    "Shown",
    "Skipped",
    "StartAgain",
    "StartLinkOpened",
    "Step",
    "StopAsked",
    "Talk",
    "Tell",
    "TimerDue",
    "Unawait",
    "WayEnded",
    "WhoSpeaks",
    "Word",
    "by_others",
    "decide",
    "then",
]
