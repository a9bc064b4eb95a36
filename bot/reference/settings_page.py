"""docs/reference/settings.md, made from `bot.app.settings`: run `python -m bot.reference.settings_page`."""

import re
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.app.settings import ALWAYS_NEEDED, NEEDED_BY_PROVIDER, Settings
from bot.app.unsafe_settings import SHORTEST
from services.payments.providers.registry import KEEPS, PROVIDERS, TAKES

PAGE = Path("docs/reference/settings.md")

#: The first field of each group and the group's heading.
GROUPS = {
    "profile": "The desk",
    "sandbox": "The sandbox",
    "events_url": "The seller's own system",
    "oidc_issuer": "Single sign-on of agents",
    "telegram_token": "Telegram",
    "rest": "REST channel",
    "smsapi_url": "SMSAPI",
    "smtp_host": "Mail (SMTP)",
    "mf_url": "Registers",
    "chatwoot_url": "Chatwoot",
    **{next(iter(entry.settings.model_fields)): entry.title for entry in PROVIDERS},
}

HEAD = """<!-- Made from bot/app/settings.py by `python -m bot.reference.settings_page`; don't edit. -->
# Settings

Environment variables, or lines of a file `.env` in the working folder. An empty one counts as not given. Lengths,
addresses and choices are checked at the start; a refused value is never printed.
"""


def page() -> str:
    parts = [HEAD]
    payments = [name for entry in PROVIDERS for name in entry.settings.model_fields]
    for name in [*(name for name in Settings.model_fields if name not in payments), *payments]:
        field = Settings.model_fields[name]
        if name in GROUPS:
            parts.append(
                f"\n## {GROUPS[name]}\n\n{_methods(name)}| setting | values | default | meaning |\n|---|---|---|---|\n"
            )
        row = (f"`OKIENKO_{name.upper()}`", _values(field), _default(field), field.description or "")
        parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n")
    parts.append(_live())
    return "".join(parts)


def _methods(first: str) -> str:
    """Return what the payment provider whose first setting this is takes and keeps; nothing for other groups."""
    name = first.removesuffix("_url")
    taken = [f"`{method}`" for method, providers in TAKES.items() if name in providers]
    kept = [f"`{method}`" for method, providers in KEEPS.items() if name in providers]
    if not taken:
        return ""
    return f"Takes {', '.join(taken)}" + (f"; keeps {', '.join(kept)} to charge it later" if kept else "") + ".\n\n"


def _values(field: FieldInfo) -> str:
    annotation: Any = field.annotation
    choices = re.findall(r"Literal\[(.*?)\]", str(annotation))
    if choices:
        return " ".join(f"`{choice.strip(chr(39))}`" for choice in choices[0].split(", "))
    if hasattr(annotation, "__members__"):
        return " ".join(f"`{choice.value}`" for choice in annotation)
    shown = f"{annotation} {field.metadata}"
    kinds = (("StringConstraints", "URL"), ("SecretStr", "secret"), ("Path", "folder"), ("int", "number"))
    return next((word for sign, word in kinds if sign in shown), "text")


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value is None:
        return "–"
    if isinstance(value, SecretStr):
        return "secret"
    return f"`{getattr(value, 'value', value)}`"


def _live() -> str:
    lines = [
        "\n## Needed to go live\n\n",
        "With `OKIENKO_SANDBOX=off` the desk refuses to start while one of these is missing, and says which: ",
        ", ".join(f"`OKIENKO_{name.upper()}`" for name in ALWAYS_NEEDED),
        f" (the key with at least {SHORTEST} characters), and for each provider that the profile uses:\n\n",
    ]
    for provider, fields in NEEDED_BY_PROVIDER.items():
        lines.append(f"- {provider}: " + ", ".join(f"`OKIENKO_{name.upper()}`" for name in fields) + "\n")
    lines.append("\nWithout `OKIENKO_GUS_KEY` the white list is the only register of Polish companies.\n")
    return "".join(lines)


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
