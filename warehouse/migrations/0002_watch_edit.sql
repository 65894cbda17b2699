-- purpose: the audit of the watchlist: who asks why an item is read, or no longer, finds the day it was added or taken out

CREATE TABLE watch_edit (
    edited_at TIMESTAMP NOT NULL,
    action VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    condition VARCHAR NOT NULL
);
COMMENT ON TABLE watch_edit IS 'One row an item added to or taken out of the watchlist by `trialwatch watch`. action: add, remove. Edits by hand leave no row.';
