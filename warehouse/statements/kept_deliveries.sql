-- purpose: messages whose bytes may be asked for again
SELECT delivery_id FROM delivery WHERE state IN ('planned', 'sending', 'refused', 'doubt')
