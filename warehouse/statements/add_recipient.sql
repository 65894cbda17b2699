-- purpose: one who is in the settings from this run on
INSERT INTO recipient BY NAME
SELECT
    $recipient AS recipient,
    $channel AS channel,
    CAST($starts_at AS TIMESTAMP) AS starts_at,
    CAST($clock AS TIMESTAMP) AS first_seen_at
