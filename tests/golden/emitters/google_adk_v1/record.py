# mypy: ignore-errors
"""Records what Google's ADK emits in its schema 1, the older one, of the same case as schema 2.

Run from the root of the repository: `python -m tests.golden.emitters.google_adk_v1.record`.
"""

import os
from pathlib import Path

os.environ |= {  # before ADK is imported
    "ADK_TELEMETRY_SCHEMA_VERSION_OPT_IN": "1",
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true",
}

from tests.golden.emitters.google_adk_v2.scenario import record

if __name__ == "__main__":
    record(Path(__file__).parent)
