-- purpose: the watch items as last written
-- grain: one row an item
SELECT item, kind, name, condition, terms, is_active, added_at, removed_at FROM watch_item
