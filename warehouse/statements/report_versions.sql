-- purpose: since when the record of some trials is held, and how many versions of it
-- grain: one row a trial
-- parameters: nct_ids
SELECT
    nct_id,
    count(*) AS versions,
    min(coalesce(source_submit_date, source_day)) AS since
FROM trial_version
WHERE nct_id IN (SELECT unnest($nct_ids))
GROUP BY nct_id
ORDER BY nct_id
