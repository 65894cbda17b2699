-- purpose: how some papers stand in PubMed from now on
-- parameters: pmids, state
UPDATE article_sighting SET state = $state, missing_days = [] WHERE pmid IN (SELECT unnest($pmids))
