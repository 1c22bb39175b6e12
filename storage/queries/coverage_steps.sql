-- How many steps of each agent received since `since_unix_s` carry what analyzers read,
-- and how many steps, tool calls, errors and model calls are there? Agents with the most steps first;
-- `agents_total` counts those beyond the limit too. Empty `agent` = every agent.
SELECT tenant, leftUTF8(steps.agent, 200) AS agent, count() OVER () AS agents_total,
    groupUniqArray(5)(leftUTF8(service, 200)) AS services,
    count() AS steps,
    countIf(agent_origin = 'span') AS agent_named,
    countIf(agent_origin IN ('span', 'ancestor')) AS agent_known,
    countIf(agent_version != '') AS agent_version,
    countIf(conversation_id != '') AS conversation,
    countIf(case_id != '') AS case_id,
    countIf(work_item_id != '') AS work_item,
    countIf(intent_id != '') AS intent,
    countIf(operation = 'execute_tool') AS tool_calls,
    countIf(arguments_state != 'none') AS arguments,
    countIf(arguments_state = 'json') AS arguments_json,
    countIf(arguments_state = 'text') AS arguments_text,
    countIf(arguments_state = 'hashed') AS arguments_hashed,
    countIf(arguments_state = 'cut') AS arguments_cut,
    countIf(arguments_state IN ('json', 'text', 'hashed')) AS arguments_whole,
    countIf(result_state != 'none') AS results,
    countIf(result_state IN ('json', 'text')) AS results_readable,
    countIf(status = 'Error') AS errors,
    countIf(status = 'Error' AND error_type != '') AS error_type,
    countIf(operation IN {model_operations:Array(String)}) AS model_calls,
    countIf(operation IN {model_operations:Array(String)} AND model != '') AS model,
    countIf(input_tokens + output_tokens > 0) AS tokens,
    countIf(isNotNull(cost)) AS cost,
    countIf(operation IN {model_operations:Array(String)} AND finish_reason != '') AS finish_reason
FROM steps FINAL
WHERE received >= fromUnixTimestamp({since_unix_s:UInt32})
    AND ({agent:String} = '' OR steps.agent = {agent:String})
GROUP BY tenant, agent
ORDER BY steps DESC, tenant, agent
LIMIT {agents_max:UInt32}
