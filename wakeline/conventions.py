"""The names on the wire: every event and attribute that Wakeline reads, with unit and source.

Ours begin with `wakeline.`; the others are those of the OpenTelemetry semantic conventions (GenAI,
development stage). This module imports nothing, so that readers of the data can use it as well.

A reference is `type:id`, the type in lower case, such as `invoice:501`. What the SDK names itself
has the types `read`, `write`, `decision`, `effect`, `outcome`, `intent`, `handoff` and
`span` (`span:<trace id>-<span id>`, lower-case hex).
"""

from typing import Final

SCOPE: Final = "wakeline"  # instrumentation scope of all that the SDK records

# Events: OTLP log records whose event_name is this, bound to a span by trace and span id.
INTENT: Final = "wakeline.intent"  # what a run is for
READ: Final = "wakeline.data.read"  # a value of an entity was taken from a system
WRITE: Final = "wakeline.data.write"  # a value of an entity was changed in a system
DECISION: Final = "wakeline.decision"  # an agent chose an action
EFFECT: Final = "wakeline.effect"  # what an action does to the business
OUTCOME: Final = "wakeline.outcome"  # what became of it, often days later
HANDOFF: Final = "wakeline.handoff"  # work went to another agent
CHANGE: Final = "wakeline.change"  # something was changed that agents may behave otherwise for
EVENTS: Final = (INTENT, READ, WRITE, DECISION, EFFECT, OUTCOME, HANDOFF, CHANGE)

# Of the intent. `id` is in the baggage too, and on every span and event below.
INTENT_ID: Final = "wakeline.intent.id"
INTENT_KIND: Final = "wakeline.intent.kind"  # one of a small, closed vocabulary of the user's
INTENT_TARGET: Final = "wakeline.intent.target"  # references, array of strings
INTENT_METRIC: Final = "wakeline.intent.metric"  # which effect metric it is about
INTENT_DIRECTION: Final = "wakeline.intent.direction"  # -1, 0 or 1: where the metric should go
INTENT_LIMIT: Final = "wakeline.intent.limit"  # greatest |delta| meant, in the metric's unit

# Of reads and writes.
ENTITY_REF: Final = "wakeline.entity.ref"  # reference
DATA_ID: Final = "wakeline.data.id"  # names this read or write
DATA_FIELD: Final = "wakeline.data.field"
DATA_VERSION: Final = "wakeline.data.version"  # text; only equality and order count
DATA_AS_OF: Final = "wakeline.data.as_of"  # int, ns since 1970 UTC: true at the source then
DATA_SOURCE: Final = "wakeline.data.source"  # name of the system
DATA_SOURCE_KIND: Final = "wakeline.data.source_kind"  # one of SOURCE_KINDS
DATA_VALUE_HASH: Final = "wakeline.data.value_hash"  # 16 hex digits; equal values, equal hashes
DATA_VALUE_NUM: Final = "wakeline.data.value_num"  # double, in the field's own unit
SOURCE_KINDS: Final = ("primary", "replica", "cache", "index", "memory", "prompt")

# Of writes alone.
DATA_VERSION_PREV: Final = "wakeline.data.version_prev"
DATA_VALUE_NUM_PREV: Final = "wakeline.data.value_num_prev"
DATA_IDEMPOTENCY_KEY: Final = "wakeline.data.idempotency_key"
DATA_REVERSIBLE: Final = "wakeline.data.reversible"  # bool
DATA_COMPENSATES: Final = "wakeline.data.compensates"  # id of the write that this one undoes

# Of decisions. `id` is also on the writes and effects that carry the decision out.
DECISION_ID: Final = "wakeline.decision.id"
DECISION_ACTION: Final = "wakeline.decision.action"  # what was chosen, low cardinality
DECISION_OUTCOME: Final = "wakeline.decision.outcome"  # one of DECISION_OUTCOMES
DECISION_CONFIDENCE: Final = "wakeline.decision.confidence"  # 0 to 1
DECISION_CONFIDENCE_METHOD: Final = "wakeline.decision.confidence.method"  # how it was made
DECISION_INPUTS: Final = "wakeline.decision.inputs"  # ids of reads, array of strings
DECISION_APPROVAL_ID: Final = "wakeline.decision.approval_id"
DECISION_AMOUNT: Final = "wakeline.decision.amount"  # at stake, in `currency`
DECISION_CURRENCY: Final = "wakeline.decision.currency"  # ISO 4217
DECISION_THRESHOLD: Final = "wakeline.decision.threshold"  # 0 to 1: confidence asked for
DECISION_THRESHOLD_VERSION: Final = "wakeline.decision.threshold.version"
DECISION_VERDICT: Final = "wakeline.decision.verdict"  # what the check said
DECISION_ENFORCED_ACTION: Final = "wakeline.decision.enforced_action"  # what was done about it
POLICY_ID: Final = "wakeline.policy.id"
POLICY_VERSION: Final = "wakeline.policy.version"
DECISION_OUTCOMES: Final = ("allow", "block", "modify", "review", "escalate", "defer", "abstain")

# Of effects.
EFFECT_KIND: Final = "wakeline.effect.kind"
EFFECT_METRIC: Final = "wakeline.effect.metric"  # cash, obligation, customer_state ...
EFFECT_DELTA: Final = "wakeline.effect.delta"  # signed, in `unit`
EFFECT_UNIT: Final = "wakeline.effect.unit"
EFFECT_OPENS: Final = "wakeline.effect.opens"  # id of the obligation that now exists
EFFECT_CLOSES: Final = "wakeline.effect.closes"  # id of the obligation that is now met

# Of outcomes.
OUTCOME_ID: Final = "wakeline.outcome.id"
OUTCOME_TYPE: Final = "wakeline.outcome.type"  # a key of OUTCOME_POLARITY_OF
OUTCOME_POLARITY: Final = "wakeline.outcome.polarity"  # -1 bad, 0, 1 good
OUTCOME_TARGET: Final = "wakeline.outcome.target"  # references, array of strings
OUTCOME_AMOUNT: Final = "wakeline.outcome.amount"  # in the target's unit
OUTCOME_POLARITY_OF: Final = {
    "reversal": -1,
    "complaint": -1,
    "dispute": -1,
    "chargeback": -1,
    "manual_override": -1,
    "sla_breach": -1,
    "success": 1,
}

# Of hand-offs. `id` is also on the first agent span of the receiver.
HANDOFF_FROM: Final = "wakeline.handoff.from"  # agent name
HANDOFF_TO: Final = "wakeline.handoff.to"  # agent or queue name
HANDOFF_ID: Final = "wakeline.handoff.id"

# Of changes.
CHANGE_ID: Final = "wakeline.change.id"
CHANGE_KIND: Final = "wakeline.change.kind"  # one of CHANGE_KINDS
CHANGE_WHAT: Final = "wakeline.change.what"  # name of what was changed
CHANGE_VERSION: Final = "wakeline.change.version"
CHANGE_VERSION_PREV: Final = "wakeline.change.version_prev"
CHANGE_AGENTS: Final = "wakeline.change.agents"  # whom it may move, array of strings; none: all
CHANGE_NOTE: Final = "wakeline.change.note"  # for people
CHANGE_KINDS: Final = ("deploy", "prompt", "model", "policy", "tool_schema", "data_source")

# Attributes of spans. The case and the intent are also in the baggage.
CASE_ID: Final = "wakeline.case.id"  # business case; on every span and event below
WORK_ITEM_ID: Final = "wakeline.work_item.id"
PROGRESS_DONE: Final = "wakeline.progress.done"  # int, of PROGRESS_TOTAL
PROGRESS_TOTAL: Final = "wakeline.progress.total"
ARGUMENTS_SIZE_BYTES: Final = "wakeline.tool.arguments.size_bytes"  # before the cut; only if cut
RESULT_SIZE_BYTES: Final = "wakeline.tool.result.size_bytes"  # before the cut; only if cut

# OpenTelemetry GenAI semantic conventions.
OPERATION: Final = "gen_ai.operation.name"
INVOKE_AGENT: Final = "invoke_agent"
EXECUTE_TOOL: Final = "execute_tool"
AGENT_ID: Final = "gen_ai.agent.id"
AGENT_NAME: Final = "gen_ai.agent.name"  # also on the tool spans of the agent
AGENT_VERSION: Final = "gen_ai.agent.version"
CONVERSATION_ID: Final = "gen_ai.conversation.id"
TOOL_NAME: Final = "gen_ai.tool.name"
TOOL_TYPE: Final = "gen_ai.tool.type"  # function, extension, datastore
TOOL_CALL_ID: Final = "gen_ai.tool.call.id"
TOOL_ARGUMENTS: Final = "gen_ai.tool.call.arguments"  # JSON
TOOL_RESULT: Final = "gen_ai.tool.call.result"  # JSON

# OpenTelemetry general semantic conventions.
ERROR_TYPE: Final = "error.type"  # class of the exception, or a low-cardinality word
SERVICE_NAME: Final = "service.name"
SERVICE_VERSION: Final = "service.version"
DEPLOYMENT_ENVIRONMENT: Final = "deployment.environment.name"
