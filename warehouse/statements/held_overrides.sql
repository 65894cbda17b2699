-- purpose: the decided links as they were last applied
FROM link_override ORDER BY ALL
