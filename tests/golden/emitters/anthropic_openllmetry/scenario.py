# mypy: ignore-errors
"""What an endpoint with Anthropic's Messages API answers to a billing agent."""

MODEL = "claude-sonnet-4-5"
TOOLS = [
    {
        "name": name,
        "description": does,
        "input_schema": {"type": "object", "properties": {"invoice_id": {"type": "string"}}},
    }
    for name, does in (
        ("get_invoice", "Reads one invoice."),
        ("correct_invoice", "Writes a corrected invoice."),
    )
]
CALLS = tuple(
    (name, {"invoice_id": "INV-7"})
    for name in ("get_invoice", "correct_invoice", "correct_invoice")
)
USAGE = {
    "input_tokens": 46,
    "cache_read_input_tokens": 64,
    "cache_creation_input_tokens": 10,
    "output_tokens": 30,
}


def reply(request, calls=CALLS):
    """The message of one turn: the next tool call, or words when all of `calls` were answered."""
    turn = sum(
        isinstance(message["content"], list)
        and any(block["type"] == "tool_result" for block in message["content"])
        for message in request["messages"]
    )
    if request.get("tools") and turn < len(calls):
        name, arguments = calls[turn]
        block = {"type": "tool_use", "id": f"toolu_{turn}", "name": name, "input": arguments}
    else:
        block = {"type": "text", "text": "INV-7 is corrected to 120.50."}
    return {
        "id": f"msg_{turn}",
        "type": "message",
        "role": "assistant",
        "model": request["model"],
        "content": [block],
        "stop_reason": "tool_use" if block["type"] == "tool_use" else "end_turn",
        "stop_sequence": None,
        "usage": USAGE,
    }
