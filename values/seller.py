"""The seller as the dialogs see him: the offer, the rules and the manners of a profile, without any words."""

from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from values import rules
from values.consent import VOICE, Consent
from values.hours import NIGHT, QuietHours
from values.money import AT_HOME, Buyer, Vat, VatRules, vat_of
from values.offer import Addon, DiscountCode, Trial, net_for
from values.password import DEFAULT as DEFAULT_RULE
from values.password import PasswordRule
from values.question import OwnQuestion
from values.renewal import ENDING, Program, RenewalRules
from values.term import A_YEAR, Term, years_of

MOST_SEATS = 10_000


class Seats(Struct, frozen=True):
    """The fewest and the most seats of a plan that one order may have."""

    min: Annotated[int, Meta(ge=1, le=MOST_SEATS)] = 1
    max: Annotated[int, Meta(ge=1, le=MOST_SEATS)] = MOST_SEATS


class Plan(Struct, frozen=True):
    """Something sold for a term, perhaps after a `trial`.

    `net` and `nets` as in `values.offer.net_for`, for one seat where it has `seats`.
    """

    id: str
    net: int
    terms: tuple[Term, ...] = (A_YEAR,)
    nets: tuple[tuple[Term, int], ...] = ()
    seats: Seats | None = None
    trial: Trial | None = None

    @property
    def once(self) -> bool:
        """A plan is paid for each term."""
        return False


class Manners(Struct, frozen=True):
    """Waits for an answer before the desk reminds and then closes kindly, and the lifetimes of its links."""

    remind_after: timedelta = timedelta(hours=1)
    close_after: timedelta = timedelta(days=3)
    remind_again_after: timedelta = timedelta(days=1)  # after the first reminder
    remind_by_email: bool = True  # with the last reminder, where no channel brings it
    ask_at_end: bool = False  # whether it helped, not only after answers to questions
    quiet: QuietHours = NIGHT
    link_ttl: timedelta = timedelta(hours=72)
    payment_ttl: timedelta = timedelta(days=7)
    transfer_ttl: timedelta = timedelta(days=14)  # money that somebody has to carry to a bank or a post office


class Seller(Struct, frozen=True):
    """One profile, typed.

    Money in minor units of `currency`; `vat_percent` is the seller's own rate, which applies to the net sum unless
    `vat` says otherwise.
    """

    id: str
    name: str
    country: str
    currency: str
    vat_percent: int
    plans: tuple[Plan, ...]
    dialogs: tuple[str, ...]
    entries: tuple[str, ...] = rules.ENTRIES
    sign_up: rules.SignUp = rules.BY_EMAIL
    company: rules.CompanyRules = rules.PLAIN_COMPANY
    consents: tuple[Consent, ...] = ()
    documents: tuple[Consent, ...] = ()  # terms, clauses, einvoice: accepted by an act of their own
    voice: Consent = Consent("voice_information", "")  # what is said before a recording is heard
    dictates: bool = False  # customers may speak to their browser's own recogniser
    methods: tuple[str, ...] = ()
    # "ask": an answer is demanded; "offer": off until the customer switches it on; "obligatory": nothing is ordered
    # without the consent to it; "with_method": whatever is paid in a chargeable way renews itself; "none"
    auto_renewal: str = "ask"
    renewal: RenewalRules | None = None  # what is done about subscriptions that end; None: nothing by itself
    programs: tuple[Program, ...] = ()  # what customers own and renew
    community: bool = False  # there is a place where other customers answer questions
    other_methods: tuple[str, ...] = ()  # those of `methods` that stand behind "other ways to pay"
    chargeable: tuple[str, ...] = ()  # methods that can be charged without the customer present
    keeps_without_charge: tuple[str, ...] = ()  # of them those that are kept by a payment of zero
    by_code: tuple[tuple[str, str], ...] = ()  # methods paid by a code typed in the chat, and who takes it of each
    discounts: tuple[DiscountCode, ...] = ()
    demanded_contacts: tuple[str, ...] = ("phone", "email")
    phone_countries: tuple[int, ...] = (48,)
    password: PasswordRule = DEFAULT_RULE
    manners: Manners = Manners()
    privacy: rules.PrivacyRules = rules.DEFAULT_PRIVACY
    refund: rules.RefundRules = rules.RefundRules()
    withdrawal: rules.WithdrawalRules = rules.WithdrawalRules()
    invoices: rules.InvoiceRules = rules.InvoiceRules()
    desk: rules.DeskRules = rules.DEFAULT_DESK  # when a person takes part
    locales: tuple[str, ...] = ("pl", "it", "en")
    einvoice_confirm: str = "desk"  # "desk": active at once; "seller": the seller's API says so
    time_zone: str = "Europe/Warsaw"
    order_prefix: str = "OK"  # orders are numbered PREFIX/YEAR/000001
    addons: tuple[Addon, ...] = ()
    former: tuple[str, ...] = ()  # plans that aren't sold any more and still have a name: orders of theirs live on
    former_addons: tuple[Addon, ...] = ()  # the same of add-ons
    free_version: str | None = None  # what account holders may switch on for nothing, by the name of the product
    notes: tuple[str, ...] = ()  # letters without a link that this seller sends, see `values/rules.py`
    answers: frozenset[str] = frozenset()  # all entries of the FAQ, and the parts of the seller's own pages
    questions: tuple[tuple[str, tuple[str, ...]], ...] = ()  # FAQ entries that a step offers, by its path
    own_questions: tuple[OwnQuestion, ...] = ()  # asked and kept, each at its place
    cards: tuple[tuple[str, tuple[str, ...]], ...] = ()  # by the card's kind: the rows that it shows, in order
    vat: VatRules = AT_HOME  # what is different for buyers of other countries

    @property
    def voluntary(self) -> tuple[Consent, ...]:
        """The consents that may be withdrawn by themselves; the others stand as long as the account."""
        heard = (document for document in self.documents if document.id == VOICE)
        return (*(consent for consent in self.consents if not consent.obligatory), *heard)

    @property
    def readable(self) -> tuple[Consent, ...]:
        """The consents and documents with a full text."""
        return tuple(one for one in (*self.consents, *self.documents) if one.headings)

    @property
    def sells(self) -> bool:
        """Return whether the journey leads to an order; else it is for customers who have what they need."""
        return "order" in self.dialogs

    def questions_at(self, step: str) -> tuple[str, ...]:
        return dict(self.questions).get(step, ())

    def plan(self, plan_id: str) -> Plan:
        """Return the plan by its id. Errors: KeyError if the offer has none of that name."""
        for plan in self.plans:
            if plan.id == plan_id:
                return plan
        raise KeyError(plan_id)

    def discount(self, code: str) -> DiscountCode | None:
        """Return the discount code as it is offered now, None if there is none of that name."""
        return next((one for one in self.discounts if one.code == code), None)

    def program(self, product: str) -> Program | None:
        """Return the program by its product's name, None if this seller has none of that name."""
        return next((program for program in self.programs if program.product == product), None)

    def known_addon(self, addon_id: str) -> Addon | None:
        """Return the add-on by its id, sold or sold once; None where the profile knows none of that name."""
        return next((addon for addon in (*self.addons, *self.former_addons) if addon.id == addon_id), None)

    def is_service(self, product: str) -> bool:
        """Return whether a product runs by itself: a plan or a program, but no add-on and nothing free.

        Products that the profile no longer has count as services.
        """
        extensions = {program.extension for program in self.programs}
        return product != self.free_version and product not in extensions and self.known_addon(product) is None

    def addon(self, addon_id: str) -> Addon:
        """Return the add-on by its id. Errors: KeyError if the offer has none of that name."""
        for addon in self.addons:
            if addon.id == addon_id:
                return addon
        raise KeyError(addon_id)

    def sold(self, product: str) -> Plan | Addon | None:
        """Return the plan or add-on of this id; None for what isn't in the offer."""
        return next((sold for sold in (*self.plans, *self.addons) if sold.id == product), None)

    def terms_of(self, product: str) -> tuple[Term, ...]:
        """Return the terms for which a plan is sold; none for what is no plan in the offer."""
        return next((plan.terms for plan in self.plans if plan.id == product), ())

    def seats_of(self, product: str) -> Seats | None:
        """Return the bounds of a plan's seats; None for what isn't sold by the seat."""
        return next((plan.seats for plan in self.plans if plan.id == product), None)

    def renewed_number(self, product: str, number: int) -> int:
        """Return how many are renewed: one of a plan whose price isn't that of a seat any more."""
        whole = any(plan.id == product and plan.seats is None for plan in self.plans)
        return 1 if whole else number

    @property
    def tried_plan(self) -> Plan | None:
        """The first plan of the offer that begins with a trial."""
        return next((plan for plan in self.plans if plan.trial is not None), None)

    def trial_of(self, product: str) -> Trial | None:
        """Return the trial that a plan of the offer begins with."""
        return next((plan.trial for plan in self.plans if plan.id == product), None)

    def net_of(self, product: str, term: Term) -> int | None:
        """Return the price of one plan, or one pack of an add-on, for a term; None for what isn't in the offer."""
        sold = self.sold(product)
        return None if sold is None else net_for(sold, term)

    @property
    def by_years(self) -> bool:
        """Return whether all terms are whole years, as they are chosen and told then."""
        return all(years_of(term) is not None for plan in self.plans for term in plan.terms)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone by whose calendar days begin and terms end."""
        return ZoneInfo(self.time_zone)

    def renewed_by(self, product: str) -> str:
        """Return the plan or add-on by which a subscription of this product is renewed."""
        program = self.program(product)
        return product if program is None else program.subscription

    def instead_of(self, product: str) -> tuple[str, ...]:
        """Return the other plans that a plan replaces: a company has one at a time, but may own several programs."""
        plans = tuple(plan.id for plan in self.plans)
        return tuple(plan for plan in plans if plan != product) if product in plans and not self.programs else ()

    @property
    def never_renewed(self) -> frozenset[str]:
        """Products that don't renew themselves whatever the customer agreed to for others.

        Extensions of a licence are bought once, some add-ons are, and the free version has no term to pay for.
        """
        extensions = (program.extension for program in self.programs)
        once = (addon.id for addon in (*self.addons, *self.former_addons) if addon.once)
        return frozenset(name for name in (*extensions, *once, self.free_version) if name is not None)

    @property
    def renewing_addons(self) -> frozenset[str]:
        """Add-ons that are renewed with their plan, sold or sold once."""
        return frozenset(addon.id for addon in (*self.addons, *self.former_addons)) - self.never_renewed

    @property
    def renewal_rules(self) -> RenewalRules:
        """The rules of renewal; without `[renewal]` subscriptions just end."""
        return ENDING if self.renewal is None else self.renewal

    def tax(self, buyer: Buyer) -> Vat:
        return vat_of(buyer, home=self.country, percent=self.vat_percent, rules=self.vat)

    def taxes_without_number(self, country: str) -> bool:
        """Return whether a buyer of that country who has no tax number can be taxed: at no guessed rate."""
        return country in (self.country, *dict(self.vat.rates))

    def accepts(self, document_id: str) -> bool:
        return any(document.id == document_id for document in self.documents)

    def document(self, document_id: str) -> Consent:
        """Return the terms, clauses or the like by id. Errors: KeyError if the profile has none of that name."""
        for document in self.documents:
            if document.id == document_id:
                return document
        raise KeyError(document_id)
