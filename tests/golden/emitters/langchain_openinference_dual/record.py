# mypy: ignore-errors
"""Records OpenInference on LangChain when it writes semconv's names next to its own."""

import os
from pathlib import Path

from tests.golden.emitters.langchain_openinference import record

if __name__ == "__main__":
    os.environ["OPENINFERENCE_ENABLE_GENAI_SEMCONV"] = "true"
    record.main(Path(__file__).parent)
