"""Steps that take no typed answer of their own: pages, letters, providers, machines, people."""

from values.kinds.kind import AnswerAloud, AnswerInWords, AnswerKind
from values.kinds.one_time import SAMPLES
from values.meaning import Expects

SECURE_PAGE = AnswerKind(Expects.secure_page, "elsewhere", aloud=AnswerAloud(only_typed=True))
EMAIL_LINK = AnswerKind(Expects.email_link, "elsewhere", samples=SAMPLES, called_code=True)
PAYMENT = AnswerKind(Expects.payment, "elsewhere")
AGENT = AnswerKind(Expects.agent, worded=AnswerInWords(verbatim=True, says_all=True))
WAIT = AnswerKind(Expects.wait)
NOTHING = AnswerKind(Expects.nothing)
