"""A profile in memory: the seller as the dialogs see him, his brand, his words and his answers to questions."""

from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import replace
from pydantic import Field

from bot.conversation.render import Renderer
from bot.profile.fields import CueText, Email, Id, LocaleCode, LogoName, Origin, Sender, Url
from bot.profile.passages import Passage
from bot.texts.catalogue import Catalogue
from bot.texts.text import SELLER_CASES, PlainText
from bot.usecases.billing.payment_links import PayTo
from bot.web.page_texts import PageWords
from nlu.languages.shipped import KNOWN, Known
from nlu.questions.faq import FaqIndex, FaqText
from services.support.canned_replies import CannedReply
from values.consent import Consent, accepted_with, document_heading
from values.look import Choices, Look
from values.seller import Seller


class Brand(Choices, frozen=True, kw_only=True):
    """The seller's appearance: `[brand]`. `embedders` are the origins that may frame the chat.

    `about` says in a line of each language what is sold here.
    """

    desk: Annotated[str, Meta(min_length=1, max_length=40)]
    logo: LogoName | None = None
    panel_url: Url
    site_url: Url
    support_email: Email
    mail_sender: Sender
    embedders: tuple[Origin, ...] = ()
    community_url: Url | None = None  # where other customers answer questions
    about: Mapping[LocaleCode, Annotated[str, Field(min_length=1, max_length=70)]] = field(default_factory=dict)


class FaqEntry(Struct, frozen=True):
    """A question in the ways people ask it, and its answer. An `id` of the catalogue of intents answers that intent."""

    id: Id
    questions: Annotated[tuple[str, ...], Meta(min_length=1)]
    answer: Annotated[str, Meta(min_length=1)]
    title: Annotated[str | None, Meta(min_length=1, max_length=40)] = None  # of the quick reply that asks it
    documents: tuple[Id, ...] = ()  # whose full texts the answer leads to
    about: tuple[CueText, ...] = ()  # cues of the subject that it answers for, however it is asked


class Profile(Struct, frozen=True):
    """One seller's folder, complete and validated."""

    folder: Path
    seller: Seller
    brand: Brand
    catalogue: Catalogue
    faq: Mapping[str, tuple[FaqEntry, ...]] = field(default_factory=dict[str, tuple[FaqEntry, ...]])
    providers: Mapping[str, str] = field(default_factory=dict[str, str])  # of methods that don't go the usual way
    pay_to: Mapping[str, str] = field(default_factory=dict[str, str])  # where customers send money by themselves
    pages: Mapping[str, PageWords] = field(
        default_factory=dict[str, PageWords]
    )  # of the languages that the folder brings
    known: Known = field(default_factory=lambda: KNOWN)  # the languages in which customers are understood
    accounts: PayTo = field(default_factory=PayTo)  # the same, field by field
    links: Mapping[str, str] = field(default_factory=dict[str, str])  # addresses that the texts name as {link_NAME}
    replies: tuple[CannedReply, ...] = ()  # ready answers that agents begin with
    documents: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])  # full texts, by id
    # and language
    passages: Mapping[str, tuple[Passage, ...]] = field(default_factory=dict[str, tuple[Passage, ...]])  # of own pages
    logo: str = ""  # the text of the brand's SVG

    @property
    def look(self) -> Look:
        """Return the seller's look: what all pages, letters and the sign are drawn from."""
        return Look.of(self.brand, self.seller.name, self.logo)

    @property
    def facts(self) -> dict[str, str]:
        """Return the parameters that every text of the profile may use."""
        brand = self.brand
        return {
            "desk": brand.desk,
            "support": brand.support_email,
            "panel": brand.panel_url,
            "site": brand.site_url,
            "sender": parseaddr(brand.mail_sender)[1],
            "community": brand.community_url or "",
            "password_min": str(self.seller.password.min),
            "vatin": "yes" if self.seller.company.vatin else "no",
            **self.pay_to,
            **{f"link_{name}": address for name, address in self.links.items()},
        }

    def seller_names(self, locale: str) -> dict[str, str]:
        """Return the seller's name in the cases that pages use, by placeholder."""
        named = {"seller": self.seller.name}
        return {place: self.catalogue.seller_in(case, named, locale) for place, case in SELLER_CASES.items()}

    def questions(self) -> FaqIndex:
        """Return the questions and answers of all languages as a search index."""
        found = ((locale, entry) for locale, entries in self.faq.items() for entry in entries)
        parts = ((locale, part) for locale, parts in self.passages.items() for part in parts)
        return FaqIndex(
            (
                *(FaqText(e.id, locale, e.questions, e.answer, e.about) for locale, e in found),
                *(FaqText(p.id, locale, (p.heading, *p.sentences)) for locale, p in parts),
            ),
            stop=frozenset(word for language in self.known.values() for word in language.stop),
        )

    def renderer(self, sender: str | None = None, panel: str | None = None) -> Renderer:
        """Return the renderer of this profile's words.

        `sender` replaces the brand's sender of e-mails, `panel` the address that letters lead to.
        """
        facts = {**self.facts, "panel_link": panel or self.brand.panel_url}
        facts |= {"sender": parseaddr(sender)[1]} if sender else {}
        return Renderer(self.seller, self.catalogue, facts, self._reads(), self.look)

    def _reads(self) -> dict[str, tuple[str, ...]]:
        """Return the documents that answers of the FAQ lead to, by the keys of the answers."""
        return {f"faq.{entry.id}": entry.documents for entries in self.faq.values() for entry in entries}

    def with_former(self, names: Mapping[str, Mapping[str, str]]) -> "Profile":
        """Return the profile with the names under which products were sold that it no longer knows."""
        if not names:
            return self
        former = {
            locale: {f"plan.{id}": PlainText((found,)) for id, of in names.items() if (found := _in(of, locale))}
            for locale in self.seller.locales
        }
        texts = {locale: {**former.get(locale, {}), **known} for locale, known in self.catalogue.texts.items()}
        seller = replace(self.seller, former=tuple(dict.fromkeys((*self.seller.former, *names))))
        return replace(self, seller=seller, catalogue=replace(self.catalogue, texts=texts))

    def worded(self) -> "Profile":
        """Return the profile with the words of its consents and documents, which are kept when they are accepted."""
        renderer = self.renderer()

        def with_words(asked: Consent) -> Consent:
            key, locales = f"consent.{asked.id}.text", self.seller.locales
            full = {of: text for of in locales if (text := self.documents.get((asked.id, of)))}
            sentences = {of: renderer.words(key, {}, of) for of in locales}
            words = tuple((of, accepted_with(full[of], s) if of in full else s) for of, s in sentences.items())
            headings = tuple((of, document_heading(text)) for of, text in full.items())
            before = f"consent.{asked.id}.earlier"  # accepted in earlier releases; a blank line parts wordings
            earlier = {of: renderer.words(before, {}, of).split("\n\n") for of in locales if renderer.has(before, of)}
            former = ((of, wording) for of, wordings in earlier.items() for wording in wordings)
            return replace(asked, words=words, sentences=(*sentences.items(), *former), headings=headings)

        seller = self.seller
        told = tuple((of, renderer.words("voice.information", {}, of)) for of in seller.locales)
        worded = replace(
            seller,
            consents=tuple(map(with_words, seller.consents)),
            documents=tuple(map(with_words, seller.documents)),
            voice=replace(seller.voice, words=told),
        )
        return replace(self, seller=worded)


def _in(names: Mapping[str, str], locale: str) -> str:
    return names.get(locale) or next(iter(names.values()), "")
