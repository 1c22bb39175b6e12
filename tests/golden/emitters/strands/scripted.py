# mypy: ignore-errors
"""A model for Strands that follows a script."""

import json

from strands.models import Model

USAGE = {"inputTokens": 120, "outputTokens": 30, "totalTokens": 150, "cacheReadInputTokens": 64}


class Scripted(Model):
    """Says the next turn: the tools that it calls, or a text."""

    def __init__(self, turns):
        self.turns = enumerate(turns)
        self.config = {"model_id": "scripted-1"}  # where the spans take the model's name from

    def update_config(self, **_):
        pass

    def get_config(self):
        return self.config

    def structured_output(self, *_, **__):
        raise NotImplementedError

    async def stream(self, *_, **__):
        number, turn = next(self.turns)
        yield {"messageStart": {"role": "assistant"}}
        if isinstance(turn, str):
            yield {"contentBlockDelta": {"delta": {"text": turn}}}
            yield {"contentBlockStop": {}}
            yield {"messageStop": {"stopReason": "end_turn"}}
        else:
            for place, (name, arguments) in enumerate(turn):
                use = {"name": name, "toolUseId": f"call_{number}_{place}"}
                yield {"contentBlockStart": {"start": {"toolUse": use}}}
                yield {
                    "contentBlockDelta": {"delta": {"toolUse": {"input": json.dumps(arguments)}}}
                }
                yield {"contentBlockStop": {}}
            yield {"messageStop": {"stopReason": "tool_use"}}
        yield {"metadata": {"usage": USAGE, "metrics": {"latencyMs": 7, "timeToFirstByteMs": 3}}}
