-- every article held was seen, and the other way round
SELECT coalesce(a.pmid, s.pmid) AS pmid
FROM article_record AS a
FULL JOIN article_sighting AS s USING (pmid)
WHERE a.pmid IS NULL OR s.pmid IS NULL
