-- purpose: who is and was a recipient, for the journal
SELECT * FROM recipient ORDER BY ALL
