-- purpose: what one run made of the trials it loaded: first seen, or known and now in a newer state; one row
-- parameters: run_id
WITH touched AS (
    SELECT nct_id, min(run_id) = $run_id AS is_new, arg_max(run_id, version_no) = $run_id AS is_newest
    FROM trial_version
    WHERE nct_id IN (SELECT nct_id FROM trial_version_log WHERE run_id = $run_id)
    GROUP BY nct_id
)
SELECT count(*) FILTER (is_new) AS new, count(*) FILTER (NOT is_new AND is_newest) AS changed
FROM touched
