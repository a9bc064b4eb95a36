"""Pages from Jinja templates, and the installation as they show it.

Everything is escaped; a template that names an unknown value fails loudly.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from babel.dates import get_timezone
from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.texts import catalogue
from bot.texts.text import SELLER_CASES
from bot.web.page_texts import PageWords, accepted_languages, choose_locale, words
from values.locale import ENGLISH
from values.look import OKIENKO, Look

if TYPE_CHECKING:
    from jinja2 import Environment

_USUAL_PORTS = {"http": ":80", "https": ":443"}


@lru_cache(1)
def templates() -> "Environment":
    """Return the templates of `bot/web/templates`."""
    jinja: Any = import_module("jinja2")  # by name: it takes 16 ms, with the first page that somebody opens
    made: Environment = jinja.Environment(
        loader=jinja.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False}  # and in the order given
    return made


class Site(Struct, frozen=True):
    """One installation as its pages show it.

    `public_url` is the address customers use, without a path; `desk` is what the desk calls itself; `look` is the
    seller's. `embedders` are the origins (`https://shop.example`) that may frame the chat.
    `profile` is the profile's id, `numbers_of` the country whose tax numbers alone it takes (ISO, empty: any of the
    Union): by these the sandbox's page picks whom one may try. `time_zone` is an IANA name.
    `words` are those of the languages that the profile itself brings, `names` the seller's name in the cases of each.
    `required` are the ids of the consents without which there is no account, `questions` those of the seller's own
    questions. `any_host`: it has no address of its own and is visited by whatever leads there. `on_telegram` returns
    the address that opens the chat with the bot there, None without one. `about` says what is sold here, in a line of
    each language that has one. `sandbox`: it is to be tried, nothing is real.
    """

    public_url: str
    seller: str
    desk: str
    look: Look = OKIENKO
    locale: str = "pl"
    locales: tuple[str, ...] = ("pl", "it", "en")
    embedders: tuple[str, ...] = ()
    profile: str = ""
    numbers_of: str = ""
    time_zone: str = "Europe/Warsaw"
    words: Mapping[str, PageWords] = field(default_factory=dict[str, PageWords])
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    required: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict[str, str])
    sandbox: bool = False
    any_host: bool = False
    on_telegram: Callable[[], str | None] = lambda: None

    @property
    def secure(self) -> bool:
        """True if customers come by https: `Secure` cookies and HSTS."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def host(self) -> str:
        """Host and port, as shown to a customer who wonders where a page comes from."""
        return urlsplit(self.public_url).netloc

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a browser sends as `Origin`."""
        parts = urlsplit(self.public_url)
        named = parts.netloc.lower().removesuffix(_USUAL_PORTS.get(parts.scheme, ""))
        return f"{parts.scheme}://{named}"


class Pages:
    """Renders the templates of `bot/web/templates` in the look and the languages of one installation."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def locale_of(self, request: Request, *, builders: bool = False) -> str:
        """Return a visitor's language: `?lang=`, else the browser's, else the profile's, or for `builders` English."""
        asked = request.query_params.get("lang", "")
        browser = accepted_languages(request.headers.get("accept-language", ""))
        return choose_locale([asked, *browser], self.site.locales, ENGLISH if builders else self.site.locale)

    def words(self, locale: str) -> PageWords:
        """Return the pages' words in a language of this installation, else in English."""
        found = self.site.words.get(locale) or words(locale)
        return found.with_names(self.site.names.get(found.locale) or dict.fromkeys(SELLER_CASES, self.site.seller))

    def moment(self, at: datetime, locale: str) -> str:
        """Format a day and an hour as the language writes them, in the seller's time zone."""
        return catalogue.moment_this_year(at.astimezone(get_timezone(self.site.time_zone)), locale)

    def day_and_hour(self, at: datetime, locale: str) -> str:
        """Format a day with its year and an hour."""
        return catalogue.moment(at.astimezone(get_timezone(self.site.time_zone)), locale)

    def answer(
        self,
        template: str,
        locale: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> HTMLResponse:
        """Render the page; `t` in the template are the words of `locale`, `site` the installation."""
        return HTMLResponse(self.text(template, locale, **values), status, headers=dict(headers or {}))

    def text(self, template: str, locale: str, **values: object) -> str:
        """Render the page as a string, for a file."""
        found = templates().get_template(template)
        return found.render(t=self.words(locale), site=self.site, lang=locale, **values)
