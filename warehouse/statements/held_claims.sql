-- purpose: whether anything of a review is held
-- grain: one row
SELECT EXISTS (FROM review_claim) OR EXISTS (FROM review) AS is_held
