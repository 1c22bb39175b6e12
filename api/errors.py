"""The only map from our errors to HTTP."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from domain.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
    TooLarge,
    Unauthenticated,
    Unavailable,
    WakelineError,
)

STATUSES: dict[type[WakelineError], int] = {
    TooLarge: 413,
    InvalidInput: 422,
    Unauthenticated: 401,
    PermissionDenied: 403,
    NotFound: 404,
    Conflict: 409,
    Unavailable: 503,
    WakelineError: 500,
}


def http_status(error: WakelineError) -> int:
    """By the class of the error or the nearest of its bases."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def install(application: FastAPI) -> None:
    """Answer our errors as JSON: {"error": class, "detail": text}."""

    @application.exception_handler(WakelineError)
    async def answer(request: Request, error: WakelineError) -> JSONResponse:
        headers = {}
        if isinstance(error, Unavailable):
            headers["retry-after"] = str(max(1, round(error.retry_after_s)))
        if isinstance(error, Unauthenticated):
            headers["www-authenticate"] = "Bearer"
        body = {"error": type(error).__name__, "detail": str(error)}
        return JSONResponse(body, http_status(error), headers)
