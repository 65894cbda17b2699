-- purpose: is a number on the watchlist, though nothing was ever served for it
-- grain: none or one row
-- parameters: number
SELECT item FROM watch_item WHERE kind = 'trial' AND name = $number AND is_active
