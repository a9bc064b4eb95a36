"""Tables of `profile.toml` that say what is sold, how it is paid and what is asked for it."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from bot.profile.fields import Id, Net, Nets, StrictTable, TermText, build_prices, minor, require_form, table_of
from bot.profile.problems import WrongProfile
from values import rules
from values.consent import Consent
from values.offer import Addon, Trial
from values.payment import is_valid_iban
from values.question import DEFAULT_SHOW, Audience, Keep, OwnQuestion, Place, QuestionKind
from values.renewal import Program
from values.seller import Plan, Seats
from values.term import Term, term_of_years

Iban = Annotated[
    str, require_form(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", "an IBAN without blanks, the letters of the country first")
]
Bic = Annotated[str, require_form(r"([A-Z0-9]{8}([A-Z0-9]{3})?)?", "8 or 11 capital letters and digits")]
TaxNumber = Annotated[str, require_form(r"[0-9]{0,10}", "10 digits at most, nothing between them")]
SlipAccount = Annotated[str, require_form(r"[0-9]{4,12}", "4 to 12 digits")]


class RefundTable(StrictTable):
    """`[refund]`. Sums in major units, as money goes back: with VAT."""

    full: Literal["end", "keep"] = "keep"
    a_day: Net | None = None
    a_day_each: Net | None = None
    second_above: Net | None = None

    def build(self, currency: str) -> rules.RefundRules:
        sums = (self.a_day, self.a_day_each, self.second_above)
        return rules.RefundRules(self.full, *(None if one is None else minor(one, currency) for one in sums))


class WithdrawalTable(StrictTable):
    """`[withdrawal]`. `for`: legal forms."""

    forms: tuple[rules.LegalForm, ...] = Field(default=rules.WithdrawalRules().forms, validation_alias="for")
    days: Annotated[int, Field(ge=0, le=90)] = rules.WithdrawalRules().days
    early: Literal["terms", "clauses"] | None = None

    def build(self) -> rules.WithdrawalRules:
        return rules.WithdrawalRules(self.forms, self.days, self.early)


class ProgramTable(table_of(Program)):
    """`[[program]]`: what customers own, and the plans that renew its subscription and extend its licence."""

    product: Id
    subscription: Id
    extension: Id | None = None


class OfferTable(StrictTable):
    """A plan or an add-on. `net` in major units, by term or of one year; one that isn't `sold` keeps its name."""

    id: Id
    net: Nets
    sold: bool = True


class SeatsTable(table_of(Seats)):
    """`[plan.seats]`: the price is that of one seat, and customers say how many."""


class TrialTable(StrictTable):
    """`[plan.trial]`: the first days for nothing. `method`: whether a way to pay is kept first, and charged then."""

    days: int = Field(ge=1, le=90)
    method: Literal["kept", "none"]


class PlanTable(OfferTable):
    """`[[plan]]`. Of `terms` and `years` it has one."""

    years: tuple[Annotated[int, Field(ge=1, le=10)], ...] = ()
    terms: tuple[TermText, ...] = ()
    seats: SeatsTable | None = None
    trial: TrialTable | None = None

    @property
    def lengths(self) -> tuple[Term, ...]:
        """For how long it is sold: `terms`, else `years`, else what it has prices for."""
        named = self.terms or tuple(map(term_of_years, self.years)) or tuple(self.net)
        return tuple(dict.fromkeys(map(Term, named)))

    def build(self, currency: str) -> Plan:
        seats = None if self.seats is None else self.seats.build()
        trial = None if self.trial is None else Trial(self.trial.days, self.trial.method == "kept")
        return Plan(self.id, terms=self.lengths, seats=seats, trial=trial, **build_prices(self.net, currency))


class AddonTable(OfferTable):
    """`[[addon]]`. `net` is the price of one pack; `once` it is paid once, whatever the term.

    Unless `max` says otherwise there is one of a fee that is `required` once.
    """

    pack: int = Field(default=1, ge=1)
    max: int | None = Field(default=None, ge=1, le=9999)
    unit: str = Field(default="", max_length=12)
    once: bool = False
    required: bool = False

    def build(self, currency: str) -> Addon:
        most = self.max or (1 if self.once and self.required else 99)
        packs = {"pack": self.pack, "most": most, "unit": self.unit}
        return Addon(self.id, **packs, once=self.once, required=self.required, **build_prices(self.net, currency))


class TransferTable(StrictTable):
    """`[transfer]`: where customers send money by themselves."""

    payee: str = Field(min_length=1, max_length=70)
    iban: Iban
    bic: Bic = ""
    bank: str = ""
    tax_number: TaxNumber = ""
    short_payee: str = Field(default="", max_length=20)

    @field_validator("iban")
    @classmethod
    def _check_digits(cls, value: str) -> str:
        if not is_valid_iban(value):
            raise WrongProfile("the check digits of this account number are wrong", "Copy it from the bank once more.")
        return value


class PostalSlipTable(StrictTable):
    """`[postal_slip]`: the account that a postal slip is made out to."""

    payee: str = Field(min_length=1, max_length=70)
    account: SlipAccount


class ConsentTable(StrictTable):
    """`[[consent]]` and `[[document]]`; the words are the text `consent.<id>.text`."""

    id: Id
    version: str = Field(min_length=1)
    obligatory: bool = True

    def build(self) -> Consent:
        return Consent(self.id, self.version, self.obligatory)


class QuestionTable(StrictTable):
    """`[[question]]`: asked and kept; the words are the texts `question.ID.*`."""

    id: Id
    kind: QuestionKind
    after: Literal["account", "contact", "company", "order"] | None = None
    before: Literal["pay"] | None = None
    keep: Keep
    required: bool = False
    options: tuple[Id, ...] = ()
    mostly_one: bool = False
    min: int | None = None
    max: int | None = None
    unit: Id | None = None
    show: tuple[Audience, ...] = DEFAULT_SHOW
    when: dict[Id, tuple[str, ...]] = Field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Return its place; the account's for a question that names none, a mistake told elsewhere."""
        return self.before or self.after or "account"

    def build(self) -> OwnQuestion:
        same = self.model_dump(exclude={"before", "after", "unit", "when"})
        return OwnQuestion(**same, place=self.place, unit=self.unit or "", when=tuple(self.when.items()))
