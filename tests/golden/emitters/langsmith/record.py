# mypy: ignore-errors
"""Records the OpenTelemetry export of LangSmith: `python -m` this module, from the root."""

import os
from pathlib import Path

from tests.golden.emitters.langchain_genai import scenario
from tests.golden.emitters.receiver import Receiver, write_versions

FOLDER = Path(__file__).parent


def main():
    with Receiver(FOLDER, scenario.model()) as url:
        os.environ |= {
            "LANGSMITH_TRACING": "true",
            "LANGSMITH_TRACING_MODE": "otel",  # nothing to LangSmith itself
            "LANGSMITH_ENDPOINT": url,
            "LANGSMITH_API_KEY": "none",
            "LANGSMITH_PROJECT": "billing",
            "LANGSMITH_REVISION_ID": "billing-1.4.0",  # else the commit of this repository
            "OTEL_EXPORTER_OTLP_ENDPOINT": url,
            "OTEL_SERVICE_NAME": "billing-agents",
        }
        from langchain_core.tracers.langchain import wait_for_all_tracers
        from langsmith.run_trees import get_cached_client
        from opentelemetry import trace

        scenario.run(url)
        wait_for_all_tracers()
        get_cached_client().flush()
        trace.get_tracer_provider().force_flush()
    write_versions(
        FOLDER,
        "langsmith",
        "langchain",
        "langgraph",
        "langchain-openai",
        "opentelemetry-sdk",
        "opentelemetry-exporter-otlp-proto-http",
    )


if __name__ == "__main__":
    main()
