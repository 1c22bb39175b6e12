# mypy: ignore-errors
"""Plays OpenAI's Responses API, as much of it as agent frameworks ask for."""

import json


def responses_api(turns):
    """Each request is answered by the next turn: the tools that are called, or a text."""
    turns = enumerate(turns)
    return lambda path, asked: response(*next(turns), asked)


def response(number, turn, asked):
    if isinstance(turn, str):
        content = [{"type": "output_text", "text": turn, "annotations": []}]
        said = {"id": f"msg_{number}", "type": "message", "role": "assistant"}
        output = [said | {"status": "completed", "content": content}]
    else:
        output = [
            {
                "type": "function_call",
                "id": f"fc_{number}_{place}",
                "call_id": f"call_{number}_{place}",
                "name": name,
                "arguments": json.dumps(arguments),
                "status": "completed",
            }
            for place, (name, arguments) in enumerate(turn)
        ]
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": 1_790_000_000,
        "status": "completed",
        "model": "gpt-5-2025-08-07",
        "output": output,
        "instructions": asked.get("instructions"),
        "tools": asked.get("tools", []),
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "usage": {
            "input_tokens": 120,
            "input_tokens_details": {"cached_tokens": 64, "cache_write_tokens": 0},
            "output_tokens": 30,
            "output_tokens_details": {"reasoning_tokens": 12},
            "total_tokens": 150,
        },
    }
