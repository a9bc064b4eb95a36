"""docs/reference/settings.md, made from `bot.app.settings`: run `python -m docs.dev.generated.settings_page`."""

import re
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.app.settings import ALWAYS_NEEDED, NEEDED_BY_PROVIDER, SHORTEST, SettingsGroups
from services.payments.providers.registry import KEEPS, PROVIDERS, TAKES, PaymentSettings
from values.payment import ChargeRules

PAGE = Path("docs/reference/settings.md")

HEAD = Path(__file__).with_suffix(".txt").read_text("utf-8")


def page() -> str:
    parts = [HEAD]
    own = (group for group in SettingsGroups.__bases__ if group is not PaymentSettings)
    groups = [((group.__doc__ or "").removesuffix("."), group) for group in own]
    for heading, group in (*groups, *((entry.title, entry.settings) for entry in PROVIDERS)):
        fields = group.model_fields
        methods = _methods(next(iter(fields)))
        parts.append(f"\n## {heading}\n\n{methods}| setting | values | default | meaning |\n|---|---|---|---|\n")
        for name, field in fields.items():
            row = (f"`OKIENKO_{name.upper()}`", _values(field), _default(field), field.description or "")
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n")
    parts.append(_live())
    return "".join(parts)


def _methods(first: str) -> str:
    """Return what the payment provider whose first setting this is takes and keeps; nothing for other groups."""
    name = first.removesuffix("_url")
    taken = [f"`{method}`" for method, providers in TAKES.items() if name in providers]
    kept = [f"`{method}`{_rules(of[name])}" for method, of in KEEPS.items() if name in of]
    if not taken:
        return ""
    return f"Takes {', '.join(taken)}" + (f"; keeps {', '.join(kept)} to charge it later" if kept else "") + ".\n\n"


def _rules(rules: ChargeRules) -> str:
    most = f" (up to {rules.most // 100})" if rules.most is not None else ""
    return most + (f" (announced {rules.seldom_days} days ahead)" if rules.seldom_days else "")


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
