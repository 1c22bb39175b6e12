"""What columns mean by their names, the same in every table: units, and where a click leads."""

import json
from collections.abc import Iterator
from urllib.parse import quote

from grafana_foundation_sdk.models.dashboard import (
    DashboardFieldConfigSourceOverrides,
    DashboardLink,
    DashboardLinkType,
    DynamicConfigValue,
    MatcherConfig,
)

from dashboards.statements import PLUGIN

SHARES = (
    "share|escalated|blocked|failed|bad_share|from_cache|of_threshold|of_tolerance|not_understood"
    "|before|after|moved|confidence|score|threshold"
)
UNITS = (
    (r"/(^|_)s$/", "s"),
    (r"/_ms$/", "ms"),
    (r"/usd/", "currencyUSD"),
    (rf"/^({SHARES})$/", "percentunit"),
    (r"/^bytes|_bytes$/", "bytes"),
    (r"/^(ts|time|last|first|last_seen|last_write|last_read|newest_value|changed_at|began)$/",
     "dateTimeAsIso"),
)  # fmt: skip
KEEP = "${__url_time_range}&${tenant:queryparam}"


def explore(trace_id: str) -> str:
    """The address of a trace in Grafana's Explore, by the plugin's trace mode."""
    meta = {
        "isTraceIdMode": True,
        "traceId": trace_id,
        "otelEnabled": True,
        "otelVersion": "latest",
    }
    query = {
        "refId": "A", "datasource": {"type": PLUGIN, "uid": "${datasource}"},
        "editorType": "builder", "queryType": "traces", "rawSql": "",
        "builderOptions": {
            "database": "", "table": "otel_traces", "queryType": "traces", "mode": "list",
            "columns": [], "filters": [], "orderBy": [], "limit": 1000, "meta": meta,
        },
    }  # fmt: skip
    panes = {
        "trace": {
            "datasource": "${datasource}",
            "queries": [query],
            "range": {"from": "${__from}", "to": "${__to}"},
        }
    }
    # Grafana fills variables in after this: their braces and dollars stay as they are.
    return f"/explore?schemaVersion=1&panes={quote(json.dumps(panes), safe='${}:_')}"


LINKS: dict[str, tuple[tuple[str, str], ...]] = {
    "agent": (("How does this agent do?", f"/d/wakeline-agent?var-agent=${{__value.raw}}&{KEEP}"),),
    "finding_id": (("The finding in Wakeline", "${wakeline}/findings/${__value.raw}"),),
    "trace_id": (
        ("The trace in Explore", explore("${__value.raw}")),
        ("Findings of the trace", "${wakeline}/findings?trace=${__value.raw}"),
    ),
    "span_id": (("What led to it", "${wakeline}/chains/${__data.fields.trace_id}/${__value.raw}"),),
    "case_id": (("Findings of the case", "${wakeline}/findings?case=${__value.raw}"),),
    "subject": (
        ("The chain here", f"/d/wakeline-incidents?var-subject=${{__value.raw}}&{KEEP}"),
        ("The chain in Wakeline", "${wakeline}/chains/${__value.raw}"),
    ),
    "signature": (("Findings of the kind", "${wakeline}/findings?signature=${__value.raw}"),),
    "alarm_id": (("The alarm in Wakeline", "${wakeline}/drift/alarms/${__value.raw}"),),
}


def _override(matcher: str, what: str, **properties: object) -> DashboardFieldConfigSourceOverrides:
    return DashboardFieldConfigSourceOverrides(
        matcher=MatcherConfig(id_val=matcher, options=what),
        properties=[
            DynamicConfigValue(id_val=name, value=value) for name, value in properties.items()
        ],
    )


def overrides() -> Iterator[DashboardFieldConfigSourceOverrides]:
    """Units and links of all columns that have some."""
    for pattern, unit in UNITS:
        yield _override("byRegexp", pattern, unit=unit)
    for column, links in LINKS.items():
        yield _override("byName", column, links=[link(title, url) for title, url in links])


def link(title: str, url: str) -> DashboardLink:
    """One that opens beside what is looked at, unless it stays in Grafana."""
    return DashboardLink(
        title=title, url=url, type_val=DashboardLinkType.LINK,
        target_blank=not url.startswith("/d/"),
    )  # fmt: skip
