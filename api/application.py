"""The API as one FastAPI application, built from parts that are all arguments."""

from collections.abc import Callable

from fastapi import FastAPI

from api import errors
from api.ports import Parts
from api.routes import (
    attribution,
    audit_log,
    autonomy,
    autonomy_pages,
    chain_pages,
    chains,
    changes,
    compare,
    coverage,
    drift,
    drift_pages,
    finding_pages,
    finding_reading,
    finding_stream,
    findings,
    governance_pages,
    health,
    home,
    keys,
    kill_pages,
    kills,
    lineage,
    ofrep,
    opa,
    outcomes,
    policies,
    proposals,
    review_pages,
    reviews,
    sign_in,
    threshold_pulls,
    thresholds,
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
    thresholds.router,
    proposals.router,
    kills.router,
    reviews.router,
    autonomy.router,
    audit_log.router,
    ofrep.router,
    opa.router,
    changes.router,
    compare.router,
    drift.router,
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
    # First, for agents ask it most of all.
    application.include_router(threshold_pulls.router(parts, stopping))
    for router in ROUTERS:
        application.include_router(router(parts))
    application.include_router(finding_stream.router(parts, stopping))
    application.include_router(finding_reading.router(parts))
    finding_pages.install(application, parts)
    sign_in.install(application, parts)
    chain_pages.install(application, parts)
    drift_pages.install(application, parts)
    governance_pages.install(application, parts)
    autonomy_pages.install(application, parts)
    kill_pages.install(application, parts)
    review_pages.install(application, parts)
    return application
