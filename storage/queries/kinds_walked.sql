-- Which kinds of steps stand in the traces that were gathered for a pass?
SELECT max(operation IN ('chat', 'text_completion', 'generate_content') AND input_tokens > 0) AS contexts,
    max(operation IN ('invoke_agent', 'invoke_workflow')) AS runs, max(status = 'Error') AS failures
FROM walked_steps
WHERE pass = {pass:UInt64}
LIMIT 1
