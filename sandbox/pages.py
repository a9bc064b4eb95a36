"""The payers' pages: plain HTML, no script, in the desk's look, marked as a test in the payer's language."""

import tomllib
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from msgspec import Struct, field
from starlette.responses import HTMLResponse, Response

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'",
    "X-Robots-Tag": "noindex",
}
STYLE: Final = Path(__file__).with_name("page.css").read_text("utf-8")
WORDS: Final[dict[str, dict[str, str]]] = tomllib.loads(Path(__file__).with_name("page_words.toml").read_text("utf-8"))


class PayerChoice(Struct, frozen=True):
    """One of several cards, by a label of its own or by its word's key."""

    value: str
    word: str = ""
    label: str = ""


class PayerPage(Struct, frozen=True):
    """The contents of a payer's page.

    `amount` is in minor units; `more` are the rarer actions, by their word's key; `hidden` goes along with whatever
    is pressed.
    """

    provider: str
    language: str
    amount: int
    currency: str
    description: str
    more: Sequence[str]
    methods: Sequence[str] = ()
    chosen: str = ""
    wrong: str | None = None
    cards: Sequence[PayerChoice] = ()
    hidden: Mapping[str, str] = field(default_factory=dict[str, str])

    def response(self, status: int = 200) -> Response:
        """Return the page with its form; it posts to its own address."""
        words = words_of(self.language)
        asked = f'<p class="sum">{money(self.amount, self.currency, self.language)}</p>'
        if not self.amount:
            words, asked = {**words, "pay": words["keep"]}, f"<p>{words['only_kept']}</p>"
        rare = "".join(_button(action, words) for action in self.more)
        body = (
            f"{asked}<p>{escape(self.description)}</p>"
            f'<form method="post">{self._wrong(words)}{self._hidden()}{self._methods(words)}{self._cards(words)}'
            f"{_button('pay', words, first=True)}{_button('refuse', words)}"
            f"<details><summary>{words['more']}</summary>{_button('leave', words)}{rare}</details></form>"
        )
        return _page(self.provider, self.language, body, status)

    def _wrong(self, words: dict[str, str]) -> str:
        return f'<p class="wrong" role="alert">{words[self.wrong]}</p>' if self.wrong else ""

    def _hidden(self) -> str:
        return "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in self.hidden.items()
        )

    def _cards(self, words: dict[str, str]) -> str:
        if not self.cards:
            return ""
        choices = "".join(
            f'<label><input type="radio" name="card" value="{escape(card.value)}"'
            f"{' checked' if card.value == self.chosen else ''}> {escape(card.label or words[card.word])}</label>"
            for card in self.cards
        )
        return f"<fieldset><legend>{words['which_card']}</legend>{choices}</fieldset>"

    def _methods(self, words: dict[str, str]) -> str:
        if not self.methods:
            return ""
        choices = "".join(
            f'<label><input type="radio" name="method" value="{name}"{" checked" if name == self.chosen else ""}> '
            f"{words[name]}</label>"
            for name in self.methods
        )
        code = (
            f'<label class="blik">{words["blik_code"]}<input type="text" name="blik_code" inputmode="numeric" '
            f'maxlength="6" autocomplete="off" value="777123"{" autofocus" if self.chosen == "blik" else ""}></label>'
        )
        if len(self.methods) == 1:
            return f'<input type="hidden" name="method" value="{self.chosen}">{code if self.chosen == "blik" else ""}'
        return f"<fieldset><legend>{words['method']}</legend>{choices}{code}</fieldset>"


def note_page(provider: str, language: str, key: str, status: int = 200) -> Response:
    """Return a page that says one thing."""
    return _page(provider, language, f"<section><p>{words_of(language)[key]}</p></section>", status)


def words_of(language: str) -> dict[str, str]:
    """Return the words in a language ("pl", "pl-PL"); English for any other."""
    return WORDS.get(language[:2].lower(), WORDS["en"])


def money(amount: int, currency: str, language: str) -> str:
    """Minor units for a reader: a decimal comma in Polish and Italian."""
    mark = "," if language[:2].lower() in ("pl", "it") else "."
    return f"{amount // 100}{mark}{amount % 100:02d}&nbsp;{escape(currency)}"


def _button(action: str, words: dict[str, str], *, first: bool = False) -> str:
    kind = ' class="first"' if first else ""
    return f'<button name="action" value="{action}"{kind}>{words[action]}</button>'


def _page(provider: str, language: str, body: str, status: int) -> Response:
    words = words_of(language)
    shown = language[:2].lower() if language[:2].lower() in WORDS else "en"
    html = (
        f'<!doctype html><html lang="{shown}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{provider} – TEST</title>'
        '<link rel="icon" href="/static/icon.svg"><link rel="stylesheet" href="/static/brand.css">'
        '<link rel="stylesheet" href="/static/css/base.css">'
        f'<style>{STYLE}</style><main><p class="test">TEST · {words["test"]}</p><h1>{provider}</h1>{body}</main></html>'
    )
    return HTMLResponse(html, status, headers=HEADERS)
