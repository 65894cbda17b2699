-- purpose: the watched targets in the order of their names
SELECT target FROM target ORDER BY target
