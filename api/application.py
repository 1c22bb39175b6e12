"""The API as one FastAPI application, built from parts that are all arguments."""

from collections.abc import Callable

from fastapi import FastAPI

from api import errors
from api.ports import Parts
from api.routes import (
    attribution,
    chain_pages,
    chains,
    coverage,
    finding_pages,
    finding_reading,
    finding_stream,
    findings,
    health,
    home,
    keys,
    lineage,
    outcomes,
    policies,
    tools,
)

ROUTERS = (
    home.router,
    health.router,
    coverage.router,
    keys.router,
    tools.router,
    findings.router,
    policies.router,
    outcomes.router,
    lineage.router,
    attribution.router,
    chains.router,
)


def build(parts: Parts, stopping: Callable[[], bool] = lambda: False) -> FastAPI:
    """Routes over `parts`; `app` mounts what other packages serve on the same port.

    stopping: whether what never ends by itself has to end now.
    """
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
    application.include_router(finding_stream.router(parts, stopping))
    application.include_router(finding_reading.router(parts))
    finding_pages.install(application, parts)
    chain_pages.install(application, parts)
    return application
