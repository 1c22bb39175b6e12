# mypy: ignore-errors
"""Plays OpenAI's chat and decisions, as much of them as PydanticAI asks for."""

import json


def vendor(turns):
    """Decisions are answered by what was asked, a chat by the next turn."""
    turns = enumerate(turns)
    return lambda path, asked: decided(asked) if path.endswith("decisions") else chat(*next(turns))


def chat(number, turn):
    calls = [] if isinstance(turn, str) else enumerate(turn)
    tool_calls = [
        {
            "id": f"call_{number}_{place}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for place, (name, arguments) in calls
    ]
    text = turn if isinstance(turn, str) else None
    message = {"role": "assistant", "content": text, "tool_calls": tool_calls or None}
    reason = "tool_calls" if tool_calls else "stop"
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "gpt-5-2025-08-07",
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {
            "prompt_tokens": 120,
            "completion_tokens": 30,
            "total_tokens": 150,
            "prompt_tokens_details": {"cached_tokens": 64},
            "completion_tokens_details": {"reasoning_tokens": 12},
        },
    }


def decided(asked):
    """A yes is likely, of several choices the first is."""
    usage = {
        "input_tokens": 80,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": 2,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 82,
    }
    answers = [answer(question) for question in asked["questions"]]
    return {"answers": answers, "model": "gpt-6-luna", "usage": usage}


def answer(question):
    named = {"name": question.get("name"), "type": question["type"]}
    if question["type"] == "predicate":
        return named | {"probability": 0.81}
    first, *others = (choice["value"] for choice in question["choices"])
    rest = [{"value": value, "probability": 0.28 / len(others)} for value in others]
    spread = [{"value": first, "probability": 0.72}, *rest]
    return named | {"choice": first, "confidence": 0.72, "probabilities": spread}
