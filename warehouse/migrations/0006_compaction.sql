-- purpose: when the working file was last rewritten in the order of its keys, and how large it was then

CREATE TABLE compaction (compacted_at TIMESTAMP NOT NULL, bytes BIGINT NOT NULL);
COMMENT ON TABLE compaction IS 'One row a rewriting of the file in the order of its keys; the first is the size it began with. A file twice as large as after the last is rewritten.';
