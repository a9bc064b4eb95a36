"""Steps that take no typed answer of their own: buttons offered, pages, letters, providers, machines, people."""

from values.kinds.kind import AnswerAloud, AnswerInWords, AnswerKind
from values.kinds.one_time import SAMPLES
from values.meaning import Expects

CHOICE = AnswerKind(Expects.choice, "choice", given_by="choosing")
CONSENTS = AnswerKind(Expects.consents, "choice", given_by="choosing")
CONFIRM_DATA = AnswerKind(Expects.confirm_data, "choice", given_by="choosing")

SECURE_PAGE = AnswerKind(Expects.secure_page, "elsewhere", given_by="page", aloud=AnswerAloud(only_typed=True))
EMAIL_LINK = AnswerKind(Expects.email_link, "elsewhere", given_by="letter", samples=SAMPLES, called_code=True)
PAYMENT = AnswerKind(Expects.payment, "elsewhere", given_by="payment")
AGENT = AnswerKind(Expects.agent, worded=AnswerInWords(verbatim=True, says_all=True))
WAIT = AnswerKind(Expects.wait, given_by="waiting")
NOTHING = AnswerKind(Expects.nothing, given_by="going_on")
