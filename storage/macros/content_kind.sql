-- What the attribute `key` holds of texts: i said to a model, w its words, o
-- what else it answered, s instructions, d the tools that it was offered, n their names alone, a
-- arguments of a tool, r its result.
multiIf(key IN ('gen_ai.tool.call.arguments', 'gcp.vertex.agent.tool_call_args', 'tool_arguments', 'ai.toolCall.args',
        'crewai.tool.input', 'tool_input', 'full_command'), 'a',
    key IN ('gen_ai.tool.call.result', 'gcp.vertex.agent.tool_response', 'tool_response', 'ai.toolCall.result',
        'crewai.tool.output', 'anthropic.tool_result.content'), 'r',
    key IN ('gen_ai.input.messages', 'gen_ai.prompt', 'ai.prompt', 'ai.prompt.messages', 'user_prompt',
        'pydantic_ai.all_messages', 'gcp.vertex.agent.llm_request', 'input.value', 'traceloop.entity.input')
        OR startsWith(key, 'llm.input_messages.') OR startsWith(key, 'gen_ai.prompt.'), 'i',
    key IN ('gen_ai.output.messages', 'ai.response.text', 'final_result')
        OR (startsWith(key, 'llm.output_messages.') OR startsWith(key, 'gen_ai.completion.')) AND match(key, '[.](?:content|text)\z'), 'w',
    key IN ('gen_ai.completion', 'output.value', 'gcp.vertex.agent.llm_response', 'traceloop.entity.output', 'ai.response.toolCalls')
        OR startsWith(key, 'llm.output_messages.') OR startsWith(key, 'gen_ai.completion.'), 'o',
    key IN ('gen_ai.system_instructions', 'system_prompt'), 's',
    key IN ('gen_ai.tool.definitions', 'ai.prompt.tools') OR startsWith(key, 'llm.tools.'), 'd',
    key = 'gen_ai.agent.tools' OR startsWith(key, 'llm.request.functions.') AND endsWith(key, '.name'), 'n', '')
