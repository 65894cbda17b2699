-- purpose: papers whose weight may have moved: tagged anew, linked otherwise in this run, or never weighed
-- grain: one row a paper, in order
-- parameters: pmids (those tagged anew), clock, is_all
SELECT pmid
FROM article_record
WHERE $is_all
    OR pmid IN (SELECT unnest($pmids))
    OR pmid NOT IN (SELECT pmid FROM article_rank)
    OR pmid IN (SELECT pmid FROM trial_article_log WHERE since_at = $clock OR ended_at = $clock)
ORDER BY pmid
