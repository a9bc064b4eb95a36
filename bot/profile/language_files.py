"""The schema of a profile's `nlu/<language>.toml`: understanding in a language that isn't shipped.

Every part may be left out; what is missing isn't understood in words, and buttons, numbers, e-mails and codes are all
the same. docs/how-to/sell-in-another-language.md explains each part.
"""

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

from msgspec import Struct
from msgspec.structs import replace
from pydantic import AfterValidator, Field, create_model

from bot.profile.fields import CueText, StrictTable
from nlu.corrections.correction_words import CORRECTING, NOUNS
from nlu.intents.cues import compile_cue
from nlu.intents.lexicon import lexicon_of, vocabulary
from nlu.languages import brought
from nlu.languages.language import AddressWords, AnswerWords, BindingWords, Language, TermWords
from nlu.numbers.number_words import HESITATION, NumberCues, Phrases
from values.locale import ENGLISH, Locale
from values.meaning import BindingAct, NavigationCommand
from values.parsing import fold_words

W = TypeVar("W", bound=Struct)
Words = tuple[str, ...]
Name = Literal["start", "back", "cancel", "restart", "help", "agent", "repeat", "where", "stop", "elsewhere"]
Payload = Annotated[str, Field(pattern=r"^(\*|[a-z_]+):[a-z0-9_]+$")]
_ANSWERS = frozenset(name for names, _noun in NOUNS for name in names)


def _intent(name: str) -> str:
    if name not in vocabulary(ENGLISH).names:
        raise ValueError(f"there is no intent {name}")
    return name


def _answer(name: str) -> str:
    if name not in _ANSWERS:
        raise ValueError(f"no answer is called {name}: choose from {', '.join(sorted(_ANSWERS))}")
    return name


_MADE: dict[Any, Callable[[Words], Any]] = {
    frozenset[str]: brought.fold_each,
    re.Pattern[str] | None: brought.match_whole,
    Phrases: brought.phrases_of,
}


def words_for(names: Iterable[str]) -> type[StrictTable]:
    """Return the table of these lists of words, each of which may be left out."""
    lists: dict[str, Any] = dict.fromkeys(names, (Words, ()))
    return create_model("Words", __base__=StrictTable, **lists)


def words_from(table: StrictTable, kind: type[W], **given: Any) -> W:
    """Return the words of a table as understanding compares them, by the types of their fields; `given` are made."""
    known, hints = type(table).model_fields.keys() - given, get_type_hints(kind)
    made = {name: _MADE[hint](getattr(table, name)) for name, hint in hints.items() if name in known}
    return kind(**made, **given)


class IntentTable(StrictTable):
    """`[intents.NAME]`: cues in their little language (`nlu/intents/cues.py`), and sentences as people say them."""

    cues: tuple[CueText, ...] = ()
    phrases: Words = ()


class AnswersTable(words_for(AnswerWords.__struct_fields__)):
    """`[answers]`: whole answers, and the small words around them."""

    weak_yes: Words = ()  # a yes like any other: files of earlier releases have it apart
    denying: Words = ()  # of earlier releases: what binds is known by `[binding]` alone
    at_a_loss: Words = ()
    ordinals: tuple[Words, ...] = Field(default=(), max_length=9)

    def build(self) -> AnswerWords:
        ordinals = tuple(made for words in self.ordinals if (made := brought.match_whole(words)) is not None)
        made = words_from(self, AnswerWords, ordinals=ordinals, at_a_loss=brought.pattern(self.at_a_loss))
        return replace(made, yes=made.yes | brought.fold_each(self.weak_yes))


class BindingTable(words_for((*(act.value for act in BindingAct), "everything", "beside", "refusals"))):
    """`[binding]`: the verbs by which an answer binds.

    `beside` may stand beside any of them, `about` beside those of one act, `everything` beside the verb that
    accepts all that is asked for together; `refusals` refuse.
    """

    about: dict[BindingAct, Words] = Field(default_factory=dict)

    def build(self) -> BindingWords:
        verbs = {act: brought.fold_each(getattr(self, act)) for act in BindingAct}
        about = {act: brought.fold_each(words) for act, words in self.about.items()}
        return words_from(self, BindingWords, verbs=verbs, about=about)


class NumbersTable(
    words_for("joiners corrections restarts tail first before_last instead contrasts fillers repeaters".split())
):
    """`[numbers]`: number words by their places, synonyms together, and the small words around them."""

    units: tuple[Words, ...] = Field(default=(), max_length=10)
    teens: tuple[Words, ...] = Field(default=(), max_length=10)
    tens: tuple[Words, ...] = Field(default=(), max_length=8)
    hundreds: tuple[Words, ...] = Field(default=(), max_length=9)
    joined: tuple[Annotated[str, Field(pattern=r"^[^{}]*\{(unit|ten)\}[^{}]*\{(unit|ten)\}[^{}]*$")], ...] = ()
    plurals: tuple[Words, ...] = Field(default=(), max_length=10)
    times: dict[str, int] = Field(default_factory=dict)

    def cues(self) -> NumberCues:
        cues = words_from(
            self,
            NumberCues,
            times={fold_words(word): n for word, n in self.times.items()},
            counted={fold_words(word): str(n) for n, group in enumerate(self.units) if n > 1 for word in group},
            plurals={fold_words(word): str(n) for n, group in enumerate(self.plurals) for word in group},
        )
        return replace(cues, fillers=cues.fillers | HESITATION)


class AddressTable(words_for(AddressWords.__struct_fields__)):
    """`[address]`: how the signs of an e-mail address are said."""


class TermsTable(words_for(TermWords.__struct_fields__[1:])):
    """`[terms]`: words of amounts and things."""

    payment_method: dict[str, Words] = Field(default_factory=dict)
    language: dict[str, Words] = Field(default_factory=dict)
    plan: dict[str, Words] = Field(default_factory=dict)
    code: Words = ()
    name: Words = ()

    def build(self) -> TermWords:
        tables = {"payment_method": self.payment_method, "language": self.language, "plan": self.plan}
        named = {
            entity: tuple((value, made) for value, words in table.items() if (made := brought.pattern(words)))
            for entity, table in tables.items()
        }
        code, name = brought.match_typed(self.code), brought.match_introduced(self.name)
        return words_from(self, TermWords, named=named, code=code, name=name)


class CorrectionsTable(words_for(CORRECTING)):
    """`[corrections]`: "no, my e-mail is …", "change the street"."""

    nouns: dict[Annotated[str, AfterValidator(_answer)], Words] = Field(default_factory=dict)


class UnderstandingFile(StrictTable):
    """`nlu/<language>.toml`."""

    questions: Words = ()
    stop: Words = ()
    courtesy: Words = ()
    commands: dict[Name, Words] = Field(default_factory=dict)
    reminders: Words = ()
    languages: dict[str, Words] = Field(default_factory=dict)
    answers: AnswersTable = AnswersTable()
    binding: BindingTable = BindingTable()
    choices: dict[Payload, tuple[CueText, ...]] = Field(default_factory=dict)
    numbers: NumbersTable = NumbersTable()
    letters: dict[Annotated[str, Field(pattern="^[a-z]$")], Words] = Field(default_factory=dict)
    address: AddressTable = AddressTable()
    terms: TermsTable = TermsTable()
    corrections: CorrectionsTable = CorrectionsTable()
    intents: dict[Annotated[str, AfterValidator(_intent)], IntentTable] = Field(default_factory=dict)

    def build(self, code: Locale, region: str) -> Language:
        """Return the language; a bare phone number is one of `region` (ISO 3166)."""
        words, n = self.corrections.model_dump(), self.numbers
        nouns = words.pop("nouns")
        lexicon = lexicon_of({name: table.model_dump() for name, table in self.intents.items()})
        return Language(
            code=code,
            vocabulary=lambda: lexicon,
            lexicon=lambda: lexicon,
            region=region,
            tax_number="",
            numbers=brought.numbers_of(n.units, n.teens, n.tens, n.hundreds, n.joined),
            cues=n.cues(),
            letters={fold_words(name): sign for sign, names in self.letters.items() for name in names},
            commands=self._commands(),
            courtesy=brought.fold_each(self.courtesy),
            questions=brought.fold_each(self.questions),
            stop=brought.fold_each(self.stop),
            answers=self.answers.build(),
            binding=self.binding.build(),
            choices={payload: tuple(map(compile_cue, cues)) for payload, cues in self.choices.items()},
            address=words_from(self.address, AddressWords),
            terms=self.terms.build(),
            corrections=brought.corrections_from({_slots(noun): said for noun, said in nouns.items()}, words),
        )

    def _commands(self) -> dict[str, NavigationCommand]:
        meant = [(NavigationCommand(name), words) for name, words in self.commands.items()]
        meant += [(NavigationCommand("lang", code), words) for code, words in self.languages.items()]
        meant += [(NavigationCommand("stop", "reminders"), self.reminders)]
        return {said: command for command, words in meant for said in brought.fold_each(words)}


def _slots(noun: str) -> tuple[str, ...]:
    """Add the invoice e-mail to the meanings of "e-mail"."""
    return ("email", "invoice_email") if noun == "email" else (noun,)
