"""Is a YAML file as its JSON schema says, and if not, where and in which words?"""

import difflib
import json
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from domain import marked_yaml
from domain.marked_yaml import Document

COMPLAINTS_MAX = 1000


def check(document: Document, schema: Path) -> None:
    """Raises InvalidInput for the first thing that the schema does not allow.

    Every part of the schema that can fail has a description, made to follow 'is not'.
    """
    complaints = islice(_validator(schema).iter_errors(document.value), COMPLAINTS_MAX)
    told = [_explained(error) for error in complaints]
    if told:
        path, message = min(told, key=lambda complaint: document.marks[complaint[0]])
        raise document.error(path, message)


@cache
def _validator(schema: Path) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def _explained(error: ValidationError) -> tuple[marked_yaml.Path, str]:
    """Where it is, and what is wrong in our words; the schema's descriptions are made for it."""
    path = tuple(error.absolute_path)
    found: Any = error.instance
    schema: Any = error.schema
    if error.validator == "additionalProperties":
        known = schema["properties"]
        name = next(name for name in found if name not in known)
        near = difflib.get_close_matches(name, known, 1)
        mend = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        return (*path, name), f"no such field; {mend}"
    if "propertyNames" in error.absolute_schema_path:
        path = (*path, found)
    return path, f"{_shown(found)} is not {schema['description']}"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value[:60]}'"
    return "this" if isinstance(value, dict | list) else json.dumps(value)
