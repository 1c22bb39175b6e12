# mypy: ignore-errors
"""Records the same calls with LiteLLM's second generation of spans, which it has behind a switch.

Run from the root of the repository: `python -m tests.golden.emitters.litellm_v2.record`.
"""

import os
from pathlib import Path

from tests.golden.emitters.litellm.record import record

os.environ["LITELLM_OTEL_V2"] = "true"
record(Path(__file__).parent)
