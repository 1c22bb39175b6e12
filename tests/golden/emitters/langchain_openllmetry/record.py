# mypy: ignore-errors
"""Records OpenLLMetry (Traceloop) on LangChain: `python -m` this module, from the root.

Long values are cut, as an SDK may be told to, and the spans of middleware hooks that do nothing are
left out; else the file would be twice as large and show nothing more.
"""

import os
import re
from pathlib import Path

from tests.golden.emitters.langchain_genai import scenario
from tests.golden.emitters.receiver import Receiver, start_telemetry, write_versions

FOLDER = Path(__file__).parent
IDLE = re.compile(r"ToolRetryMiddleware|Middleware\.(before|after_agent)")


def leave_out_idle(request):
    for resource in request["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            scope["spans"] = [span for span in scope["spans"] if not IDLE.search(span["name"])]


def main():
    os.environ["TRACELOOP_TRACE_CONTENT"] = "true"
    os.environ["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"] = "760"  # the arguments of tools fit
    from opentelemetry.instrumentation.langchain import LangchainInstrumentor

    receiver = Receiver(FOLDER, scenario.model())
    with receiver as url:
        flush = start_telemetry(url)
        LangchainInstrumentor().instrument()
        scenario.run(url)
        flush()
        for request in receiver.lines:
            leave_out_idle(request)
    write_versions(
        FOLDER,
        "opentelemetry-instrumentation-langchain",
        "opentelemetry-semantic-conventions-ai",
        "langchain",
        "langgraph",
        "langchain-openai",
        "opentelemetry-sdk",
        "opentelemetry-exporter-otlp-proto-http",
    )


if __name__ == "__main__":
    main()
