-- purpose: the vocabulary the texts were last tagged with
SELECT max_by(version, loaded_at) AS version FROM vocabulary
