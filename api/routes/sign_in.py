"""Logging in by way of an OpenID provider: there, and back to the page that was asked for."""

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api import rendering, visitors
from api.ports import Parts, SignIn
from domain.errors import NotFound, PermissionDenied, Unauthenticated

COOKIE = "wakeline_login"
BEGUN_SECONDS = 600


def install(application: FastAPI, parts: Parts) -> None:
    """/login/provider and /login/callback."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/login/provider")
    @visitors.shown
    async def begin(request: Request, back: str = "") -> Response:
        place = str(request.url_for("callback"))
        address, kept = await run_in_threadpool(
            _provider(parts).begin, place, visitors.back(back)
        )  # fmt: skip
        answer = RedirectResponse(address, 303)
        # Lax: the provider sends the browser back, from another site.
        answer.set_cookie(
            COOKIE, kept, max_age=BEGUN_SECONDS, path=visitors.LOGIN, httponly=True,
            samesite="lax", secure=request.url.scheme == "https",
        )  # fmt: skip
        return answer

    @routes.get("/login/callback")
    @visitors.shown
    async def callback(request: Request) -> Response:
        kept, said = request.cookies.get(COOKIE, ""), dict(request.query_params)
        try:
            session, seconds, back = await run_in_threadpool(_provider(parts).finish, kept, said)
        except (Unauthenticated, PermissionDenied) as error:
            status = 401 if isinstance(error, Unauthenticated) else 403
            return visitors.login(parts, "/", str(error), status)
        # A page, and no redirect: after one from another site strict cookies are left out.
        answer = rendering.page("logged_in", {"back": visitors.back(back)})
        answer.delete_cookie(COOKIE, path=visitors.LOGIN, httponly=True, samesite="lax")
        return visitors.welcome(request, answer, session, int(seconds))

    application.include_router(routes)


def _provider(parts: Parts) -> SignIn:
    if parts.sign_in is None:
        raise NotFound("there is no provider to log in with: set login.issuer")
    return parts.sign_in
