-- purpose: what a source serves without describing it, and what it serves no more: who writes queries over payloads looks here

CREATE TABLE schema_drift (
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    value VARCHAR,
    first_seen_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    count BIGINT NOT NULL,
    example_record VARCHAR NOT NULL,
    example_path VARCHAR NOT NULL,
    run_id BIGINT NOT NULL
);
COMMENT ON TABLE schema_drift IS 'One row a thing that a source''s description does not know (kind: section, field, value) or a field that no record holds any more (vanished). value: the undocumented value, or the shape found where another belongs. count: records it was met in; of a vanished field, records that lost it. ended_at: when a vanished field came back. run_id: of the first sight.';

CREATE TABLE schema_drift_record (
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    value VARCHAR,
    record VARCHAR NOT NULL
);
COMMENT ON TABLE schema_drift_record IS 'One row a record in which a row of schema_drift was met, so that none is counted twice.';
