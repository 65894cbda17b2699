-- purpose: papers that PubMed listed again
-- parameters: pmids, clock
UPDATE article_sighting SET last_seen_at = $clock WHERE pmid IN (SELECT unnest($pmids)) AND last_seen_at < $clock
