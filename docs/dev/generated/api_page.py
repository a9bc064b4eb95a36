"""docs/reference/api.md, made from the API's own OpenAPI: run `python -m docs.dev.generated.api_page`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.handlers.api.app import make_seller_api

PAGE = Path("docs/reference/api.md")
Json = dict[str, Any]

HEAD = Path(__file__).with_suffix(".txt").read_text("utf-8")


def page() -> str:
    told: Json = make_seller_api().openapi()
    schemas: Json = told["components"]["schemas"]
    parts = [HEAD]
    for path, ways in told["paths"].items():
        for method, way in ways.items():
            parts += _way(f"{method.upper()} {path}", way, schemas)
    parts += _values(schemas)
    return "\n".join(parts)


def _way(name: str, way: Json, schemas: Json) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"{' '.join(way['description'].split(chr(10)))}\n"
    own = [found for found in way.get("parameters", ()) if found["name"] not in ("limit", "cursor", "Idempotency-Key")]
    if own:
        yield "| parameter | where | meaning |\n|---|---|---|"
        yield from (f"| `{found['name']}` | {found['in']} | {_meaning(found)} |" for found in own)
        yield ""
    forms = way.get("requestBody", {"content": {}})["content"]
    if "application/json" in forms:
        yield from _shown("Body", forms["application/json"]["schema"], schemas)
    elif forms:
        files = ", ".join(f"{form['schema']['description']} (`{name}`)" for name, form in forms.items())
        yield f"Body: a file: {files}.\n"
    for status, answer in way["responses"].items():
        if status in ("200", "201"):
            kind, content = next(iter(answer["content"].items()))
            if kind == "application/json":
                yield from _shown(f"Answer, {status}", content["schema"], schemas)
            else:
                yield f"Answer, {status}, `{kind}`. {answer['description']}\n"
    refused = [(s, a["description"]) for s, a in way["responses"].items() if s in ("404", "409")]
    if refused:
        yield from (f"- {status}: {said}" for status, said in refused)
        yield ""


def _meaning(parameter: Json) -> str:
    choices = _choices(parameter["schema"])
    said = parameter.get("description", "")
    return f"{said} {', '.join(f'`{one}`' for one in choices)}".strip() if choices else said


def _shown(what: str, schema: Json, schemas: Json) -> Iterator[str]:
    """Yield an example of each form that it may have."""
    for form in schema.get("anyOf", [schema]):
        known = schemas[form["$ref"].rpartition("/")[2]]
        yield f"{what}: {known['description']}\n"
        for example in known.get("examples", ()):
            yield f"```json\n{json.dumps(example, indent=2, ensure_ascii=False)}\n```\n"


def _values(schemas: Json) -> Iterator[str]:
    yield "## What the fields hold\n"
    yield "| field | of | values |\n|---|---|---|"
    for name, schema in sorted(schemas.items()):
        if name.endswith(("Page", "]", "_")) or "ValidationError" in name:
            continue
        for field, found in schema.get("properties", {}).items():
            values = ", ".join(f"`{one}`" for one in _choices(found)) or found.get("description", "")
            if values:
                yield f"| `{field}` | {name} | {values} |"
    yield ""


def _choices(schema: Json) -> list[str]:
    forms = [schema, *schema.get("anyOf", ())]
    return [str(one) for form in forms for one in form.get("enum", ())]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
