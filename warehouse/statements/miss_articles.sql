-- purpose: papers that PubMed did not return on a day though they were asked for; a day counts once
-- parameters: pmids, day
UPDATE article_sighting
SET missing_days = list_sort(list_distinct(list_append(missing_days, CAST($day AS DATE))))
WHERE state = 'active' AND pmid IN (SELECT unnest($pmids))
