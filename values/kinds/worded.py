"""Answers in words: names of people and firms, and texts."""

from values.kinds.kind import GIVEN, AnswerInput, AnswerInWords, AnswerKind
from values.kinds.samples import fix_samples
from values.meaning import Expects
from values.patterns import regex

COMPANY_NAME = AnswerKind(
    Expects.company_name,
    "words",
    samples=fix_samples(
        ("Pracownia Bursztyn sp. z o.o.", '"ŻÓŁĆ & SYNOWIE" Łukasz O\'Grady-Święch <usługi>'), ("A", "x" * 300)
    ),
    input=AnswerInput(autocomplete="organization", autocapitalize="words"),
    by_part=True,
    others=GIVEN,
    worded=AnswerInWords(verbatim=True, names_itself=True, asks_by_mark=True, dictated=True),
)
PERSON_NAME = AnswerKind(
    Expects.person_name,
    "words",
    samples=fix_samples(("Anna Nowak", "Łukasz O'Grady-Święch", "jestem Ewa Król"), ("Anna", "Anna 7")),
    entity="person_name",
    input=AnswerInput(autocomplete="name", autocapitalize="words"),
    cut_off=regex(r"[^\W\d_a-z][^\W\d_]*(?:[ '’-][^\W\d_]+)*"),
    by_part=True,
    others=GIVEN,
    worded=AnswerInWords(never_asks=True),
)
FREE_TEXT = AnswerKind(
    Expects.free_text,
    "words",
    samples=fix_samples(("Proszę o kontakt po południu.", "Va bene così.")),
    worded=AnswerInWords(verbatim=True, says_all=True, asks_by_mark=True, dictated=True),
)
