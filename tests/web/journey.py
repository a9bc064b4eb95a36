"""A sample of the FakturaSmart journey, as a script for the recorder: what the pages are looked at with."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.conversation.outbound import CodeField, ReplyLink
from tests.web.recorder import Place, Said

ASIDE = (("Wróć", "/back"), ("Pomoc", "/help"))
CONSENTS = (
    ("rodo", "Przetwarzanie danych osobowych w celu świadczenia usługi (obowiązkowa)"),
    ("regulamin", "Regulamin konta FakturaSmart (obowiązkowa)"),
    ("nowosci", "Wiadomości o nowościach i ofertach na e-mail"),
)
BY_SMS = CodeField("sms", "contact_code:again", 0, proven=False)
WRITTEN: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["step"]


@dataclass
class Step:
    """A place in the sample journey."""

    place: Place
    say: Said
    takes: Callable[[str], bool] = bool
    wrong: str = "Proszę wybrać jedną z odpowiedzi."


def steps(page: str) -> list[Step]:
    """The journey, its secure page and payment at `page` (an address without a slash at its end)."""
    return [_step(page, **written) for written in WRITTEN]


def _step(
    page: str,
    place: list[Any],
    says: str,
    buttons: tuple[list[str], ...] = (),
    aside: bool = False,
    link: tuple[str, ...] = (),
    holds: str = "",
    digits: int = 0,
    **more: str,
) -> Step:
    """A step as it is written: what it takes holds these letters, or so many digits, or is anything."""
    there = Place(*place, codes=(BY_SMS,) if "contact_code" in place else ())
    shown = (*map(tuple[str, ...], buttons), *(ASIDE if aside else ()))
    links = (ReplyLink(*(part.format(page=page) for part in link)),) if link else ()

    def takes(words: str) -> bool:
        return bool(words) and holds in words and (not digits or sum(map(str.isdigit, words)) == digits)

    return Step(there, Said(says, shown, links), takes, **more)


@dataclass
class Journey:
    """The sample journey of one conversation."""

    page: str = "http://127.0.0.1"
    locale: str = "pl"
    at: int = 0
    ticked: set[str] = field(default_factory=set)
    place: Place = field(default_factory=Place)

    def answer(self, words: str) -> list[Said]:
        """The next question, or this one again."""
        all_steps = steps(self.page)
        if words.startswith("/start"):
            return self._ask(all_steps[0])
        if words.startswith("/lang "):
            self.locale = words.removeprefix("/lang ")
            return self._ask(all_steps[self.at], "Language: " + self.locale)
        if words.startswith("consents:toggle:"):
            self.ticked ^= {words.removeprefix("consents:toggle:")}
            return [replace(said, text=said.text.split("\n\n")[-1]) for said in self._ask(all_steps[self.at])]
        if words.startswith("/"):
            return self._ask(all_steps[self.at], "Tu zawsze można wrócić, poprosić o pomoc albo o człowieka.")
        if not all_steps[self.at].takes(words):
            return [Said(all_steps[self.at].wrong, ASIDE)]
        self.at = min(self.at + 1, len(all_steps) - 1)
        return self._ask(all_steps[self.at])

    def _ask(self, step: Step, before: str = "") -> list[Said]:
        self.place = step.place
        said = replace(step.say, buttons=self._consents()) if step.place.expects == "consents" else step.say
        return [*([Said(before)] if before else []), said]

    def _consents(self) -> tuple[tuple[str, str], ...]:
        boxes = tuple((("☑ " if i in self.ticked else "☐ ") + text, f"consents:toggle:{i}") for i, text in CONSENTS)
        done = (("Dalej", "consents:done"), ("Tylko obowiązkowe", "consents:required"), ("Wszystkie", "consents:all"))
        return (*boxes, *done, ("Wróć", "/back"))
