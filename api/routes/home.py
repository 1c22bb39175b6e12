"""What runs here, for whoever opens the port in a browser."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api import pages
from api.ports import Parts


def router(parts: Parts) -> APIRouter:
    """/ is open: it tells nothing but the names of the routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.head("/")
    @routes.get("/")
    async def home() -> HTMLResponse:
        return HTMLResponse(pages.PAGE, headers=pages.HEADERS)

    return routes
