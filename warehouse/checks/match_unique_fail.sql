-- an item matches a record once
SELECT source, item, record FROM watch_match GROUP BY ALL HAVING count(*) > 1
