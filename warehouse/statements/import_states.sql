-- purpose: what is held of some papers that a file speaks of, and which file spoke of them last
-- grain: one row a PMID asked for
-- parameters: pmids
SELECT
    p.pmid,
    a.version,
    a.content_hash,
    i.series_year,
    i.series_no,
    i.is_deleted
FROM (SELECT DISTINCT unnest($pmids) AS pmid) AS p
LEFT JOIN article_record AS a USING (pmid)
LEFT JOIN article_import AS i USING (pmid)
