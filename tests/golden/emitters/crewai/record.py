# mypy: ignore-errors
"""Records CrewAI's own tracing: `python -m` this module, from the root."""

import io
import os
import sys
import tempfile
from pathlib import Path

from tests.golden.emitters.crewai import scenario
from tests.golden.emitters.receiver import Receiver, write_versions

FOLDER = Path(__file__).parent


def traced(url, execution, **more):
    from crewai.telemetry.tracing import telemetry_session
    from crewai.telemetry.tracing.session import otlp_exporter
    from opentelemetry.sdk.resources import Resource

    return telemetry_session(
        execution,
        "billing",
        [otlp_exporter(f"{url}/v1/traces")],
        principal={"type": "user", "id": "clerk-7"},
        resource=Resource.create({"service.name": "billing-agents", "service.version": "1.4.0"}),
        attributes={"gen_ai.conversation.id": "conversation-42"},
        **more,
    )


def work(url):
    from crewai import LLM

    # In the environment, since a flow that goes on later makes its model anew from the name alone.
    os.environ |= {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "none"}
    llm = LLM("openai/gpt-5-mini")
    sys.stdin = io.StringIO("Yes, go ahead.\n")
    with traced(url, "execution-1"):
        answer = scenario.billing_flow(llm).kickoff()
    assert answer == "Credited 20.5 to INV-7.", answer

    kind, word = scenario.refund_flow(llm), "No, not all of it."
    waiting = kind()
    with traced(url, "execution-2") as paused:
        waiting.kickoff()
    flow = kind.from_pending(waiting.flow_id)
    link = paused.otel_resume_context
    with traced(url, "execution-3", parent_otel_context=link, resume_feedback=word):
        answer = flow.resume(word)
    assert answer == "Not refunded.", answer


def main():
    os.environ |= {
        "CREWAI_DISABLE_TELEMETRY": "true",  # the anonymous one, which leaves the machine
        "CREWAI_TRACING_ENABLED": "false",  # and the hosted one; the run is recorded here
        "CREWAI_STORAGE_DIR": tempfile.mkdtemp(),
    }
    with Receiver(FOLDER, scenario.SCRIPT) as url:
        work(url)
    write_versions(FOLDER, "crewai", "openai", "opentelemetry-sdk")


if __name__ == "__main__":
    main()
