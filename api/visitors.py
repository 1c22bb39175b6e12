"""Who looks at the pages: a key in a header, or in the cookie that the login form sets."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, urlparse

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from api import errors, rendering
from api.access import caller
from api.ports import Parts
from domain.access import Authenticator, Principal, Scope
from domain.errors import PermissionDenied, Unauthenticated, WakelineError

COOKIE = "wakeline_key"
LOGIN = "/login"

Handler = Callable[..., Awaitable[Response]]


def shown(handler: Handler) -> Handler:
    """Errors as pages; who has no key yet is asked for one."""

    @wraps(handler)
    async def answer(request: Request, *args: Any, **named: Any) -> Response:
        try:
            return await handler(request, *args, **named)
        except Unauthenticated:
            return to_login(request)
        except WakelineError as error:
            status = errors.http_status(error)
            return rendering.page("problem", {"problem": str(error), "status": status}, status)

    return answer


def visitor(authenticator: Authenticator, request: Request, scope: Scope) -> Principal:
    """The caller, whose key is checked anew each time. Raises Unauthenticated, PermissionDenied."""
    return caller(authenticator, scope, request, request.cookies.get(COOKIE))


def welcome(request: Request, response: Response, key: str, seconds: int | None = None) -> Response:
    """The response with a cookie that only this site gets back, and no script can read; seconds:
    how long it is kept, None: until the browser is closed."""
    response.set_cookie(
        COOKIE, key, max_age=seconds, httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return response


def login(parts: Parts, back_: str, problem: str = "", status: int = 200) -> Response:
    """The login form; back_: where to go then."""
    provider = parts.sign_in.provider if parts.sign_in else ""
    said = {"back": back_, "problem": problem, "provider": provider}
    return rendering.page("login", said, status)


def to_login(request: Request) -> RedirectResponse:
    """To the login form, and from there back to this page."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{LOGIN}?back={quote(back, safe='')}", 303)


def back(text: str) -> str:
    """A path of this site; the list of findings for anything else."""
    parts = urlparse(text)
    ours = text.startswith("/") and not text.startswith("//") and "\\" not in text
    return text if ours and not parts.netloc else "/findings"


def refuse_strangers(request: Request) -> None:
    """Raises PermissionDenied for a form that another site sent (or a program without Origin)."""
    origin = urlparse(request.headers.get("origin", ""))
    if not origin.netloc or origin.netloc != request.headers.get("host"):
        raise PermissionDenied("this form was not sent from a page of this site")
