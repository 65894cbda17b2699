-- purpose: one paper's texts, for someone who wants to follow what it names
-- grain: one row, or none
-- parameters: pmid
SELECT pmid, title, abstract, databank_nct_ids, pub_date, pub_date_precision FROM article_record WHERE pmid = $pmid
