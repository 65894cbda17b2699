-- an article is one row
SELECT pmid FROM article_record GROUP BY pmid HAVING count(*) > 1
