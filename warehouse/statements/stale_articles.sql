-- purpose: the papers held that are to be asked for by number tonight, for no search of tonight listed them
-- grain: one row a paper: first those missed lately, then those looked at longest ago; of those that left PubMed, as
--     many as `most_departed`, others every night
-- parameters: clock, run_id, most, most_departed
WITH active AS (
    SELECT pmid, row_number() OVER (ORDER BY len(missing_days) = 0, last_seen_at, pmid) AS place
    FROM article_sighting
    WHERE state = 'active' AND last_seen_at < $clock
),
departed AS (
    SELECT pmid, row_number() OVER (ORDER BY md5(pmid || '-' || CAST($run_id AS VARCHAR))) AS place
    FROM article_sighting
    WHERE state <> 'active' AND last_seen_at < $clock
)
SELECT pmid FROM active WHERE place <= $most
UNION ALL
SELECT pmid FROM departed WHERE place <= $most_departed
ORDER BY pmid
