-- What a step has for the attribute `key`, whichever framework wrote it; empty for any other attribute.
multiIf(key = '', '', key = 'gen_ai.agent.name', toString(agent), key = 'gen_ai.agent.version', toString(agent_version),
    key = 'gen_ai.request.model', toString(model), key = 'gen_ai.tool.name', toString(tool), key = 'gen_ai.operation.name', toString(operation),
    key = 'gen_ai.conversation.id', conversation_id, key = 'wakeline.case.id', case_id, '')
