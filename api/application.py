"""The API as one FastAPI application, built from parts that are all arguments."""

from fastapi import FastAPI

from api import errors
from api.ports import Parts
from api.routes import coverage, findings, health, home, keys, tools

ROUTERS = (home.router, health.router, coverage.router, keys.router, tools.router, findings.router)


def build(parts: Parts) -> FastAPI:
    """Routes over `parts`; `app` mounts what other packages serve on the same port."""
    application = FastAPI(
        title="Wakeline",
        # The documentation pages would load scripts from elsewhere; /openapi.json stays.
        docs_url=None,
        redoc_url=None,
        # FastAPI's own spans would go where OTEL_… says: often to this very process.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    errors.install(application)
    for router in ROUTERS:
        application.include_router(router(parts))
    return application
