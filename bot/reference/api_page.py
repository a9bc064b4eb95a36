"""docs/reference/api.md, made from the API's own OpenAPI: run `python -m bot.reference.api_page`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.handlers.api.app import described

PAGE = Path("docs/reference/api.md")
Json = dict[str, Any]

HEAD = """<!-- Made from bot/handlers/api by `python -m bot.reference.api_page`; don't edit. -->
# The seller's API

At `/api/v1`, JSON in and out. The OpenAPI is at `/api/v1/openapi.json`, open like this page; everything else wants
`Authorization: Bearer TOKEN`: `OKIENKO_API_TOKEN`, or `sandbox` while the sandbox is on and none is set.

- Amounts are integers in minor units (36777 is 367,77 zł), times RFC 3339 in UTC.
- Errors are `{"error": "…"}`, in words for a developer. Every way may answer 401 (no or a wrong bearer), 413 (a body of
  more than 4 MB), 422 (not of the form described here) and 503 (nothing can be stored just now, `Retry-After`).
- Lists are in the order of time: `limit` rows a page (50, at most 200), `next` is the `cursor` of the page that
  follows, null on the last one. Rows that come meanwhile shift nothing: keep the last `next`, ask again tomorrow.
- Every POST takes the header `Idempotency-Key`: for seven days the same key and request get the same answer and nothing
  is done twice; the same key with another request is 409. What failed with 422 or 503 has done nothing and leaves its
  key unused.
- What happens is told as it happens, too: [listen to events](../how-to/listen-to-events.md).
"""


def page() -> str:
    told: Json = described().openapi()
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
    if "requestBody" in way:
        yield from _shown("Body", way["requestBody"]["content"]["application/json"]["schema"], schemas)
    for status, answer in way["responses"].items():
        if status in ("200", "201"):
            yield from _shown(f"Answer, {status}", answer["content"]["application/json"]["schema"], schemas)
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
