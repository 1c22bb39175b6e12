# mypy: ignore-errors
"""Records OpenInference on LangChain: `python -m` this module, from the root."""

from pathlib import Path

from tests.golden.emitters.langchain_genai import scenario
from tests.golden.emitters.receiver import Receiver, start_telemetry, write_versions


def main(folder):
    from openinference.instrumentation.langchain import LangChainInstrumentor

    with Receiver(folder, scenario.model()) as url:
        flush = start_telemetry(url)
        LangChainInstrumentor().instrument()
        scenario.run(url)
        flush()
    write_versions(
        folder,
        "openinference-instrumentation-langchain",
        "openinference-instrumentation",
        "langchain",
        "langgraph",
        "langchain-openai",
        "opentelemetry-sdk",
        "opentelemetry-exporter-otlp-proto-http",
    )


if __name__ == "__main__":
    main(Path(__file__).parent)
