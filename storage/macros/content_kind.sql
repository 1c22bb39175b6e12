-- What the attribute `key` holds of texts: i said to a model, w its words, o
-- what else it answered, s instructions, d the tools that it was offered, n their names alone, a
-- arguments of a tool, r its result.
if(startsWith(key, 'llm.') OR startsWith(key, 'gen_ai.prompt.') OR startsWith(key, 'gen_ai.completion.'),
    multiIf(startsWith(key, 'llm.input_messages.') OR startsWith(key, 'gen_ai.prompt.'), 'i',
        startsWith(key, 'llm.output_messages.') OR startsWith(key, 'gen_ai.completion.'), if(match(key, '[.](?:content|text)\z'), 'w', 'o'),
        startsWith(key, 'llm.tools.'), 'd',
        startsWith(key, 'llm.request.functions.') AND endsWith(key, '.name'), 'n', ''),
    transform(key,
        ['gen_ai.tool.call.arguments', 'gcp.vertex.agent.tool_call_args', 'tool_arguments', 'ai.toolCall.args',
            'crewai.tool.input', 'tool_input', 'full_command',
            'gen_ai.tool.call.result', 'gcp.vertex.agent.tool_response', 'tool_response', 'ai.toolCall.result',
            'crewai.tool.output', 'anthropic.tool_result.content',
            'gen_ai.input.messages', 'gen_ai.prompt', 'ai.prompt', 'ai.prompt.messages', 'user_prompt',
            'pydantic_ai.all_messages', 'gcp.vertex.agent.llm_request', 'input.value', 'traceloop.entity.input',
            'gen_ai.output.messages', 'ai.response.text', 'final_result',
            'gen_ai.completion', 'output.value', 'gcp.vertex.agent.llm_response', 'traceloop.entity.output', 'ai.response.toolCalls',
            'gen_ai.system_instructions', 'system_prompt', 'gen_ai.tool.definitions', 'ai.prompt.tools', 'gen_ai.agent.tools'],
        ['a', 'a', 'a', 'a', 'a', 'a', 'a', 'r', 'r', 'r', 'r', 'r', 'r', 'i', 'i', 'i', 'i', 'i', 'i', 'i', 'i', 'i', 'w', 'w', 'w',
            'o', 'o', 'o', 'o', 'o', 's', 's', 'd', 'd', 'n'], ''))
