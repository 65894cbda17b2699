-- purpose: the vocabulary that was loaded last, and whether its content is kept
-- grain: one row, also where there is none
SELECT max_by(version, loaded_at) AS version, coalesce(max_by(content IS NOT NULL, loaded_at), false) AS is_kept
FROM vocabulary
