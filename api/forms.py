"""What a form of ours says."""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qs

from fastapi import Request
from pydantic import BaseModel, ValidationError

from domain.errors import InvalidInput

FIELDS_MAX = 20
Model = TypeVar("Model", bound=BaseModel)


async def form(request: Request) -> Mapping[str, str]:
    """Of a URL-encoded form; the last of a name counts. Raises InvalidInput."""
    try:
        said = parse_qs((await request.body()).decode(), max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise InvalidInput("this is no form") from error
    return {name: values[-1] for name, values in said.items()}


def checked(model: type[Model], said: Mapping[str, Any]) -> Model:
    """What a form says as a body of the API. Raises InvalidInput naming the first wrong field."""
    try:
        return model.model_validate(said)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(str(one) for one in problem["loc"])
        raise InvalidInput(f"{place}: {problem['msg']}") from error
