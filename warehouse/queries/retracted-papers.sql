-- Which retracted papers stand behind which trials?
SELECT
    r.nct_id,
    t.brief_title,
    r.pmid,
    a.title,
    r.related_pmid AS notice,
    r.link_origins,
    r.is_background,
    r.source_date
FROM trial_retraction AS r
JOIN trial AS t USING (nct_id)
LEFT JOIN article AS a USING (pmid)
WHERE r.kind = 'retracted'
ORDER BY r.source_date DESC NULLS LAST, r.nct_id, r.pmid
