-- purpose: the papers that belong to some trials, and who says so
-- grain: one row a trial and paper
-- parameters: nct_ids
-- note: is_stated: someone states the tie; else it is a candidate. is_background: it is only cited as background
SELECT
    l.nct_id,
    l.pmid,
    bool_or(l.origin <> 'candidate') AS is_stated,
    bool_and(l.reference_type IS NOT DISTINCT FROM 'BACKGROUND') AS is_background,
    list(DISTINCT l.origin ORDER BY l.origin) AS origins,
    any_value(l.reasons) AS reasons,
    any_value(a.title) AS title,
    any_value(a.journal) AS journal,
    any_value(a.pub_date) AS pub_date,
    any_value(a.pub_date_text) AS pub_date_text,
    any_value(a.is_retracted) AS is_retracted
FROM trial_article AS l
JOIN article AS a USING (pmid)
WHERE l.nct_id IN (SELECT unnest($nct_ids))
GROUP BY l.nct_id, l.pmid
ORDER BY l.nct_id, pub_date DESC NULLS LAST, l.pmid
