"""The open step as language understanding needs to know it: what it takes, what may be named, and by which words."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from functools import lru_cache
from itertools import chain
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bot.conversation import sent_codes
from bot.conversation.product_words import consent_names
from bot.conversation.product_words import names as product_names
from bot.conversation.render import Renderer
from bot.texts.catalogue import MissingText
from dialogs.company.data import find_seat_country, read_company
from dialogs.kit import Journey, Option, Step, Word, options_of, read_slots
from dialogs.kit.journey import EDIT
from dialogs.kit.press import COMMANDS, FAQ
from dialogs.kit.reaction import never
from dialogs.order.seats import count_seats
from dialogs.state import Ctx
from nlu.named.pieces import SEATS
from values.expected import OF_A_STEP, OF_A_WORD, TITLE, WISH, ConsentName, Expected, Nameable, OptionWords
from values.kinds import kind_of
from values.meaning import ACCOUNT_EMAIL, BindingAct, Expects
from values.parsing import fold_words
from values.patterns import Deferred, cached_property
from values.seller import Seller
from values.tax_number import VATIN

BUTTONS = 2000
"""Of so many buttons the words are kept: more than a profile's dialogs have."""


_Params = tuple[tuple[str, Any], ...]


class Expectations(Struct, frozen=True, dict=True):
    """Tells what steps expect, for one seller."""

    journey: Journey
    renderer: Renderer

    def nameable(self, ctx: Ctx) -> tuple[Nameable, ...]:
        """Return the choices, and the seller's own questions, that may be answered by name before they are asked."""
        return tuple(
            one if s.parse is not None else replace(one, options=tuple(self._option(o) for o in options_of(s, ctx)))
            for s, one in self._ahead
        )

    @cached_property
    def _ahead(self) -> tuple[tuple[Step[Any], Nameable], ...]:
        """The steps that may be answered by name before they are asked, with what is the same for every customer."""
        called = dict(self.called)
        return tuple(
            (s, Nameable(s.name, (), called.get(s.name, "") if s.answer.entry else "", s.expects))
            for s in self.journey.steps
            if (s.parse is None or s.answer.entry) and s.answer.ahead is not never
        )

    def at(self, step: Step[Any], ctx: Ctx) -> Expected:
        """Return what a step expects, with all that a message may name there."""
        still = self._still(step, ctx.seller)
        rows, journey = still.rows, self.journey
        card, menu = bool(rows), step.name == EDIT
        act = journey.act(step, ctx) if rows else None
        return replace(
            still,
            options=tuple(
                [
                    self._option(o, beside=(card and o.step in rows) or ((menu or o.hidden) and _is_unasked(o, step)))
                    for o in journey.offered(step, ctx)
                    if o.binds is None or _by_words(o, step, rows)
                ]
            ),
            correctable=Deferred(lambda: self._correctable(step, ctx), lambda name: self._corrected(name, step, ctx)),
            pieces=self._pieces(step.typed.pieces(read_slots(ctx.case, step.dialog, ctx), ctx)),
            act=act.payload if act is not None and act.step != step.name else "",
            seat=find_seat_country(read_company(ctx), ctx),
            given=Deferred(lambda: self._given(ctx)),
            joint=self._joint(step, ctx) if rows else None,
            pages=Deferred(dict, lambda said: self._on_the_card(said, step, ctx) or self._page(said, ctx)),
            papers=bool(ctx.books.invoices) or ctx.books.paid is not None,
        )

    def _page(self, said: str, ctx: Ctx) -> str | None:
        """Return what a title of the desk's own stands for; most messages are none."""
        if (targets := self.titles.get(said)) is None:
            return None
        here, target = self._on_a_menu(said, ctx), next(t for t in targets if self._may_be(t, ctx))
        known = target == f"{TITLE}:menu" and ctx.case.account.id is not None
        return here or (self._taken.get(said, target) if known else target)

    def _on_the_card(self, said: str, step: Step[Any], ctx: Ctx) -> str | None:
        """Return the payload of the button with this title in another row of the open card; a word alone says more."""
        rows = (row for row in self.journey.beside(step, ctx) if row.manners.early) if " " in said else ()
        free = (o for row in rows for o in options_of(row, ctx) if o.binds is None and not o.hidden)
        return next((o.payload for o in free if said in map(fold_words, self._option(o).titles)), None)

    def _may_be(self, target: str, ctx: Ctx) -> bool:
        """Return whether a title may stand for this: what isn't given yet isn't changed."""
        name, _, edited = target.partition(":")
        given = (self.journey.askable(s, ctx.case, ctx) for _, s in self._by_name.get(edited, ()))
        return name != EDIT or any(given)

    def _on_a_menu(self, said: str, ctx: Ctx) -> str | None:
        """Return the payload of the menus' button with this title, on the open page or at home."""
        menus = [step for step in self.journey.steps if step.ways.menu]
        homes = {menu.dialog: self.journey.dialogs[menu.dialog].slots() for menu in menus}
        away = {dialog: home for dialog, home in homes.items() if getattr(ctx.case, dialog) != home}
        afresh = (replace(ctx, case=replace(ctx.case, **{dialog: home})) for dialog, home in away.items())
        given = (o for here in chain((ctx,), afresh) for menu in menus for o in options_of(menu, here))
        near = (o for o in given if not (o.hidden and self._button(o.payload).startswith(WISH)))
        free = (self._option(option) for option in near if option.binds is None)
        return next((one.payload for one in free if said in map(fold_words, one.titles)), None)

    @cached_property
    def titles(self) -> dict[str, tuple[str, ...]]:
        """The desk's own titles, folded, with what each may stand for: an answer to be changed is the last but one."""
        known = defaultdict[str, set[str]](set)
        for key in self.renderer.catalogue.texts[self.renderer.spoken("")]:
            if (target := self._target(*key.split("."))) is not None:
                for title in self._plain(key):
                    known[fold_words(title)].add(target)
        return {title: _ranked(title, targets) for title, targets in known.items()}

    @cached_property
    def _taken(self) -> dict[str, str]:
        """The titles, folded, of buttons that work at any step, with what they send."""
        taken = {payload for dialog in self.journey.dialogs.values() for payload in dialog.taken}
        keys = {f"option.{payload.replace(':', '.')}": payload for payload in taken}
        return {fold_words(title): payload for key, payload in keys.items() for title in self._plain(key)}

    def _target(self, room: str, name: str = "", value: str = "", *_: str) -> str | None:
        """Return what the title with this key leads to: of the FAQ to its entry, of a button to what it does."""
        if room == FAQ:
            return f"{FAQ}:{name}" if value == "title" and name in self.renderer.seller.answers else None
        if room == EDIT:
            return f"{EDIT}:{name}"
        if room != "option":
            return None
        return f"/{name}" if name in COMMANDS and not value else self._button(f"{name}:{value}")

    def _button(self, payload: str) -> str:
        """Return where a button leads: to its page, to what it does at any step, to the wish that it stands for."""
        name = payload.partition(":")[0]
        if any(step.ways.menu for _, step in self._by_name.get(name, ())):
            return f"{TITLE}:menu"
        if name not in self._by_name and any(dialog.takes(payload) for dialog in self.journey.dialogs.values()):
            return payload
        return self._wishes.get(payload, OF_A_STEP)

    @cached_property
    def _wishes(self) -> dict[str, str]:
        """The wishes behind buttons that stand for what can be asked for at any step, such as to log in.

        A yes, a no and what is bound to figures are given where they are asked for, unless a menu knows them as well.
        """
        asked = {intent for dialog in self.journey.dialogs.values() for intent in dialog.questions}
        steps = self.journey.steps
        stands = [(s, intent, _several(payloads)) for s in steps for intent, payloads in s.intents.items()]
        listed = {payload for step, _, payloads in stands if step.ways.menu for payload in payloads}
        polar = {payloads[0] for _, intent, payloads in stands if intent in ("affirm", "deny")}
        bound = {step.name for step in steps if step.figures is not None}
        wanted = {p: intent for _, intent, payloads in reversed(stands) if intent in asked for p in payloads}
        kept = (p for p in wanted if p in listed or not (p in polar or p.partition(":")[0] in bound))
        return {payload: f"{WISH}:{wanted[payload]}" for payload in kept}

    def _plain(self, key: str) -> tuple[str, ...]:
        """Return a title in all of the profile's languages, none where it has places to fill; a number is no title."""
        catalogue, locales = self.renderer.catalogue, self.renderer.seller.locales
        try:
            titles = [catalogue.fill(key, {}, locale) for locale in locales]
        except MissingText:
            return ()
        return tuple(title for title in titles if any(map(str.isalpha, title)))

    def _still(self, step: Step[Any], seller: Seller) -> Expected:
        """Return what a step expects of everybody, made once for each step."""
        known = self._made.get(step.path)
        if known is None or known[0] is not step or known[1] is not seller:
            known = self._made[step.path] = step, seller, self._of_everybody(step, seller)
        return known[2]

    @cached_property
    def _made(self) -> dict[str, tuple[Step[Any], Seller, Expected]]:
        return {}

    def _of_everybody(self, step: Step[Any], seller: Seller) -> Expected:
        return Expected(
            expects=step.expects,
            step=step.name,
            country=VATIN if seller.company.vatin else seller.country,
            home=seller.country,
            discount_codes=tuple(d.code for d in seller.discounts),
            free_text=step.typed.free_text,
            optional=step.optional,
            several=step.answer.several,
            enough=_several(step.intents.get("enough", ""))[0],
            names=self.names,
            code=sent_codes.takes_letter_code(step),
            rows={one.name for one in self.journey.together(step)} - {step.name},
            called=self.called,
            consents=self._consents,
        )

    def _joint(self, step: Step[Any], ctx: Ctx) -> OptionWords | None:
        """Return the answer that stands for the open question and others of its card, while it is to be given."""
        together = (row for row in self.journey.beside(step, ctx) if row.manners.joint)
        covering = next((row for row in together if set(step.slots) < set(row.slots)), None)
        if covering is None:
            return None
        given = next((o for o in options_of(covering, ctx) if o.binds is not None and not o.hidden), None)
        return None if given is None else replace(self._option(given), covers=covering.slots)

    def _given(self, ctx: Ctx) -> dict[str, str]:
        """Return the answers in words, or of a shape of their own, and the way to pay, that a sentence may correct."""
        kinds = ((s, kind_of(s.expects)) for s in self.journey.correctable(ctx.case, ctx) if s.slots)
        told = [s for s, kind in kinds if kind.by_part or kind.by_shape or s.name == "method"]
        values = {s.name: s.answer_now(read_slots(ctx.case, s.dialog, ctx), ctx) for s in told}
        return {name: value for name, value in values.items() if isinstance(value, str)}

    def _correctable(self, step: Step[Any], ctx: Ctx) -> dict[str, Expects]:
        # Also what a register filled in; and what an act stands on, so that the answer says so.
        told = (*self.journey.answered(ctx.case, ctx), *self.journey.correctable(ctx.case, ctx))
        return {str(k): s.expects for s in told if s.path != step.path for k in _kinds(s)}

    def _corrected(self, name: str, step: Step[Any], ctx: Ctx) -> Expects | None:
        """Return the kind of one answer of `_correctable`: few messages ask for more than that."""
        journey, case = self.journey, ctx.case
        if name == ACCOUNT_EMAIL:  # it is told, if need be, where that is changed; where it is asked for it is given
            return None if step.name == Expects.email else Expects.email
        for path, s in self._by_name.get(name, ()):
            told = journey.askable(s, case, ctx) or any(one is s for one in journey.answered(case, ctx))
            if told and path != step.path:
                return s.expects
        return None

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[tuple[str, Step[Any]]]]:
        """The steps, with their paths, by their names in corrections; those of one name expect the same."""
        named = defaultdict[str, list[tuple[str, Step[Any]]]](list)
        for s in self.journey.steps:
            for name in _kinds(s):
                named[str(name)].append((s.path, s))
        return named

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the seller's own names and its products'."""
        return product_names(self.renderer)

    @cached_property
    def seats(self) -> tuple[str, ...]:
        """Return the words by which seats are counted; none where no plan is sold by the seat."""
        sold = any(plan.seats for plan in self.renderer.seller.plans)
        return (*(word for n in (1, 2, 5) for word in self._pieces(count_seats(n))), "seat") if sold else ()

    @cached_property
    def called(self) -> tuple[tuple[str, str], ...]:
        """Return what the answers of steps are called, in any of the profile's languages, where texts say so."""
        steps = {step.name for step in self.journey.steps} - (set() if self.seats else {SEATS})
        texts = {name: f"called.{name}" for name in sorted(steps)}
        known = {name: key for name, key in texts.items() if self.renderer.has(key, self.renderer.seller.locales[0])}
        return tuple((name, ", ".join(self.renderer.said(Word(key)))) for name, key in known.items())

    @cached_property
    def labels(self) -> frozenset[str]:
        """Return what the lines of an input sheet may be called, in any of the profile's languages, folded."""
        keys = (f"label.{step.name}" for step in self.journey.on_sheets)
        known = (key for key in keys if self.renderer.has(key, self.renderer.seller.locales[0]))
        return frozenset(fold_words(title) for key in known for title in self.renderer.said(Word(key)))

    @cached_property
    def _consents(self) -> tuple[ConsentName, ...]:
        return consent_names(self.renderer)

    def _option(self, option: Option, beside: bool = False) -> OptionWords:
        params = (*option.params.items(),) if option.params else ()
        return self._worded(option.payload, option.key, option.binds, beside, params, option.pieces)

    @cached_property
    def _worded(self) -> Callable[[str, str, BindingAct | None, bool, _Params, Word | None], OptionWords]:
        """Words a button once, as long as nothing in it varies: every message is compared with some twenty."""
        return lru_cache(BUTTONS)(
            lambda payload, key, binds, beside, params, pieces: OptionWords(
                payload, self.renderer.titles(Option(payload, key, dict(params))), binds, self._pieces(pieces), beside
            )
        )

    def _pieces(self, counted: Word | None) -> tuple[str, ...]:
        """Return the words by which something is counted, in any of the profile's languages."""
        if counted is None:
            return ()
        said = self.renderer.said(counted)
        return tuple(dict.fromkeys(word for words in said for word in fold_words(words).split() if word.isalpha()))


def _several(payloads: str | tuple[str, ...]) -> tuple[str, ...]:
    return (payloads,) if isinstance(payloads, str) else payloads


def _ranked(title: str, targets: Set[str]) -> tuple[str, ...]:
    """Return what a title may stand for, what is sure first; "card" or "yes" is a word as well."""
    apart = OF_A_STEP if " " in title else OF_A_WORD
    edits = sorted(target for target in targets if target.startswith(f"{EDIT}:") and " " in title)
    others = sorted(target for target in targets if target != OF_A_STEP and not target.startswith(f"{EDIT}:"))
    return (*others, *edits, apart)


def binds(step: Step[Any], ctx: Ctx) -> bool:
    """Tell whether one of the step's answers binds."""
    return any(option.binds for option in options_of(step, ctx))


def _by_words(option: Option, step: Step[Any], rows: Set[str]) -> bool:
    """Tell whether words may give this answer that binds: beside the question it is given by its button alone.

    An order that is the step's only question (one that has lapsed) is given by its words, too.
    """
    return option.step == step.name or (option.binds is BindingAct.order and not rows)


def _is_unasked(option: Option, step: Step[Any]) -> bool:
    """Tell whether a yes or no would answer a question that isn't asked: a bare "no" stops no renewal.

    A hidden one is asked nowhere; to "what shall I correct?" neither says anything.
    """
    return option.value in ("yes", "no") and option.step != step.name


def _kinds(step: Step[Any]) -> tuple[str, ...]:
    """Return a step's names in corrections: its own, and what it expects unless that is a choice."""
    return (step.name,) if kind_of(step.expects).form == "choice" else (step.expects, step.name)
