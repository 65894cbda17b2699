-- purpose: copies of the trials of `seed`, their versions and changes, under other numbers and moved by up to eight years
-- parameters: variables first, last (the copies' numbers), trials and changes (of all copies), targets

CREATE TEMP TABLE copy AS
WITH seed_trial AS (SELECT nct_id, row_number() OVER (ORDER BY nct_id) - 1 AS place FROM seed.trial_record)
SELECT
    t.nct_id,
    'NCT' || (10000000 + n.number) AS new_id,
    CAST(hash(n.number) % 3000 AS INTEGER) AS days,
    n.number
FROM range(CAST(getvariable('first') AS BIGINT), CAST(getvariable('last') AS BIGINT)) AS n (number)
JOIN seed_trial AS t ON t.place = n.number % (SELECT count(*) FROM seed_trial);

-- A change other than of a status is repeated until there are as many as asked for.
CREATE TEMP TABLE repeat AS
WITH counted AS (
    SELECT
        count(DISTINCT nct_id) FILTER (kind IS NULL) AS trials,
        count(*) FILTER (kind = 'status') AS status_changes,
        count(*) FILTER (kind <> 'status') AS others
    FROM (SELECT nct_id, NULL AS kind FROM seed.trial_record UNION ALL SELECT nct_id, kind FROM seed.trial_change_log)
)
SELECT greatest(1, (getvariable('changes') / getvariable('trials') * trials - status_changes) / others) AS times
FROM counted;

INSERT INTO trial_record BY NAME
SELECT r.* REPLACE (c.new_id AS nct_id, c.new_id || r.version_id AS version_id)
FROM seed.trial_record AS r
JOIN copy AS c USING (nct_id)
ORDER BY c.number;

INSERT INTO trial_sighting BY NAME
SELECT s.* REPLACE (c.new_id AS nct_id)
FROM seed.trial_sighting AS s
JOIN copy AS c USING (nct_id)
ORDER BY c.number;

-- One trial in a hundred is of a target: of the whole registry, few are.
INSERT INTO trial_target BY NAME
SELECT
    new_id AS nct_id,
    getvariable('targets')[1 + number // 100 % len(getvariable('targets'))] AS target,
    'intervention' AS basis,
    [] AS agents,
    1 AS mentions
FROM copy
WHERE number % 100 = 0;

INSERT INTO trial_version_log BY NAME
SELECT
    v.* REPLACE (
        c.new_id AS nct_id,
        c.new_id || v.version_id AS version_id,
        v.source_submit_date - c.days AS source_submit_date,
        v.source_post_date - c.days AS source_post_date,
        v.source_day - c.days AS source_day,
        CAST(v.source_day - c.days AS TIMESTAMP) + INTERVAL 14 HOUR AS first_seen_at,
        CAST('{}' AS JSON) AS payload
    )
FROM seed.trial_version_log AS v
JOIN copy AS c USING (nct_id);

INSERT INTO trial_change_log BY NAME
SELECT
    l.* REPLACE (
        c.new_id AS nct_id,
        c.new_id || l.change_id || t.turn AS change_id,
        c.new_id || l.from_version_id AS from_version_id,
        c.new_id || l.to_version_id AS to_version_id,
        l.source_submit_date - c.days AS source_submit_date,
        l.source_post_date - c.days AS source_post_date,
        l.source_day - c.days AS source_day,
        CAST(l.source_day - c.days AS TIMESTAMP) + INTERVAL 14 HOUR AS observed_at,
        'live' AS origin
    )
FROM seed.trial_change_log AS l
JOIN copy AS c USING (nct_id)
CROSS JOIN repeat AS r
JOIN range(100) AS t (turn)
    ON t.turn < CASE l.kind WHEN 'status' THEN 1 ELSE floor(r.times + c.number % 100 / 100) END;

DROP TABLE copy;
DROP TABLE repeat;
