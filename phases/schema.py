"""The JSON Schema of a definition, for editors: completion and bilingual help while somebody writes the YAML."""

from __future__ import annotations

import json
from typing import Any

from phases.definition import Definition

HEAD = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:duban:campaign",
    "title": "活动设置 / definition of a campaign",
}


def definition_schema() -> dict[str, Any]:
    """The schema. Editors read YAML 1.2 types, so a value that people may write as a number or as words allows both."""
    schema = Definition.model_json_schema(by_alias=True, mode="validation")
    return HEAD | {key: _tidy(value) for key, value in schema.items() if key != "title"}


def schema_text() -> str:
    """The schema as the committed file `phases/library/campaign.schema.json` holds it."""
    return json.dumps(definition_schema(), ensure_ascii=False, indent=2) + "\n"


def _tidy(part: Any) -> Any:
    """Without the titles pydantic derives from English names: the key itself is the title people know."""
    if isinstance(part, list):
        return [_tidy(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {key: _tidy(value) for key, value in part.items() if not (key == "title" and isinstance(value, str))}
