# mypy: ignore-errors
"""Records OpenTelemetry on LangChain: `python -m` this module, from the root."""

import os
from pathlib import Path

from tests.golden.emitters.langchain_genai import scenario
from tests.golden.emitters.receiver import Receiver, start_telemetry, write_versions

FOLDER = Path(__file__).parent


def main():
    os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
    # On spans and on events: the latter are log records of the operation's details.
    os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "SPAN_AND_EVENT"
    from opentelemetry.instrumentation.genai.langchain import LangChainInstrumentor

    with Receiver(FOLDER, scenario.model()) as url:
        flush = start_telemetry(url)
        LangChainInstrumentor().instrument()
        scenario.run(url)
        flush()
    write_versions(
        FOLDER,
        "opentelemetry-instrumentation-genai-langchain",
        "opentelemetry-util-genai",
        "langchain",
        "langgraph",
        "langchain-openai",
        "opentelemetry-sdk",
        "opentelemetry-exporter-otlp-proto-http",
    )


if __name__ == "__main__":
    main()
