"""The schema of a profile's `nlu/<language>.toml`: understanding in a language that isn't shipped.

Every part may be left out; what is missing isn't understood in words, and buttons, numbers, e-mails and codes are all
the same. docs/how-to/sell-in-another-language.md explains each part.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bot.profile.fields import CueText, StrictTable
from nlu.corrections.correction_words import NOUNS
from nlu.intents.cues import compile_cue
from nlu.intents.lexicon import lexicon_of, vocabulary
from nlu.languages import brought
from nlu.languages.language import AddressWords, AnswerWords, BindingWords, Language, TermWords
from nlu.numbers.number_words import HESITATION, NumberCues
from values.locale import ENGLISH, Locale
from values.meaning import BindingAct, NavigationCommand
from values.parsing import fold_words

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


class IntentTable(StrictTable):
    """`[intents.NAME]`: cues in their little language (`nlu/intents/cues.py`), and sentences as people say them."""

    cues: tuple[CueText, ...] = ()
    phrases: Words = ()


class AnswersTable(StrictTable):
    """`[answers]`: whole answers, and the small words around them."""

    yes: Words = ()
    weak_yes: Words = ()  # a yes like any other: files of earlier releases have it apart
    no: Words = ()
    skip: Words = ()
    enough: Words = ()
    denying: Words = ()  # of earlier releases: what binds is known by `[binding]` alone
    negating: Words = ()
    small: Words = ()
    at_a_loss: Words = ()
    lost: Words = ()
    last: Words = ()
    ordinals: tuple[Words, ...] = Field(default=(), max_length=9)
    helpful: Words = ()
    unhelpful: Words = ()
    no_reason: Words = ()

    def build(self) -> AnswerWords:
        f = brought.folded
        return AnswerWords(
            f((*self.yes, *self.weak_yes)),
            f(self.no),
            f(self.skip),
            f(self.enough),
            f(self.negating),
            f(self.small),
            brought.pattern(self.at_a_loss),
            f(self.lost),
            tuple(made for words in self.ordinals if (made := brought.whole(words)) is not None),
            brought.whole(self.last),
            f(self.helpful),
            f(self.unhelpful),
            f(self.no_reason),
        )


class BindingTable(StrictTable):
    """`[binding]`: the verbs by which an answer binds.

    `beside` may stand beside any of them, `about` beside those of one act, `everything` beside the verb that
    accepts all that is asked for together; `refusals` refuse.
    """

    order: Words = ()
    agree: Words = ()
    activate: Words = ()
    renew: Words = ()
    withdraw: Words = ()
    about: dict[BindingAct, Words] = Field(default_factory=dict)
    everything: Words = ()
    beside: Words = ()
    refusals: Words = ()

    def build(self) -> BindingWords:
        verbs = {act: brought.folded(getattr(self, act)) for act in BindingAct}
        about = {act: brought.folded(words) for act, words in self.about.items()}
        beside, refusals = brought.folded(self.beside), brought.folded(self.refusals)
        everything = brought.folded(self.everything)
        return BindingWords(verbs, about, everything, beside=beside, refusals=refusals)


class NumbersTable(StrictTable):
    """`[numbers]`: number words by their places, synonyms together, and the small words around them."""

    units: tuple[Words, ...] = Field(default=(), max_length=10)
    teens: tuple[Words, ...] = Field(default=(), max_length=10)
    tens: tuple[Words, ...] = Field(default=(), max_length=8)
    hundreds: tuple[Words, ...] = Field(default=(), max_length=9)
    joined: tuple[Annotated[str, Field(pattern=r"^[^{}]*\{(unit|ten)\}[^{}]*\{(unit|ten)\}[^{}]*$")], ...] = ()
    joiners: Words = ()
    corrections: Words = ()
    restarts: Words = ()
    tail: Words = ()
    first: Words = ()
    before_last: Words = ()
    instead: Words = ()
    contrasts: Words = ()
    fillers: Words = ()
    repeaters: Words = ()
    plurals: tuple[Words, ...] = Field(default=(), max_length=10)
    times: dict[str, int] = Field(default_factory=dict)

    def cues(self) -> NumberCues:
        counted = {fold_words(word): str(n) for n, group in enumerate(self.units) if n > 1 for word in group}
        plurals = {fold_words(word): str(n) for n, group in enumerate(self.plurals) for word in group}
        return NumberCues(
            corrections=brought.phrases_of(self.corrections),
            restarts=brought.phrases_of(self.restarts),
            tail=brought.phrases_of(self.tail),
            times={fold_words(word): n for word, n in self.times.items()},
            counted=counted,
            plurals=plurals,
            repeaters=brought.folded(self.repeaters),
            fillers=brought.folded(self.fillers) | HESITATION,
            joiners=brought.folded(self.joiners),
            first=brought.phrases_of(self.first),
            before_last=brought.phrases_of(self.before_last),
            instead=brought.phrases_of(self.instead),
            contrasts=brought.folded(self.contrasts),
        )


class AddressTable(StrictTable):
    """`[address]`: how the signs of an e-mail address are said."""

    at: Words = ()
    dot: Words = ()
    hyphen: Words = ()
    underscore: Words = ()
    intro: Words = ()

    def build(self) -> AddressWords:
        return AddressWords(*map(brought.folded, (self.at, self.dot, self.hyphen, self.underscore, self.intro)))


class TermsTable(StrictTable):
    """`[terms]`: words of amounts and things."""

    payment_method: dict[str, Words] = Field(default_factory=dict)
    language: dict[str, Words] = Field(default_factory=dict)
    plan: dict[str, Words] = Field(default_factory=dict)
    year: Words = ()
    month: Words = ()
    unit: Words = ()
    pack: Words = ()
    code: Words = ()
    name: Words = ()

    def build(self) -> TermWords:
        tables = {"payment_method": self.payment_method, "language": self.language, "plan": self.plan}
        return TermWords(
            {
                entity: tuple((value, made) for value, words in table.items() if (made := brought.pattern(words)))
                for entity, table in tables.items()
            },
            brought.whole(self.year),
            brought.whole(self.month),
            brought.whole(self.unit),
            brought.whole(self.pack),
            brought.typed(self.code),
            brought.introducing(self.name),
        )


class CorrectionsTable(StrictTable):
    """`[corrections]`: "no, my e-mail is …", "change the street"."""

    nouns: dict[Annotated[str, AfterValidator(_answer)], Words] = Field(default_factory=dict)
    change: Words = ()
    lead: Words = ()
    error: Words = ()
    whose: Words = ()
    is_: Words = Field(default=(), alias="is")
    wrong: Words = ()
    wrong_before: Words = ()
    said: Words = ()
    later: Words = ()
    instead: Words = ()
    rather: Words = ()
    should: Words = ()
    signs: Words = ()
    moved: Words = ()
    renamed: Words = ()
    right: Words = ()
    except_: Words = Field(default=(), alias="except")


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
        words, n = self.corrections.model_dump(by_alias=True), self.numbers
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
            courtesy=brought.folded(self.courtesy),
            questions=brought.folded(self.questions),
            stop=brought.folded(self.stop),
            answers=self.answers.build(),
            binding=self.binding.build(),
            choices={payload: tuple(map(compile_cue, cues)) for payload, cues in self.choices.items()},
            address=self.address.build(),
            terms=self.terms.build(),
            corrections=brought.corrections_from({_slots(noun): said for noun, said in nouns.items()}, words),
        )

    def _commands(self) -> dict[str, NavigationCommand]:
        meant = [(NavigationCommand(name), words) for name, words in self.commands.items()]
        meant += [(NavigationCommand("lang", code), words) for code, words in self.languages.items()]
        meant += [(NavigationCommand("stop", "reminders"), self.reminders)]
        return {said: command for command, words in meant for said in brought.folded(words)}


def _slots(noun: str) -> tuple[str, ...]:
    """Add the invoice e-mail to the meanings of "e-mail"."""
    return ("email", "invoice_email") if noun == "email" else (noun,)
