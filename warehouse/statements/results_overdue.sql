-- purpose: trials whose results are due by a day, not posted, and were not told overdue yet
-- grain: one row a trial
-- parameters: day, months (from primary completion to the day results are due)
-- note: due before the trial was first seen here is how things stood, not news
WITH due AS (
    SELECT
        r.nct_id,
        r.version_id,
        CASE r.primary_completion_date_precision
            WHEN 'day' THEN strftime(r.primary_completion_date, '%Y-%m-%d')
            WHEN 'month' THEN strftime(r.primary_completion_date, '%Y-%m')
            ELSE strftime(r.primary_completion_date, '%Y')
        END AS primary_completion_date,
        r.primary_completion_date_type,
        CAST(
            CASE r.primary_completion_date_precision
                WHEN 'day' THEN r.primary_completion_date
                WHEN 'month' THEN last_day(r.primary_completion_date)
                ELSE make_date(CAST(year(r.primary_completion_date) AS INTEGER), 12, 31)
            END + to_months(CAST($months AS INTEGER))
        AS DATE) AS due_date,
        -- A date that moved since the trial was first seen here became due since then.
        CASE WHEN r.primary_completion_date IS DISTINCT FROM f.primary_completion_date
            THEN DATE '0001-01-01' ELSE CAST(s.first_seen_at AS DATE) END AS known_on
    FROM trial_record AS r
    JOIN trial_sighting AS s USING (nct_id)
    LEFT JOIN (
        SELECT nct_id, arg_min(state.primary_completion_date, learnt_no) AS primary_completion_date
        FROM trial_version_log
        WHERE is_sighting
        GROUP BY nct_id
    ) AS f USING (nct_id)
    WHERE r.study_type = 'INTERVENTIONAL'
        AND r.overall_status NOT IN ('WITHDRAWN', 'WITHHELD')
        AND NOT r.has_results
        AND r.results_first_post_date IS NULL
        AND s.registry_state = 'listed'
        -- Of one that was not read under this release nobody knows whether results came.
        AND s.source_day >= $day
)
SELECT d.nct_id, d.version_id, d.primary_completion_date, d.primary_completion_date_type, d.due_date
FROM due AS d
WHERE d.due_date <= $day
    AND d.due_date > d.known_on
    AND NOT EXISTS (
        FROM trial_change AS c
        WHERE c.nct_id = d.nct_id
            AND c.kind = 'results'
            AND c.action = 'overdue'
            AND c.new_value = d.primary_completion_date
    )
ORDER BY d.nct_id
