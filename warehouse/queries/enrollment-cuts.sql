-- Which trials will take, or took, fewer patients than planned?
SELECT
    c.nct_id,
    t.brief_title,
    t.overall_status,
    c.action,
    c.old_value AS planned,
    c.new_value AS now,
    (c.detail ->> 'percent')::DOUBLE AS percent,
    c.source_submit_date
FROM trial_change AS c
JOIN trial AS t USING (nct_id)
WHERE
    c.kind = 'enrollment'
    AND c.action IN ('cut', 'actual')
    AND try_cast(c.new_value AS BIGINT) < try_cast(c.old_value AS BIGINT)
ORDER BY percent, c.nct_id
