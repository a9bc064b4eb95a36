"""Choices: one of the buttons offered, pressed or said."""

from values.kinds.kind import AnswerKind
from values.meaning import Expects

CHOICE = AnswerKind(Expects.choice, "choice", given_by="choosing")
CONSENTS = AnswerKind(Expects.consents, "choice", given_by="choosing")
CONFIRM_DATA = AnswerKind(Expects.confirm_data, "choice", given_by="choosing")
