# mypy: ignore-errors
"""Records the same run of OpenInference's instrumentation with GenAI names written besides its own.

From the root of the repository: `python -m tests.golden.emitters.openai_openinference_dual.record`.
"""

import os
from pathlib import Path

from tests.golden.emitters.openai_openinference.record import record

os.environ["OPENINFERENCE_ENABLE_GENAI_SEMCONV"] = "true"
record(Path(__file__).parent)
