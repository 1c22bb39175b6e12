"""What may be sensitive: keys that hold content or identities, and text of certain shapes.

A key is the exact name of an attribute, or a prefix that ends in `*`.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import re2  # type: ignore[import-untyped]

REDACTED = "[redacted]"
# Of one of the operator's own patterns in one text; what comes after them is masked as a whole, for
# each search may have to read to the end.
OWN_MATCHES_MAX = 1000
# Senders choose the texts, so what is remembered of them has a bound.
CLEAN_TEXTS_MAX = 4096
CLEAN_CHARACTERS_MAX = 64

# What models and tools were given and answered, by whoever spells it so.
CONTENT_KEYS = (
    # OpenTelemetry GenAI semantic conventions, current and former
    "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.prompt", "gen_ai.prompt.*",
    "gen_ai.completion", "gen_ai.completion.*", "gen_ai.event.content",
    "gen_ai.retrieval.documents", "gen_ai.retrieval.query.text",
    # OpenInference
    "input.value", "output.value", "llm.input_messages.*", "llm.output_messages.*",
    "llm.prompts", "llm.prompts.*", "llm.completions.*", "llm.prompt_template.variables",
    "llm.invocation_parameters",
    "tool.parameters", "retrieval.documents.*", "reranker.*", "embedding.embeddings.*",
    "message.content", "document.content",
    # OpenLLMetry
    "traceloop.entity.input", "traceloop.entity.output", "gen_ai.task.input", "gen_ai.task.output",
    "gen_ai.guardrail.input", "gen_ai.guardrail.output",
    # Vercel AI SDK
    "ai.prompt", "ai.prompt.*", "ai.response.*", "ai.result.*", "ai.toolCall.args",
    "ai.toolCall.result", "ai.value", "ai.values", "ai.embedding", "ai.embeddings",
    "ai.decision.state", "ai.decision.questions",
    # Google ADK
    "gcp.vertex.agent.tool_call_args", "gcp.vertex.agent.tool_response",
    "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response", "gcp.vertex.agent.data",
    # Pydantic AI and Logfire
    "pydantic_ai.all_messages", "pydantic_ai.decision.state", "pydantic_ai.decision.questions",
    "all_messages_events", "events", "model_request_parameters",
    "tool_arguments", "tool_response", "final_result", "request_data", "response_data",
    # CrewAI
    "crewai.subject",
    "crewai.crew.inputs", "crewai.crew.output", "crewai.flow.inputs", "crewai.flow.result",
    "crewai.method.params", "crewai.method.result", "crewai.method.state",
    "crewai.task.description", "crewai.task.name", "crewai.task.output",
    "crewai.tool.input", "crewai.tool.output",
    "crewai.guardrail.result", "crewai.human_feedback.feedback", "crewai.human_feedback.message",
    # Claude Code, Anthropic, LiteLLM, AutoGen, Langfuse, MLflow
    "prompt", "prompt_text", "user_prompt", "response", "tool_input", "tool_parameters",
    "full_command", "bash_argv*", "anthropic.tool_result.content", "llm.openai.messages",
    "llm.openai.choices", "message", "langfuse.observation.input", "langfuse.observation.output",
    "langfuse.trace.input", "langfuse.trace.output", "mlflow.spanInputs", "mlflow.spanOutputs",
)  # fmt: skip

# Under the prefixes above, but structure that analyses need and nobody's words.
STRUCTURE_KEYS = frozenset({
    "gen_ai.prompt.name", "ai.prompt.toolChoice", "ai.response.finishReason", "ai.response.id",
    "ai.response.model", "ai.response.timestamp", "ai.response.msToFirstChunk",
    "ai.response.msToFinish", "ai.response.avgOutputTokensPerSecond",
})  # fmt: skip
STRUCTURE_ENDS = (
    ".role", ".finish_reason", ".tool_call_id", ".function.name", ".document.id",
    ".document.score",
)  # fmt: skip

# Span events and log records whose body, or attribute of these keys, is content.
CONTENT_EVENTS = frozenset({
    "gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message",
    "gen_ai.tool.message", "gen_ai.choice", "gen_ai.client.inference.operation.details",
    "memory.query", "memory.results", "tool.output",
})  # fmt: skip
CONTENT_EVENT_KEYS = ("content", "message", "tool.result", "bash_command", "output")

# Who a person is.
IDENTITY_KEYS = (
    "user.id", "user.name", "user.full_name", "user.email", "enduser.id", "gen_ai.user",
    "gen_ai.request.user", "llm.user", "llm.openai.user", "crewai.principal.id",
    "langfuse.user.id", "langsmith.metadata.user_id", "traceloop.association.properties.user_id",
)  # fmt: skip
# `type:id`, of which the type stays.
REFERENCE_KEYS = ("wakeline.entity.ref", "wakeline.intent.target", "wakeline.outcome.target")


class Content(StrEnum):
    """What is stored of prompts, answers, arguments and results."""

    FULL = "full"
    HASH = "hash"
    NONE = "none"


class Action(StrEnum):
    """What becomes of an attribute that the operator names."""

    DROP = "drop"
    MASK = "mask"
    HASH = "hash"
    KEEP = "keep"


# The end of what is secret in data[start:end], a match of a shape's regex; 0: it is nothing.
Check = Callable[[bytes, int, int], int]


def whole(data: bytes, start: int, end: int) -> int:
    """All of it."""
    return end


def _unless_in_a_number(data: bytes, start: int, end: int) -> int:
    """What follows may be another number, after a space."""
    return 0 if data[max(start - 1, 0) : start].isdigit() else end


def _with_a_digit(data: bytes, start: int, end: int) -> int:
    """Words that only look like credentials, as in "bearer responsibilities", have none."""
    return end if any(chr(byte).isdigit() for byte in data[start:end]) else 0


def _social_security_number(data: bytes, start: int, end: int) -> int:
    """Unless no such number is ever issued."""
    area, group, serial = data[start : start + 3], data[start + 4 : start + 6], data[end - 4 : end]
    if area in {b"000", b"666"} or area >= b"900" or group == b"00" or serial == b"0000":
        return 0
    if data[end : end + 1].isdigit():
        return 0
    return _unless_in_a_number(data, start, end)


CARD_DIGITS = range(13, 20)


def _card(data: bytes, start: int, end: int) -> int:
    """The longest run of whole groups of digits whose check digit is right (Luhn)."""
    before = data[max(start - 2, 0) : start]
    if before[-1:].isdigit() or (before[-1:] == b"." and before[:-1].isdigit()):
        return 0  # within a longer number, or the digits after its point
    # Sums with the last digit as it is, and doubled: one pass judges every length.
    count = single = double = found = 0
    for at in range(start, end):
        if not data[at : at + 1].isdigit():
            continue
        digit = data[at] - ord("0")
        count += 1
        single, double = double + digit, single + (digit * 2 - 9 if digit > 4 else digit * 2)
        if count in CARD_DIGITS and single % 10 == 0 and not data[at + 1 : at + 2].isdigit():
            found = at + 1
    return found


# ISO 13616: the length in each country.
_IBAN_LENGTHS = (
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29"
    "ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20"
    "LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29"
    "PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20"
    "YE30"
)
IBAN_LENGTHS = {
    _IBAN_LENGTHS[at : at + 2]: int(_IBAN_LENGTHS[at + 2 : at + 4])
    for at in range(0, len(_IBAN_LENGTHS), 4)
}


def _iban(data: bytes, start: int, end: int) -> int:
    """As many characters as the country has, if the remainder by 97 is 1."""
    length = IBAN_LENGTHS.get(data[start : start + 2].decode().upper(), 0)
    places = [at for at in range(start, end) if data[at : at + 1].isalnum()][:length]
    if not places or len(places) < length:
        return 0
    text = "".join(chr(data[at]) for at in places)
    number = int("".join(str(int(char, 36)) for char in text[4:] + text[:4]))
    return places[-1] + 1 if number % 97 == 1 else 0


@dataclass(frozen=True, slots=True)
class Shape:
    """Text that looks like a secret: an RE2 regex finds it, a check of the match tells it apart."""

    regex: str
    check: Check = whole


class Pattern(StrEnum):
    """The shapes that have a name."""

    EMAIL = "email"
    CREDIT_CARD = "credit_card"
    IBAN = "iban"
    US_SSN = "us_ssn"
    PHONE = "phone"
    BEARER = "bearer"
    API_KEY = "api_key"
    JWT = "jwt"


_API_KEYS = (
    r"\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}",  # OpenAI, Anthropic, Stripe, Langfuse
    r"\b(?:gh[opsur]_|github_pat_|glpat-|hf_|npm_|pypi-|wk_)[A-Za-z0-9_-]{20,}",
    r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",  # Slack
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",  # AWS
    r"\bAIza[A-Za-z0-9_-]{35}",  # Google
    r"(?i:api[_-]?key|access[_-]?token|client[_-]?secret|password)[\"']?[ \t]?[:=][ \t]?[\"']?"
    r"[^\s\"'&,;]{6,}",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?",
)
SHAPES = {
    Pattern.EMAIL: Shape(r"[\pL\pN._%+'-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+"),
    Pattern.CREDIT_CARD: Shape(r"[2-6](?:[ -]?[0-9]){12,18}", _card),
    Pattern.IBAN: Shape(r"[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,30}", _iban),
    Pattern.US_SSN: Shape(r"[0-9]{3}[ -][0-9]{2}[ -][0-9]{4}", _social_security_number),
    Pattern.PHONE: Shape(
        r"\+[1-9](?:[ ().-]{0,2}[0-9]){7,14}"
        r"|(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-])[2-9][0-9]{2}[ .-][0-9]{4}",
        _unless_in_a_number,
    ),
    Pattern.BEARER: Shape(r"(?i:bearer|basic) +[A-Za-z0-9._~+/-]{12,}=*", _with_a_digit),
    Pattern.API_KEY: Shape("|".join(_API_KEYS)),
    Pattern.JWT: Shape(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
}


def compiled(regex: str) -> Any:
    """The expression of RE2, whose searches are linear in the text. Raises ValueError."""
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True  # also: two patterns may have groups of one name
    try:
        return re2.compile(regex, options)
    except re2.error as error:
        (reason,) = error.args
        raise ValueError(f"is no RE2 expression: {reason.decode(errors='replace')}") from error


class TextPatterns:
    """Masks what looks like a secret inside text, and inside the strings and numbers of JSON.

    Linear in the text, but for `own` patterns that have to read far past their matches.
    """

    def __init__(self, shapes: Sequence[Shape], own: Sequence[Shape]) -> None:
        self._shapes = [(compiled(shape.regex), shape, None) for shape in shapes]
        self._own = [(compiled(shape.regex), shape, OWN_MATCHES_MAX) for shape in own]
        self._any = compiled("|".join(f"(?:{shape.regex})" for shape in (*shapes, *own)))
        # These may hold of a string in JSON and not of the JSON text around it.
        self._anchored = any(_ANCHOR.search(shape.regex) for shape in own)
        self._clean: set[str] = set()

    def masked(self, text: str) -> str:
        """The text with REDACTED in place of what is found; JSON stays JSON."""
        if text in self._clean:
            return text
        found = self._any.search(_encoded(text))
        if text.lstrip()[:1] in _JSON_BEGINS and (found or self._anchored or "\\" in text):
            text = _JSON_TOKEN.sub(self._token, text)
            # What is around its strings and numbers matters where it is no JSON after all.
            return self._plain(text) if found else text
        if found:
            return self._plain(text)
        if len(text) <= CLEAN_CHARACTERS_MAX:
            if len(self._clean) >= CLEAN_TEXTS_MAX:
                self._clean.clear()
            self._clean.add(text)
        return text

    def _token(self, match: re.Match[str]) -> str:
        """One string or number of a JSON text; the last string may be cut off."""
        token = match.group()
        if token[0] != '"':
            masked = self.masked(token)
            return token if masked == token else f'"{masked}"'
        for end in ("", '"'):
            try:
                text = _JSON.decode(token + end)
            except ValueError:
                continue
            masked = self.masked(text)
            return token if masked == text else _quoted(masked).removesuffix(end)
        return self._plain(token)

    def _plain(self, text: str) -> str:
        before = data = _encoded(text)
        for regex, shape, matches_max in (*self._shapes, *self._own):
            data = _without(regex, shape, matches_max, data)
        return text if data == before else data.decode("utf-8", "replace")


_ANCHOR = re.compile(r"[\^$]|\\[AzB]")
_JSON_BEGINS = ("{", "[", '"')
_JSON_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|-?[0-9][0-9.eE+-]*+', re.DOTALL)
_JSON = json.JSONDecoder(strict=False)


def _quoted(text: str) -> str:
    """As a JSON string; half a surrogate, which UTF-8 can not carry, stays an escape."""
    return json.dumps(text, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _without(regex: Any, shape: Shape, matches_max: int | None, data: bytes) -> bytes:
    """`data` with a mark for each run of matches."""
    mark = REDACTED.encode()
    pieces: list[bytes] = []
    kept = at = matches = 0
    while match := regex.search(data, at):
        start, end = match.span()
        end = shape.check(data, start, end)
        if end <= start:
            at = start + 1
            continue
        if start > kept or not pieces:
            pieces += (data[kept:start], mark)
        kept = at = end
        matches += 1
        if matches == matches_max:
            return b"".join((*pieces, mark))
    return b"".join((*pieces, data[kept:]))
