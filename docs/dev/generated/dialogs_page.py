"""docs/reference/dialogs.md, made by walking a journey: run `python -m docs.dev.generated.dialogs_page`."""

from collections.abc import Iterator
from pathlib import Path

from bot.app.settings import Settings
from bot.profile import load
from dialogs.explorer.diagram import diagram
from dialogs.explorer.seller import walk_seller
from dialogs.explorer.watch import Walk
from dialogs.kit.journey import AnyStep

PAGE = Path("docs/reference/dialogs.md")
PROFILE: Path = Settings.model_fields["profile"].default

HEAD = Path(__file__).with_suffix(".txt").read_text("utf-8")


def page(folder: Path = PROFILE) -> str:
    found = walk_seller(load(folder).seller)
    parts = [HEAD.replace("{profile}", PROFILE.as_posix()), "\n## The whole journey\n\n", _mermaid(diagram(found))]
    asking = {step.dialog for step in found.journey.steps if step.path in found.reached}
    for name in (name for name in found.journey.dialogs if name in asking):
        parts += [f"\n## {name}\n\n", *_steps(found, name)]
    parts += ["\n## Outcomes of commands and jobs\n\n", *_outcomes(found)]
    return "".join(parts)


def _mermaid(drawn: str) -> str:
    return f"```mermaid\n{drawn}```\n"


def _steps(found: Walk, dialog: str) -> Iterator[str]:
    yield "| step | expects | quick replies | leads to |\n|---|---|---|---|\n"
    for step in found.journey.steps:
        if step.dialog == dialog and step.path in found.reached:
            cells = (f"`{step.name}`", _expects(step), _replies(found, step), _leads(found, step))
            yield "| " + " | ".join(cells) + " |\n"


def _expects(step: AnyStep) -> str:
    more = (("may be skipped", step.optional), ("taken at any step", step.anytime), ("any words", step.typed.free_text))
    return ", ".join([f"`{step.expects}`", *(words for words, holds in more if holds)])


def _replies(found: Walk, step: AnyStep) -> str:
    payloads = (option.payload for question in found.asked.get(step.path, ()) for option in question.options)
    return " ".join(f"`{payload}`" for payload in dict.fromkeys(payloads)) or "–"


def _leads(found: Walk, step: AnyStep) -> str:
    ends = sorted({end for start, end in found.ways if start == step.path and end != step.path})
    return " ".join(f"`{end}`" for end in ends) or "–"


def _outcomes(found: Walk) -> Iterator[str]:
    yield "The ordinary outcome first.\n\n| command or job | outcomes |\n|---|---|\n"
    for name, outcomes in sorted(found.outcomes.items()):
        yield f"| `{name}` | " + ", ".join(f"`{outcome}`" for outcome in outcomes) + " |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
