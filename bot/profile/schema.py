"""The schema of `profile.toml` and `faq/*.toml`, strict, so that a misspelt name is found."""

from datetime import timedelta
from functools import cached_property  # noqa: TID251 - pydantic takes no other for one
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from bot.profile import fields, offer_tables
from bot.profile.mistakes import likely_name
from bot.profile.problems import WrongProfile
from bot.profile.profile import FaqEntry
from bot.profile.tables import BrandTable, DeskTable, DiscountTable, VatTable
from bot.usecases.billing.payment_links import PayTo, Slip
from dialogs.journey import ALL
from dialogs.kit.card import CardKind
from services.payments.providers.registry import BY_CODE, KEEPS, ProviderName, keeps_without_charge, provider_of
from values import rules
from values.hours import QuietHours
from values.locale import SHIPPED
from values.password import PasswordRule
from values.payment import Transfer, format_iban
from values.phone import calling_code, codes_of_eea
from values.question import OwnQuestion
from values.renewal import RenewalRules
from values.seller import Manners, Seller

Pattern = Annotated[str, fields.require_form(r"[^\s{}]*\{number\}[^\s{}]*", "{number} once and no blanks")]
OrderPrefix = Annotated[str, fields.require_form(r"[A-Z0-9]{1,8}", "1 to 8 capital letters and digits, such as MS")]
Method = Literal["card", "paypal", "przelewy24", "blik", "transfer", "postal_slip"]


class PasswordTable(fields.table_of(PasswordRule)):
    """`[password]`."""

    min: int = Field(default=15, ge=8, le=128)
    max: int = Field(default=128, ge=8, le=128)
    classes: tuple[Literal["upper", "lower", "digit", "special"], ...] = ()


class MannersTable(fields.StrictTable):
    """`[manners]`."""

    remind_after_hours: int = Field(default=1, ge=1)
    close_after_hours: int = Field(default=72, ge=1)
    remind_again_after_hours: int = Field(default=24, ge=1)
    remind_by_email: bool = True
    ask_at_end: bool = False
    quiet_from: int = Field(default=22, ge=0, le=23)
    quiet_to: int = Field(default=7, ge=0, le=23)
    link_hours: int = Field(default=72, ge=1, le=240)
    payment_days: int = Field(default=7, ge=1, le=60)
    transfer_days: int = Field(default=14, ge=1, le=60)

    def build(self) -> Manners:
        return Manners(
            remind_after=timedelta(hours=self.remind_after_hours),
            close_after=timedelta(hours=self.close_after_hours),
            remind_again_after=timedelta(hours=self.remind_again_after_hours),
            remind_by_email=self.remind_by_email,
            ask_at_end=self.ask_at_end,
            quiet=QuietHours(self.quiet_from, self.quiet_to),
            link_ttl=timedelta(hours=self.link_hours),
            payment_ttl=timedelta(days=self.payment_days),
            transfer_ttl=timedelta(days=self.transfer_days),
        )


class SignUpTable(fields.table_of(rules.SignUp, without="user_names")):
    """`[sign_up]`: the rules of `SignUp`, user names by their pattern."""

    user_name: Pattern | None = None
    user_name_first: int = Field(default=1, ge=0)

    def build(self) -> rules.SignUp:
        names = None if self.user_name is None else rules.UserNames(self.user_name, self.user_name_first)
        return rules.SignUp(**self.model_dump(exclude={"user_name", "user_name_first"}), user_names=names)


class CompanyTable(fields.table_of(rules.CompanyRules)):
    """`[company]`: the rules of `CompanyRules`."""

    products: tuple[fields.Id, ...] = ()
    from_program: tuple[fields.Id, ...] = ()


class PrivacyTable(fields.table_of(rules.PrivacyRules)):
    """`[privacy]`."""


class InvoicesTable(fields.table_of(rules.InvoiceRules)):
    """`[invoices]`."""


class VoiceTable(fields.StrictTable):
    """`[voice]`. `browser`: the chat may use the browser's own recogniser, which may send the sound to its maker."""

    browser: bool = False


class RenewalTable(fields.table_of(RenewalRules, without="collects")):
    """`[renewal]`."""

    retry_days: tuple[Annotated[int, Field(ge=0, le=30)], ...] = (5, 3, 1)


class NameCasesTable(fields.StrictTable):
    """`[name_cases.CODE]`: the seller's name in the cases of a language."""

    genitive: str | None = Field(default=None, min_length=1, max_length=40)
    locative: str | None = Field(default=None, min_length=1, max_length=40)


class ProfileFile(fields.StrictTable):
    """`profile.toml`."""

    id: fields.Id
    name: str = Field(min_length=1, max_length=40)
    country: fields.CountryCode
    currency: fields.CurrencyCode
    vat_percent: int = Field(ge=0, le=50)
    time_zone: str = "Europe/Warsaw"
    locales: tuple[fields.LocaleCode, ...] = Field(default=SHIPPED, min_length=1)
    order_prefix: OrderPrefix
    dialogs: tuple[str, ...] = Field(min_length=1)
    entries: tuple[rules.Entry, ...] = Field(default=rules.ENTRIES, min_length=1)
    demanded_contacts: tuple[Literal["phone", "email"], ...] = ("phone", "email")
    phone_countries: tuple[fields.Dialled, ...] = ()
    methods: tuple[Method, ...] = ()
    other_methods: tuple[Method, ...] = ()
    chargeable: tuple[Method, ...] = ()
    code_in_chat: tuple[Method, ...] = ()
    auto_renewal: Literal["ask", "offer", "obligatory", "with_method", "none"] = "ask"
    cards: dict[CardKind, tuple[fields.Id, ...]] = Field(default_factory=dict[CardKind, tuple[fields.Id, ...]])
    free_version: fields.Id | None = None
    notes: tuple[Literal["welcome", "order_confirmed", "activated"], ...] = ("order_confirmed", "activated")
    einvoice_confirm: Literal["desk", "seller"] = "desk"
    address: dict[fields.LocaleCode, fields.Id] = Field(default_factory=dict)
    name_cases: dict[fields.LocaleCode, NameCasesTable] = Field(default_factory=dict)
    brand: BrandTable
    questions: dict[str, tuple[fields.Id, ...]] = Field(default_factory=dict)
    links: dict[fields.Id, fields.Url] = Field(default_factory=dict)
    password: PasswordTable = PasswordTable()
    sign_up: SignUpTable = SignUpTable()
    company: CompanyTable = CompanyTable()
    manners: MannersTable = MannersTable()
    privacy: PrivacyTable = PrivacyTable()
    refund: offer_tables.RefundTable = offer_tables.RefundTable()
    withdrawal: offer_tables.WithdrawalTable = offer_tables.WithdrawalTable()
    invoices: InvoicesTable = InvoicesTable()
    voice: VoiceTable = VoiceTable()
    desk: DeskTable = DeskTable()
    renewal: RenewalTable | None = None
    program: tuple[offer_tables.ProgramTable, ...] = ()
    plan: tuple[offer_tables.PlanTable, ...] = ()
    addon: tuple[offer_tables.AddonTable, ...] = ()
    providers: dict[str, ProviderName] = Field(default_factory=dict, validate_default=True)
    transfer: offer_tables.TransferTable | None = None
    postal_slip: offer_tables.PostalSlipTable | None = None
    consent: tuple[offer_tables.ConsentTable, ...] = ()
    document: tuple[offer_tables.ConsentTable, ...] = ()
    discount: tuple[DiscountTable, ...] = ()
    question: tuple[offer_tables.QuestionTable, ...] = ()
    vat: VatTable = VatTable()

    @field_validator("dialogs")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        offered = sorted(set(ALL) - {"handoff", "feedback", "zone"})
        if unknown := [name for name in value if name not in offered]:
            name = likely_name(unknown[0], offered)
            choice = f"Is {name} meant?" if name is not None else f"Choose from {', '.join(offered)}."
            raise WrongProfile(f"there is no dialog {unknown[0]}", choice)
        return value

    @field_validator("providers")
    @classmethod
    def _kept(cls, value: dict[str, ProviderName], info: ValidationInfo) -> dict[str, str]:
        """Let what is chargeable go through the first provider that keeps it, unless one is named."""
        kept = ((one, [*KEEPS.get(one, ())]) for one in info.data.get("chargeable", ()))
        return {one: able[0] for one, able in kept if able and one in info.data.get("methods", ())} | {**value}

    def _phone_countries(self) -> tuple[int, ...]:
        named = (codes_of_eea() if code == fields.EEA else (int(code),) for code in self.phone_countries)
        return tuple(dict.fromkeys(chain.from_iterable(named))) or (calling_code(self.country),)

    def pay_to(self) -> dict[str, str]:
        """Return the seller's accounts under the names that texts use."""
        bank, slip = self.transfer, self.postal_slip
        named = {} if bank is None else {"payee": bank.payee, "iban": format_iban(bank.iban), "bic": bank.bic}
        if bank is not None:
            named["bank"] = bank.bank
        return named if slip is None else {**named, "slip_payee": slip.payee, "slip_account": slip.account}

    def accounts(self) -> PayTo:
        """Return the seller's accounts as pages and e-mails show them."""
        bank, slip = self.transfer, self.postal_slip
        return PayTo(
            Transfer(**bank.model_dump()) if bank is not None else None,
            Slip(**slip.model_dump()) if slip is not None else None,
        )

    @cached_property
    def own_questions(self) -> tuple[OwnQuestion, ...]:
        """The seller's own questions."""
        return tuple(question.build() for question in self.question)

    def build(self, former: tuple[str, ...] = ()) -> Seller:
        """Return the seller as the dialogs see it; `former` are plans no longer sold that still have a name."""
        converted: dict[str, Any] = {
            "plans": tuple(p.build(self.currency) for p in self.plan if p.sold),
            "consents": tuple(c.build() for c in self.consent),
            "documents": tuple(d.build() for d in self.document),
            "programs": tuple(program.build() for program in self.program),
            "community": self.brand.build().community_url is not None,
            "former": former,
            "by_code": tuple((one, provider_of(one, self.providers)) for one in self.code_in_chat if one in BY_CODE),
            "keeps_without_charge": tuple(m for m in self.chargeable if keeps_without_charge(m, self.providers)),
            "questions": tuple(self.questions.items()),
            "addons": tuple(a.build(self.currency) for a in self.addon if a.sold),
            "former_addons": tuple(a.build(self.currency) for a in self.addon if not a.sold),
            "discounts": tuple(d.build(self.currency) for d in self.discount),
            "phone_countries": self._phone_countries(),
            "desk": self.desk.build(self.currency),
            "refund": self.refund.build(self.currency),
            "cards": tuple(self.cards.items()),
            **{name: getattr(self, name).build() for name in BUILT},
            "vat": self.vat.build(),
            "dictates": self.voice.browser,
            "renewal": None if self.renewal is None else self.renewal.build(),
        }
        own = {*converted, "voice"}  # a document of the seller's words, not the table of that name
        same = [name for name in Seller.__struct_fields__ if name not in own and hasattr(self, name)]
        return Seller(**converted, **{name: getattr(self, name) for name in same})


BUILT = ("sign_up", "company", "password", "manners", "privacy", "invoices")
"""Tables that a seller has under their own name."""


class FaqTable(fields.table_of(FaqEntry)):
    """`[[entry]]` of a FAQ file."""


class FaqFile(fields.StrictTable):
    """`faq/<language>.toml`."""

    entry: tuple[FaqTable, ...] = ()
