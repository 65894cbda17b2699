-- purpose: let an event that named no notice name it
-- parameters: pmid, kind, observed_at, related_pmid
UPDATE article_event
SET related_pmid = $related_pmid
WHERE pmid = $pmid AND kind = $kind AND observed_at = $observed_at AND related_pmid IS NULL
