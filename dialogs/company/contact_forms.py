"""Forms of contact: how the seller may reach a company, one of them, several or none.

A step of the company dialog, and a button of the zone.
"""

from dataclasses import replace

from dialogs.company.data import declared, shown
from dialogs.kit import Answered, Decision, Dialog, Option, Say, then
from dialogs.state import Company, Ctx

NONE = "none"


def add_contact_forms(dialog: Dialog[Company]) -> None:
    """Declare the step."""
    forms = dialog.choose(
        "contact_forms",
        _options,
        slot="contact_forms",
        when=lambda _s, c: bool(c.seller.company.contact_forms),
        done=lambda s, _c: s.ticked is None and (s.contact_forms is not None or declared(s)),
        params=shown,
        intents={"deny": "contact_forms:none"},
        several=True,
        changeable=True,
    )

    @forms.on(Answered)
    def chosen(s: Company, e: Answered, ctx: Ctx) -> Decision[Company]:
        """Take one form as the answer; several are ticked and sent together, or named in one sentence."""
        way, _, form = str(e.value).partition(":")
        offered = _contacts(ctx)
        if way == "several":
            known = () if s.contact_forms is None else s.contact_forms.split(",")
            return then(replace(s, ticked=tuple(f for f in offered if f in known)))
        ticked = s.ticked or ()
        if way == "toggle":
            return then(replace(s, ticked=tuple(f for f in offered if (f in ticked) != (f == form))))
        given = ticked if way == "done" else [f for f in (*offered, NONE) if f in way.split(",")]
        if not given:
            return then(s, Say("company.no_form_ticked"))
        return then(replace(s, contact_forms=",".join(given), ticked=None))


def _contacts(ctx: Ctx) -> tuple[str, ...]:
    return tuple(form for form in ctx.seller.company.contact_forms if form != NONE)


def _options(s: Company, ctx: Ctx) -> tuple[Option, ...]:
    """Return a button for each form; behind "several" a box for each, while a named one still answers at once."""
    one = {f: Option(f"contact_forms:{f}", f"option.contact_forms.{f}") for f in ctx.seller.company.contact_forms}
    none = (one.pop(NONE),) if NONE in one else ()
    if s.ticked is not None:
        boxes = (Option(f"contact_forms:toggle:{f}", o.key, ticked=f in s.ticked) for f, o in one.items())
        done = Option("contact_forms:done", "option.consents.done")
        return (*boxes, done, *none, *(replace(option, hidden=True) for option in one.values()))
    several = (Option("contact_forms:several", "option.contact_forms.several"),) if len(one) > 1 else ()
    return (*one.values(), *several, *none)
