"""The open step as language understanding needs to know it: what it expects, its buttons, and what may be named."""

from collections.abc import Mapping, Set

from msgspec import Struct, field

from values.meaning import TRIAL, BindingAct, Expects

TITLE = "title"
"""The name of a press on a button that isn't offered: `title:menu` or `title:step` says where it belongs."""
OF_A_STEP, OF_A_WORD = f"{TITLE}:step", f"{TITLE}:word"
"""A title of another step's button, and one that is a single word, which may mean something else as well."""
WISH = "wish"
"""The name of a title by which an intent is asked for: `wish:log_in`."""


class OptionWords(Struct, frozen=True):
    """One button: its payload, every title by which it is known, in any language, and what it binds to, if anything."""

    payload: str
    titles: tuple[str, ...] = ()
    binds: BindingAct | None = None
    pieces: tuple[str, ...] = ()  # words by which what it adds is counted
    beside: bool = False  # it answers another question than the open one: it has to be named, a bare yes isn't it
    covers: tuple[str, ...] = ()  # the steps that it answers together


class ConsentName(Struct, frozen=True):
    """A consent of the profile as it may be named: its titles and its sentence, in any of the profile's languages."""

    id: str
    obligatory: bool
    titles: tuple[str, ...]
    texts: tuple[str, ...] = ()


class Expected(Struct, frozen=True):
    """The open step as language understanding needs to know it.

    `country` is the ISO code that decides about numbers, or `tax_number.VATIN`, and `home` then the seller's own
    country; `seat` is that of the company's address; `discount_codes` are those the profile knows; `correctable` names
    the earlier answers (`Expects` names or steps) that may be corrected, each with its kind; `optional` steps can be
    skipped, and `several` take more than one of their options at once; `pieces` are the words by which a quantity is
    counted; `enough` is the payload of "that's all"; `names` are the seller's own and its products'. `code`: six
    digits are an answer, though the step awaits something else. `rows` are the other steps on its card, answered or
    not, and `act` is the payload by which the last of them orders, once nothing is missing. `given` are the answers in
    words, such as streets and names, by their steps. `called` says by step, with commas, what a sentence may call it.
    `consents` are those of the profile that may be given or taken back in words. `joint` answers the open step and
    others of its card together: it is given by words that name all of them. `pages` are the payloads of the menu's
    buttons by their folded titles, wherever the customer is, and of other titles of the desk's what they are: an entry
    of the FAQ, or a `TITLE` of a menu or a step. `papers`: there are invoices of theirs, or there are to be.
    """

    expects: Expects
    step: str
    options: tuple[OptionWords, ...] = ()
    country: str = "PL"
    discount_codes: tuple[str, ...] = ()
    correctable: Mapping[str, Expects] = field(default_factory=dict[str, Expects])
    free_text: bool = False
    optional: bool = False
    several: bool = False
    home: str = ""
    seat: str = ""
    pieces: tuple[str, ...] = ()
    enough: str = ""
    names: tuple[str, ...] = ()
    code: bool = False
    rows: Set[str] = frozenset()
    act: str = ""
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    called: tuple[tuple[str, str], ...] = ()
    consents: tuple[ConsentName, ...] = ()
    joint: OptionWords | None = None
    pages: Mapping[str, str] = field(default_factory=dict[str, str])
    papers: bool = False

    @property
    def acting(self) -> OptionWords:
        """Return the button of `act` as words may give it before it is shown."""
        return OptionWords(self.act, binds=BindingAct.trial if self.act == TRIAL else BindingAct.order)


class Nameable(Struct, frozen=True):
    """A choice that can be made by its name before it is asked: a method, a plan, add-ons.

    `called`: what a seller's own question calls its answer, with commas; it may be of any kind, `expects`.
    """

    step: str
    options: tuple[OptionWords, ...]
    called: str = ""
    expects: Expects = Expects.choice
