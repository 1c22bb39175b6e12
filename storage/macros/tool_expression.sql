-- The type of one expression of tools.yaml.
Tuple(root LowCardinality(String), path Array(String), text String, negative Bool)
