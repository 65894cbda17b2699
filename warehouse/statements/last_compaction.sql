-- purpose: how many bytes the file had after its last rewriting, or when it was first asked; NULL before
-- grain: one row
SELECT max_by(bytes, compacted_at) FROM compaction
