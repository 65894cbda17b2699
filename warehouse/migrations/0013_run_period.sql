-- purpose: which nights and weeks were done by which run, one row a period
-- note: earlier releases knew a period by its run alone; their runs become its rows

CREATE TABLE run_period (
    job VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    due_at TIMESTAMP NOT NULL,
    status VARCHAR NOT NULL,
    run_id BIGINT NOT NULL,
    done_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE run_period IS 'One row a night or week of the schedule. status: done (by its own run) or covered_by (missed, made good by a later run).';

INSERT INTO run_period
SELECT job, period, clock_at, 'done', run_id, clock_at
FROM run
WHERE job = 'nightly' AND status = 'done'
QUALIFY row_number() OVER (PARTITION BY period ORDER BY run_id) = 1;

INSERT INTO run_period
SELECT r.job, strftime(d.until_at - INTERVAL 1 DAY, '%G-W%V'), r.clock_at, 'done', r.run_id, r.clock_at
FROM run AS r
JOIN digest AS d USING (run_id)
WHERE r.job = 'weekly' AND r.status = 'done' AND dayofweek(d.until_at) = 1
QUALIFY row_number() OVER (PARTITION BY d.until_at ORDER BY r.run_id) = 1;
