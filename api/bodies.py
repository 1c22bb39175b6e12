"""Request bodies of the API are small; a larger one is refused before it fills the memory."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping
from typing import Any, ClassVar, TypeVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

BYTES_MAX = 64 * 1024

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Model = TypeVar("Model", bound=BaseModel)


class BoundedRoute(APIRoute):
    """A route whose body is at most `bytes_max`, however it is sent.

    FastAPI's own max_body_size answers as plain text where the length is declared.
    """

    bytes_max: ClassVar[int] = BYTES_MAX

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await inner(Request(request.scope, _bounded(request.receive, self.bytes_max)))

        return handle


def after_access(model: type[Model]) -> Callable[[Request], Awaitable[Model]]:
    """A dependency that yields the body as `model`.

    FastAPI reads a body that is a parameter before it asks whether the caller may send it; this
    comes after the dependencies of the route.
    """

    async def read(request: Request) -> Model:
        try:
            return model.model_validate_json(await request.body())
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False)
            raise RequestValidationError(
                [problem | {"loc": ("body", *problem["loc"])} for problem in problems]
            ) from error

    return read


def described(model: type[BaseModel]) -> dict[str, Any]:
    """The `openapi_extra` of a route whose body `after_access` reads."""
    schema = model.model_json_schema()
    content = {"application/json": {"schema": _inlined(schema, schema.pop("$defs", {}))}}
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """With every definition in its place: in the whole document references would lead nowhere."""
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(of, definitions) for name, of in schema.items()}


def _bounded(receive: Receive, bytes_max: int) -> Receive:
    received = 0

    async def bounded() -> MutableMapping[str, Any]:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > bytes_max:
            raise HTTPException(413, f"the body is over {bytes_max} bytes")
        return message

    return bounded
