-- purpose: papers that may be about a trial without giving its number: those that give none
-- grain: one row a paper, in order
SELECT a.pmid
FROM article_record AS a
JOIN article_sighting AS s USING (pmid)
WHERE s.state = 'active' AND len(a.databank_nct_ids) = 0 AND len(a.text_nct_ids) = 0
ORDER BY a.pmid
