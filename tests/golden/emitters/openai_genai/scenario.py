# mypy: ignore-errors
"""What an OpenAI-compatible endpoint answers to a billing agent, and the loop that asks it.

The model reads an invoice, corrects it (the ledger fails the first time), and then answers.
"""

import json

MODEL = "gpt-5-mini"
AGENT = "billing-agent"
INSTRUCTIONS = "You correct invoices."
QUESTION = "Correct invoice INV-7."
PARAMETERS = {"type": "object", "properties": {"invoice_id": {"type": "string"}}}
TOOLS = [
    {"type": "function", "function": {"name": name, "description": does, "parameters": PARAMETERS}}
    for name, does in (
        ("get_invoice", "Reads one invoice."),
        ("correct_invoice", "Writes a corrected invoice."),
    )
]
CALLS = ("get_invoice", "correct_invoice", "correct_invoice")  # one a turn, then the answer
USAGE = {
    "prompt_tokens": 120,
    "completion_tokens": 30,
    "total_tokens": 150,
    "prompt_tokens_details": {"cached_tokens": 64},
    "completion_tokens_details": {"reasoning_tokens": 12},
}


def answer(path, request):
    """The reply of the vendor to one request, whatever was asked before."""
    if path.endswith("/embeddings"):
        data = [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2, 0.3]}]
        usage = {"prompt_tokens": 5, "total_tokens": 5}
        return {"object": "list", "data": data, "model": request["model"], "usage": usage}
    if path.endswith("/decisions"):
        return decision(request)
    turn = sum(message["role"] == "tool" for message in request["messages"])
    message = {"role": "assistant", "content": None}
    if turn < len(CALLS):
        call = {"name": CALLS[turn], "arguments": '{"invoice_id":"INV-7"}'}
        message["tool_calls"] = [{"id": f"call_{turn}", "type": "function", "function": call}]
    else:
        message["content"] = "INV-7 is corrected to 120.50."
    return {
        "id": f"chatcmpl-{turn}",
        "object": "chat.completion",
        "created": 1767225600,
        "model": f"{request['model']}-2026-01-01",
        "service_tier": "default",
        "system_fingerprint": "fp_44709d6fcb",
        "choices": [
            {
                "index": 0,
                "message": message,
                "finish_reason": "tool_calls" if turn < len(CALLS) else "stop",
            }
        ],
        "usage": USAGE,
    }


def decision(request):
    """One answer of each type that the Decisions API knows."""
    probabilities = [
        {"value": "correct", "probability": 0.81},
        {"value": "escalate", "probability": 0.19},
    ]
    levels = [
        {"label": "low", "value": 1, "probability": 0.7},
        {"label": "high", "value": 5, "probability": 0.3},
    ]
    return {
        "model": request["model"],
        "answers": [
            {"name": "is_duplicate", "type": "predicate", "probability": 0.07},
            {
                "name": "route",
                "type": "choice",
                "choice": "correct",
                "confidence": 0.81,
                "probabilities": probabilities,
            },
            {
                "name": "risk",
                "type": "score",
                "score": 2.2,
                "confidence": 0.7,
                "probabilities": levels,
            },
        ],
        "usage": {
            "input_tokens": 210,
            "input_tokens_details": {"cached_tokens": 64, "cache_write_tokens": 32},
            "output_tokens": 3,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 213,
        },
    }


class Ledger:
    """The tools. The first correction fails, as a ledger does that is busy."""

    def __init__(self):
        self.corrections = 0

    def get_invoice(self, invoice_id):
        return {"amount": 120.5, "etag": "v3"}

    def correct_invoice(self, invoice_id):
        self.corrections += 1
        if self.corrections == 1:
            raise TimeoutError("the ledger did not answer")
        return {"status": "corrected", "etag": "v4"}


def converse(complete, run_tool):
    """Asks until the model answers in words.

    complete:  takes messages and gives the vendor's message.
    run_tool:  takes the vendor's tool call; what it raises is told to the model.
    """
    messages = [
        {"role": "system", "content": INSTRUCTIONS},
        {"role": "user", "content": QUESTION},
    ]
    while (message := complete(messages)).tool_calls:
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls:
            try:
                content = json.dumps(run_tool(call))
            except TimeoutError as error:
                content = f"error: {error}"
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
    return message.content
