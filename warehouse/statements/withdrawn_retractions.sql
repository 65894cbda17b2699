-- purpose: papers told as retracted of which neither their own record nor a notice held says so any more
-- grain: one row a paper, in order
-- note: a paper is retracted and reinstated by turns, so its events are counted; files read in one run share an instant
SELECT r.pmid, r.revised_date
FROM (
    SELECT pmid
    FROM article_event
    WHERE kind IN ('retracted', 'retraction_withdrawn')
    GROUP BY pmid
    HAVING count(*) FILTER (kind = 'retracted') > count(*) FILTER (kind = 'retraction_withdrawn')
) AS told
JOIN article_record AS r USING (pmid)
WHERE NOT r.is_retracted
    AND NOT EXISTS (
        FROM article_correction AS c
        WHERE (c.pmid = r.pmid AND c.ref_type = 'RetractedandRepublishedIn')
            OR (
                c.related_pmid = r.pmid
                AND c.pmid <> r.pmid
                AND c.ref_type IN ('RetractionOf', 'RetractedandRepublishedFrom')
            )
    )
ORDER BY r.pmid
