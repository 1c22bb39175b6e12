-- Most entities of a type inside one case (0 = never), as the tools.yaml in force says.
SELECT hubs FROM tool_settings ORDER BY generation DESC LIMIT 1
