"""The only map from our errors to HTTP; every error is JSON: {"error": class, "detail": text}."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from domain.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
    WakelineError,
)

STATUSES: dict[type[WakelineError], int] = {
    TooLarge: 413,
    UnsupportedMedia: 415,
    InvalidInput: 422,
    Unauthenticated: 401,
    PermissionDenied: 403,
    NotFound: 404,
    Conflict: 409,
    Unavailable: 503,
    WakelineError: 500,
}
FAULT = "a fault of Wakeline's own; its log says more"


def http_status(error: WakelineError) -> int:
    """By the class of the error or the nearest of its bases."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def install(application: FastAPI) -> None:
    """Errors of the routes, of requests that fit none, and faults."""

    @application.exception_handler(WakelineError)
    async def refuse(request: Request, error: WakelineError) -> JSONResponse:
        headers = {}
        if isinstance(error, Unavailable):
            headers["retry-after"] = str(max(1, round(error.retry_after_s)))
        if isinstance(error, Unauthenticated):
            headers["www-authenticate"] = "Bearer"
        return _answer(type(error).__name__, str(error), http_status(error), headers)

    @application.exception_handler(HTTPException)
    async def miss(request: Request, error: HTTPException) -> JSONResponse:
        name = HTTPStatus(error.status_code).phrase.title().replace(" ", "")
        return _answer(name, error.detail, error.status_code, error.headers)

    @application.exception_handler(RequestValidationError)
    async def correct(request: Request, error: RequestValidationError) -> JSONResponse:
        detail = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()
        )
        return _answer(InvalidInput.__name__, detail, http_status(InvalidInput()))

    @application.exception_handler(Exception)
    async def fail(request: Request, error: Exception) -> JSONResponse:
        return _answer("InternalError", FAULT, 500)


def _answer(
    name: str, detail: str, status: int, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    return JSONResponse({"error": name, "detail": detail}, status, headers)
