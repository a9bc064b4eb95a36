"""What is said in a turn, as the journal keeps it: a message's text, buttons and links in the customer's language."""

from typing import Any

from bot.conversation.render import Renderer
from dialogs.kit import Option, Outcome, Question, Say
from dialogs.order.bought import beside
from dialogs.order.products import counted
from dialogs.state import ConversationState
from values.account_view import OrderView
from values.money import Money
from values.payment import is_offline
from values.seller import Seller


def spoken(renderer: Renderer, played: Outcome[ConversationState]) -> dict[str, Any] | None:
    """All that is said in a turn is one message: what was understood, then what is asked. None if nothing is said."""
    locale = played.case.talk.locale
    question = played.question
    parts = [renderer.say(say, locale) for say in played.says if not say.last]
    parts += [renderer.question(question, locale)] if question is not None else []
    parts += [renderer.say(_waits(order, renderer.seller), locale) for order in _payable(played)]
    parts += [renderer.say(say, locale) for say in played.says if say.last]
    options = offered(played)
    text = "\n\n".join(part for part in parts if part)
    if not text:
        return None
    return {
        "text": text,
        "buttons": _buttons(renderer, options, locale),
        "links": links_in(renderer, played),
        "locale": locale,
        "step": question.step.path if question is not None else None,
        "asks_contact": question is not None and question.step.expects == "phone",
    }


def spoken_by(text: str, name: str, locale: str) -> dict[str, Any]:
    """An agent's words, as they were written."""
    return {"text": text, "by": name, "buttons": [], "links": [], "locale": locale, "step": None, "asks_contact": False}


def offered(played: Outcome[ConversationState]) -> list[Option]:
    """The quick replies in the order in which they are shown: those beside the open step come last."""
    options = [option for say in played.says for option in say.options]
    options += played.question.options if played.question is not None else ()
    return sorted(options, key=lambda option: option.aside)


def apology(renderer: Renderer, locale: str) -> dict[str, Any]:
    """The message that takes the place of a turn that raised, with two ways on."""
    options = [Option("/help", "option.help"), Option("/agent", "option.agent")]
    return {
        "text": renderer.say(Say("kit.failed"), locale),
        "buttons": _buttons(renderer, options, locale),
        "links": [],
        "locale": locale,
        "step": None,
        "asks_contact": False,
    }


def refusal(renderer: Renderer, locale: str) -> dict[str, Any]:
    """What somebody is told from whom nothing is taken any more."""
    return {
        "text": renderer.say(Say("kit.blocked"), locale),
        "buttons": [],
        "links": [],
        "locale": locale,
        "step": None,
        "asks_contact": False,
    }


def links_in(renderer: Renderer, played: Outcome[ConversationState]) -> list[dict[str, str]]:
    """The links of the open step, and the documents that what is said leads to."""
    question, locale = played.question, played.case.talk.locale
    own = links_of(played.case, question) if question is not None and question.lapsed is None else []
    ids = [id_ for say in played.says for id_ in (*say.reads, *renderer.reads.get(say.key, ()))]
    ids += question.reads if question is not None else ()
    return [*own, *documents_of(renderer.seller, tuple(dict.fromkeys(ids)), locale)]


def documents_of(seller: Seller, ids: tuple[str, ...], locale: str) -> list[dict[str, str]]:
    """The links to the full texts of these documents, each in its words of today."""
    return [
        {"rel": "document", "id": one.id, "name": heading, "words": one.fingerprint(locale)}
        for id_ in ids
        for one in seller.readable
        if one.id == id_ and (heading := one.heading_in(locale)) is not None
    ]


def links_of(case: ConversationState, question: Question) -> list[dict[str, str]]:
    """The links that belong to the open step, by what they lead to; addresses are made when they are shown."""
    panel = "panel" if case.einvoice.status == "active" else None
    method = case.payment.method or case.order.method
    by_hand = is_offline(method)
    # A transfer that was withdrawn, or whose time is over, has nothing to be shown any more; while it is awaited the
    # talk has gone on without it. Any other payment's link belongs to the step that waits for it.
    payable = case.payment.status == "pending" if by_hand else question.step.dialog == "payment"
    ids = {
        "secure_page": case.own_data.link or case.on_file.page or case.lost_password.page or case.account.page,
        "payment": case.payment.id if payable else None,
        "login": panel,
        **{channel: case.elsewhere.link if channel in case.elsewhere.to else None for channel in ("telegram", "web")},
    }
    titles = {"payment": {"title": str(method)}} if by_hand else {}
    own = [{"rel": rel, "id": known, **titles.get(rel, {})} for rel in question.step.links if (known := ids[rel])]
    return [*own, *(_link_to_pay(order) for order in beside(case) if "payment" in question.step.links)]


def _link_to_pay(order: OrderView) -> dict[str, str]:
    """Named by the order's number, as there are several."""
    by_hand = {"title": order.payment_method} if order.payment_method and is_offline(order.payment_method) else {}
    return {"rel": "payment", "id": order.payment_id or "", "number": order.number, **by_hand}


def _payable(played: Outcome[ConversationState]) -> tuple[OrderView, ...]:
    """The orders whose links stand beside that of the open step."""
    question = played.question
    return beside(played.case) if question is not None and "payment" in question.step.links else ()


def _waits(order: OrderView, seller: Seller) -> Say:
    """What it is for, how much, and until when."""
    return Say(
        "purchases.other",
        {
            "number": order.number,
            "gross": Money(order.gross, order.currency),
            "bought": tuple(counted(product, n, seller) for product, n in order.items),
            "until": order.payment_expires_at,
        },
    )


def _buttons(renderer: Renderer, options: list[Option], locale: str) -> list[list[str]]:
    """Title and payload of each option."""
    return [[button.title, button.payload] for button in renderer.options(tuple(options), locale)]
