-- purpose: what is held of trials that a review cites, by the number cited: its own, or one it once had
-- grain: one row a number that a held record answers to
-- parameters: numbers
WITH cited AS (
    SELECT unnest($numbers) AS number
),
held AS (
    SELECT number, number AS nct_id
    FROM cited
    WHERE number IN (SELECT nct_id FROM trial_record)
    UNION ALL
    SELECT c.number, coalesce(
        (SELECT min(i.nct_id) FROM trial_secondary_id AS i WHERE i.place = 'alias' AND i.id = c.number),
        (
            SELECT arg_max(e.detail, e.run_id)
            FROM watch_event AS e
            WHERE e.kind = 'alias' AND e.record = c.number AND e.source = 'clinicaltrials'
        )
    )
    FROM cited AS c
    WHERE c.number NOT IN (SELECT nct_id FROM trial_record)
)
SELECT
    h.number,
    t.*,
    f.valid_from AS status_since,
    f.valid_from_basis AS status_basis,
    f.is_start_known,
    EXISTS (FROM tagged_document AS d WHERE d.doc_type = 'trial' AND d.doc_id = t.nct_id) AS is_tagged,
    r.version_id
FROM held AS h
JOIN trial AS t USING (nct_id)
JOIN trial_record AS r USING (nct_id)
LEFT JOIN trial_status_history AS f ON f.nct_id = t.nct_id AND f.valid_to IS NULL
ORDER BY h.number
