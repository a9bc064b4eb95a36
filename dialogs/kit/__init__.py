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
   step unless all is known that its effect needs (`need_slot`).
5. A `do` step that is reached causes its effect, and 4 is done again, until a step waits for a result or asks.
6. Its question is asked after a message, after a move, and with anything that was said.
"""

from dialogs.kit.card import CardContent as CardContent
from dialogs.kit.card import RowContent as RowContent
from dialogs.kit.card import rows as rows
from dialogs.kit.correct import is_proposed as is_proposed
from dialogs.kit.correct import may_others_answer as may_others_answer
from dialogs.kit.decide import Corrected as Corrected
from dialogs.kit.decide import ResultOf as ResultOf
from dialogs.kit.decide import decide as decide
from dialogs.kit.dialog import Dialog as Dialog
from dialogs.kit.effects import Adopt as Adopt
from dialogs.kit.effects import AwaitRemark as AwaitRemark
from dialogs.kit.effects import Command as Command
from dialogs.kit.effects import Decision as Decision
from dialogs.kit.effects import DropTimer as DropTimer
from dialogs.kit.effects import Effect as Effect
from dialogs.kit.effects import Forget as Forget
from dialogs.kit.effects import Hear as Hear
from dialogs.kit.effects import Job as Job
from dialogs.kit.effects import PutRight as PutRight
from dialogs.kit.effects import Say as Say
from dialogs.kit.effects import SetTimer as SetTimer
from dialogs.kit.effects import Speak as Speak
from dialogs.kit.effects import StartAgain as StartAgain
from dialogs.kit.effects import TakeFacts as TakeFacts
from dialogs.kit.effects import Tell as Tell
from dialogs.kit.effects import Unawait as Unawait
from dialogs.kit.effects import Unheard as Unheard
from dialogs.kit.effects import then as then
from dialogs.kit.hear import INTENT_COMMANDS as INTENT_COMMANDS
from dialogs.kit.input_sheet import InputSheet as InputSheet
from dialogs.kit.input_sheet import sheet_at as sheet_at
from dialogs.kit.journey import Journey as Journey
from dialogs.kit.journey import options_of as options_of
from dialogs.kit.messages import AddressProposed as AddressProposed
from dialogs.kit.messages import AddressTaken as AddressTaken
from dialogs.kit.messages import Answered as Answered
from dialogs.kit.messages import AsidePressed as AsidePressed
from dialogs.kit.messages import Asked as Asked
from dialogs.kit.messages import ButtonOver as ButtonOver
from dialogs.kit.messages import Came as Came
from dialogs.kit.messages import Cancelled as Cancelled
from dialogs.kit.messages import Chosen as Chosen
from dialogs.kit.messages import ConsentTakenBack as ConsentTakenBack
from dialogs.kit.messages import Context as Context
from dialogs.kit.messages import Declared as Declared
from dialogs.kit.messages import Declined as Declined
from dialogs.kit.messages import Event as Event
from dialogs.kit.messages import FaqAnswered as FaqAnswered
from dialogs.kit.messages import NamedValue as NamedValue
from dialogs.kit.messages import OtherNamed as OtherNamed
from dialogs.kit.messages import ReceiptOnPage as ReceiptOnPage
from dialogs.kit.messages import Recorded as Recorded
from dialogs.kit.messages import Remarked as Remarked
from dialogs.kit.messages import RemindedLast as RemindedLast
from dialogs.kit.messages import RemindersEnded as RemindersEnded
from dialogs.kit.messages import RemindersWanted as RemindersWanted
from dialogs.kit.messages import RestartAsked as RestartAsked
from dialogs.kit.messages import Said as Said
from dialogs.kit.messages import SaidAloud as SaidAloud
from dialogs.kit.messages import SaidToPerson as SaidToPerson
from dialogs.kit.messages import Skipped as Skipped
from dialogs.kit.messages import TakenBack as TakenBack
from dialogs.kit.messages import TimerDue as TimerDue
from dialogs.kit.messages import WayEnded as WayEnded
from dialogs.kit.messages import WhoSpeaks as WhoSpeaks
from dialogs.kit.misses import BACK as BACK
from dialogs.kit.misses import HUMAN as HUMAN
from dialogs.kit.moves import REMINDERS as REMINDERS
from dialogs.kit.moves import ElsewhereAsked as ElsewhereAsked
from dialogs.kit.moves import HumanAsked as HumanAsked
from dialogs.kit.moves import ListsLeft as ListsLeft
from dialogs.kit.moves import StartLinkOpened as StartLinkOpened
from dialogs.kit.moves import StopAsked as StopAsked
from dialogs.kit.once import compute_once as compute_once
from dialogs.kit.once import read_slots as read_slots
from dialogs.kit.options import AwaitedCode as AwaitedCode
from dialogs.kit.options import Option as Option
from dialogs.kit.options import Param as Param
from dialogs.kit.options import Params as Params
from dialogs.kit.options import Word as Word
from dialogs.kit.options import pace_next_code as pace_next_code
from dialogs.kit.play import IssuedJob as IssuedJob
from dialogs.kit.play import Outcome as Outcome
from dialogs.kit.play import Question as Question
from dialogs.kit.reaction import Cards as Cards
from dialogs.kit.reaction import Condition as Condition
from dialogs.kit.reaction import from_text as from_text
from dialogs.kit.reaction import keep_slots as keep_slots
from dialogs.kit.reaction import need_slot as need_slot
from dialogs.kit.step import BoundStep as BoundStep
from dialogs.kit.step import Guest as Guest
from dialogs.kit.step import Step as Step
from dialogs.kit.talk import Shown as Shown
from dialogs.kit.talk import Slots as Slots
from dialogs.kit.talk import StateBase as StateBase
from dialogs.kit.talk import TalkState as TalkState
