"""Replies: what a turn says as a stored message. Links are stored by id."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import takewhile
from math import ceil
from typing import Any

from msgspec.structs import replace

from bot.conversation import outbound
from bot.conversation.new_chats import NoNewChat
from bot.conversation.render import Renderer
from bot.conversation.splitting import units
from bot.conversation.stored import StoredLink, StoredMessage
from dialogs.account.account import consents, start
from dialogs.kit import AwaitedCode, CardContent, Journey, Option, Outcome, Question, Say, Step, sheet_at
from dialogs.kit.once import read_slots
from dialogs.kit.second_hand import SECOND_HAND
from dialogs.order.bought import list_waiting
from dialogs.order.in_books import order_here
from dialogs.order.products import order_words
from dialogs.state import ConversationState, Ctx
from values.account_view import InvoiceLine, OrderView
from values.channel import Channel
from values.meaning import Expects
from values.money import Money
from values.payment import is_offline
from values.seller import Seller

_CONFIRMING, ORDERING = "company.confirm", "order.pay"
"""The steps at which the company is confirmed and the order placed, which is told there where its card is repeated."""
_TELEGRAM = str(Channel.TELEGRAM)
_INTRODUCES = ("handoff.taken", "handoff.taken_over")
"""Texts that the bot says in the name of the agent who has come."""
_BOXED = {"account.created": "account.code_comes"}  # words at the end of others that the boxes of codes say as well
_REMARK = 60
"""The characters of the longest remark that shares a line with another."""


def compose_message(
    renderer: Renderer, outcome: Outcome[ConversationState], journey: Journey, late: Sequence[str] = ()
) -> StoredMessage | None:
    """Return all that is said in a turn as one message: what was understood, then what is asked; None if nothing is.

    `late`: what was kept back while a person had the conversation, told before the question.
    """
    locale = outcome.case.talk.locale
    question = outcome.question
    parts = _in_lines(renderer.say(say, locale) for say in outcome.says if not say.last)
    parts += late
    shown = card_in(outcome)
    card = renderer.card(shown, locale) if shown is not None else None
    again = outcome.repeats and card is not None and question is not None and shown is question.card
    if again and card is not None and question is not None and question.step.path == ORDERING:
        parts.append(card.gist)
    asked = renderer.question(question, locale) if question is not None else ""
    parts += [asked, *(renderer.say(_waits(order, renderer.seller), locale) for order in _payable(outcome))]
    parts += [renderer.say(say, locale) for say in outcome.says if say.last]
    text = "\n\n".join(part for part in parts if part)
    if not text and card is None:
        return None
    acks = takewhile(lambda say: say.ack, outcome.says)
    return StoredMessage(
        text,
        renderer.options(tuple(list_quick_replies(outcome)), locale),
        tuple(links_in(renderer, outcome)),
        locale=locale,
        step=question.step.path if question is not None else None,
        asks_contact=question is not None and question.step.expects == "phone",
        card=card,
        again=again,
        confirms=units("\n\n".join(_in_lines(renderer.say(say, locale) for say in acks))),
        quiet=units(text) - units(_unasked(renderer, outcome, journey, text, asked)),
        second_hand=any(say.key == SECOND_HAND for say in outcome.says),
        late=_stays_true(renderer, outcome) if outcome.held else "",
        paid=tuple(say.paid for say in outcome.says if say.paid is not None),
        ticked=outcome.case.account.ticked if outcome.before == consents.path else None,
        by=next((str(say.params["name"]) for say in outcome.says if say.key in _INTRODUCES), None),
    )


def _unasked(renderer: Renderer, outcome: Outcome[ConversationState], journey: Journey, text: str, asked: str) -> str:
    """Return a turn's words without those at their end that say what the question's controls say."""
    if outcome.question is not None and not (text.endswith(asked) and _asks_itself(outcome, journey)):
        return text
    told = text.removesuffix(asked)
    for say in outcome.says if outcome.ctx.channel != _TELEGRAM else ():
        if boxed := _BOXED.get(say.key):
            told = told.rstrip().removesuffix(renderer.say(Say(boxed, say.params), outcome.case.talk.locale))
    return told


def _asks_itself(outcome: Outcome[ConversationState], journey: Journey) -> bool:
    """Return whether the controls of the question ask for all that its words ask for.

    They do on a card that says the rest, and below a message of Telegram's.
    """
    question = outcome.question
    if question is None or question.lapsed is not None:
        return False
    step = question.step
    controls = (step.expects is Expects.consents, "secure_page" in step.display.links)
    if question.card is None:
        return outcome.ctx.channel == _TELEGRAM and any(controls)
    controls = (
        *controls,
        step.path in (start.path, ORDERING),
        "payment" in step.display.links and question.params.get("status") == "pending",
        # Of the letter's code is said what it may be instead; the others are asked for by their boxes.
        any(code.by != "letter" for code in list_code_fields(step, outcome.case, outcome.ctx)),
        any(step.name in (*row.steps, *row.covers) for row in question.card.rows),
        any(choice.step == step.name for row in question.card.rows for choice in row.choices),
    )
    return any(controls) or sheet_at(journey, step, outcome.case, outcome.ctx) is not None


def list_code_fields(step: Step[Any] | None, case: ConversationState, ctx: Ctx) -> tuple[outbound.CodeField, ...]:
    awaited = step.display.codes(read_slots(case, step.dialog, ctx), ctx) if step is not None else ()
    return tuple(_code_field(code, ctx.now) for code in awaited)


def _code_field(code: AwaitedCode, now: datetime) -> outbound.CodeField:
    """Return the code with the time until another one is to be had, in whole seconds and none too few."""
    wait = ceil((code.again_at - now).total_seconds()) if code.again_at is not None else 0
    return outbound.CodeField(code.by, code.again, max(0, wait), code.proven, code.terms)


def _in_lines(said: Iterable[str]) -> list[str]:
    """Return what is said, short remarks that follow each other on one line."""
    lines: list[str] = []
    for words in filter(None, said):
        if lines and _is_remark(lines[-1]) and _is_remark(words):
            lines[-1] = f"{lines[-1]} {words}"
        else:
            lines.append(words)
    return lines


def _is_remark(words: str) -> bool:
    return len(words) <= _REMARK and "\n" not in words and words.endswith(".")


def _stays_true(renderer: Renderer, outcome: Outcome[ConversationState]) -> str:
    """Return what of a message that is kept back is told when the person leaves, its cards in words."""
    locale = outcome.case.talk.locale
    told = [say for say in outcome.says if say.kept]
    cards = [renderer.card(say.card, locale) if say.card is not None else None for say in told]
    return "\n\n".join(
        outbound.with_card(card, renderer.say(say, locale)) for say, card in zip(told, cards, strict=True)
    )


def card_in(outcome: Outcome[ConversationState]) -> CardContent | None:
    """Return the card of the turn's message: of what is said, with the consent that the question asks for; else its."""
    said = next((say.card for say in reversed(outcome.says) if say.card is not None), None)
    asked = outcome.question.card if outcome.question is not None else None
    if said is None or asked is None:
        return said or asked
    consents = tuple(row for row in asked.rows if row.words is not None)
    others = (row for row in said.rows if all(row.name != one.name for one in consents))
    return replace(said, rows=(*others, *consents))


def goes_on(before: str, card: outbound.Card | None) -> bool:
    """Return whether the card is what a press on one before made of it: company, order and payment are one slip."""
    return before in (_CONFIRMING, ORDERING) and card is not None and card.kind in ("order", "payment", "transfer")


def list_quick_replies(outcome: Outcome[ConversationState]) -> list[Option]:
    """Return the quick replies in the order in which they are shown: those beside the open step come last."""
    options = [option for say in outcome.says for option in say.options]
    options += outcome.question.options if outcome.question is not None else ()
    return sorted(options, key=lambda option: option.aside)


def apology(renderer: Renderer, locale: str) -> StoredMessage:
    """Return the message that takes the place of a turn that raised, with two ways on."""
    options = (Option("/help", "option.help"), Option("/agent", "option.agent"))
    return StoredMessage(renderer.say(Say("kit.failed"), locale), renderer.options(options, locale), locale=locale)


def refusal(renderer: Renderer, locale: str, until: datetime | None = None) -> StoredMessage:
    """Return the message for a blocked address, or for a network that is blocked `until` then."""
    say = Say("kit.blocked") if until is None else Say("kit.network_blocked", {"ends_lately": until})
    return StoredMessage(renderer.say(say, locale), locale=locale)


def no_new_chat(renderer: Renderer, locale: str, refused: NoNewChat) -> str:
    """Return what is said instead of a new conversation: when one may begin again."""
    if refused.until is not None:
        return refusal(renderer, locale, refused.until).text
    return renderer.say(Say("kit.too_many_chats", {"minutes": -(-refused.retry_after // 60)}), locale)


def links_in(renderer: Renderer, outcome: Outcome[ConversationState]) -> list[StoredLink]:
    """Return the links of the open step, and of the documents that the texts name."""
    question, locale = outcome.question, outcome.case.talk.locale
    own = links_of(outcome.ctx, question) if question is not None and question.lapsed is None else []
    told = [one for say in outcome.says for one in (*say.reads, *renderer.reads.get(say.key, ()))]
    ids = [one for one in told if isinstance(one, str)]
    ids += question.reads if question is not None else ()
    papers = [StoredLink("invoice", one.id, number=one.number) for one in told if isinstance(one, InvoiceLine)]
    papers += [StoredLink("pay_page", one.id, number=one.number) for one in told if isinstance(one, OrderView)]
    return [*own, *papers, *documents_of(renderer.seller, tuple(dict.fromkeys(ids)), locale)]


def documents_of(seller: Seller, ids: tuple[str, ...], locale: str) -> list[StoredLink]:
    """Return links to the full texts of these documents, each in its words of today."""
    return [
        StoredLink("document", one.id, name=heading, words=one.fingerprint(locale))
        for id_ in ids
        for one in seller.readable
        if one.id == id_ and (heading := one.heading_in(locale)) is not None
    ]


def links_of(ctx: Ctx, question: Question) -> list[StoredLink]:
    """Return the links of the open step."""
    case = ctx.case
    panel = "panel" if ctx.books.einvoice_status == "active" else None
    order = order_here(ctx)
    by_hand = order is not None and is_offline(order.payment_method)
    # What was withdrawn, or whose time is over, has nothing to be shown any more. While a transfer is awaited the talk
    # has gone on without it; any other payment's link belongs to the step that waits for it, and leads to another try.
    stands = order is not None and order.money in (("pending",) if by_hand else ("pending", "failed"))
    payable = stands and (by_hand or question.step.dialog == "payment") and not case.payment.code
    ids = {
        "secure_page": case.own_data.link or case.on_file.page or case.lost_password.page or case.account.page,
        "payment": order.payment_id if order is not None and payable else None,
        "login": panel,
        **{channel: case.elsewhere.link if channel in case.elsewhere.to else None for channel in ("telegram", "web")},
    }
    titles = {"payment": _pays(order) if order is not None else None, "secure_page": _page_act(ctx, question.step)}
    own = [StoredLink(rel, known, titles.get(rel)) for rel in question.step.display.links if (known := ids[rel])]
    return [*own, *(_link_to_pay(order) for order in list_waiting(ctx) if "payment" in question.step.display.links)]


def _page_act(ctx: Ctx, step: Step[Any]) -> str | None:
    """Return what is done on the step's page, where it has a name of its own."""
    purpose = step.params(read_slots(ctx.case, step.dialog, ctx), ctx).get("purpose")
    return str(purpose) if purpose in ("set_password", "log_in") else None


def _link_to_pay(order: OrderView) -> StoredLink:
    """Return the link to an order's payment, named by the order's number, as there are several."""
    return StoredLink("payment", order.payment_id or "", _pays(order), order.number)


def _pays(order: OrderView) -> str | None:
    """Return what is done on an order's page of payment, where that isn't to pay by a provider."""
    return order.payment_method if is_offline(order.payment_method) else None if order.gross else "keep"


def _payable(outcome: Outcome[ConversationState]) -> tuple[OrderView, ...]:
    """Return the orders whose links stand beside that of the open step."""
    question = outcome.question
    return list_waiting(outcome.ctx) if question is not None and "payment" in question.step.display.links else ()


def _waits(order: OrderView, seller: Seller) -> Say:
    """Say what an awaited payment is for, how much, and until when."""
    bought, until = order_words(order, seller), order.payment_expires_at
    gross = Money(order.gross, order.currency)
    return Say("purchases.other", {"number": order.number, "gross": gross, "bought": bought, "until": until})
