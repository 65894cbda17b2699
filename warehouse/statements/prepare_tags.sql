-- purpose: a place for what workers found in texts when they read them, until it is linked or the file is closed
CREATE TEMP TABLE IF NOT EXISTS prepared_tag (doc_id VARCHAR, content_hash VARCHAR, mentions VARCHAR)
