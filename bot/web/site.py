"""The installation as every page shows it: the seller's names and the public address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.web.page_texts import PageWords


@dataclass(frozen=True, slots=True)
class Site:
    """One installation as its pages show it.

    `public_url` is the address customers use, without a path; `desk` is what the desk calls itself; `accent` the
    profile's colour as `#rrggbb`. `embedders` are the origins (`https://shop.example`) that may frame the chat.
    `profile` is the profile's id, by which the sandbox's page picks whom one may try; `time_zone` an IANA name.
    `words` are those of the languages that the profile itself brings, `names` the seller's name in the cases of each.
    """

    public_url: str
    seller: str
    desk: str
    accent: str = "#f0a63a"
    locale: str = "pl"
    locales: tuple[str, ...] = ("pl", "it", "en")
    embedders: tuple[str, ...] = ()
    profile: str = ""
    time_zone: str = "Europe/Warsaw"
    words: Mapping[str, PageWords] = field(default_factory=dict[str, PageWords])
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])

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
        return f"{parts.scheme}://{parts.netloc}"
