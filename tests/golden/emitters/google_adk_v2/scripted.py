# mypy: ignore-errors
"""A model for Google's ADK that follows a script."""

from typing import Any

from google.adk.models import BaseLlm, LlmResponse
from google.genai import types

USAGE = types.GenerateContentResponseUsageMetadata(
    prompt_token_count=120,
    candidates_token_count=18,
    thoughts_token_count=12,
    cached_content_token_count=64,
    total_token_count=150,
)


class Scripted(BaseLlm):
    """Says the next turn."""

    turns: Any

    async def generate_content_async(self, llm_request, stream=False):
        number, turn = next(self.turns)
        parts = [types.Part(text=turn)] if isinstance(turn, str) else calls(number, turn)
        yield LlmResponse(
            content=types.Content(role="model", parts=parts),
            finish_reason=types.FinishReason.STOP,
            model_version="gemini-3-pro-001",
            usage_metadata=USAGE,
        )


def calls(number, turn):
    return [
        types.Part(
            function_call=types.FunctionCall(id=f"call_{number}_{place}", name=name, args=arguments)
        )
        for place, (name, arguments) in enumerate(turn)
    ]
