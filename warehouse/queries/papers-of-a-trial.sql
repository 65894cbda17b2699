-- Which papers belong to one trial, and who says so?
-- nct_id (text, needed): its number, such as NCT01968109
SELECT l.pmid, l.origin, l.reference_type, l.score, a.pub_date, a.title, a.journal, a.is_retracted, a.url
FROM trial_article AS l
LEFT JOIN article AS a USING (pmid)
WHERE l.nct_id = getvariable('nct_id')
ORDER BY l.origin = 'candidate', a.pub_date DESC NULLS LAST, l.pmid
