-- every trial held was seen, and the other way round
SELECT coalesce(t.nct_id, s.nct_id) AS nct_id
FROM trial_record AS t
FULL JOIN trial_sighting AS s USING (nct_id)
WHERE t.nct_id IS NULL OR s.nct_id IS NULL
