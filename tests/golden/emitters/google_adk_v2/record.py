# mypy: ignore-errors
"""Records what Google's ADK emits in its schema 2, which follows the semantic conventions.

Run from the root of the repository: `python -m tests.golden.emitters.google_adk_v2.record`.
"""

import os
from pathlib import Path

os.environ |= {  # before ADK is imported
    "ADK_TELEMETRY_SCHEMA_VERSION_OPT_IN": "2",
    "ADK_EXPERIMENTAL_TELEMETRY": "true",
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "span_and_event",
}

from tests.golden.emitters.google_adk_v2.scenario import record

if __name__ == "__main__":
    record(Path(__file__).parent)
