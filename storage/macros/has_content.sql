-- Condition on spans that may hold texts: content is opt-in, and most emitters leave it out.
(hasAny(mapKeys(SpanAttributes), ['gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.tool.call.arguments',
    'gen_ai.tool.call.result', 'gen_ai.system_instructions', 'gen_ai.tool.definitions', 'input.value', 'output.value',
    'traceloop.entity.input', 'traceloop.entity.output', 'ai.prompt', 'ai.prompt.messages', 'ai.response.text',
    'ai.toolCall.args', 'ai.toolCall.result', 'gen_ai.prompt', 'gen_ai.completion', 'gen_ai.prompt.0.content',
    'gen_ai.completion.0.content', 'llm.input_messages.0.message.content', 'llm.output_messages.0.message.content',
    'gcp.vertex.agent.llm_request', 'gcp.vertex.agent.tool_call_args', 'gcp.vertex.agent.tool_response', 'tool_arguments',
    'tool_response', 'tool_input', 'crewai.tool.input', 'crewai.tool.output', 'full_command', 'user_prompt',
    'anthropic.tool_result.content', 'pydantic_ai.all_messages', 'gen_ai.agent.tools'])
    OR has(Events.Name, 'gen_ai.tool.message') OR has(Events.Name, 'gen_ai.choice') OR has(Events.Name, 'tool.output')
    OR has(Events.Name, 'gen_ai.client.inference.operation.details'))
