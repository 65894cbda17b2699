-- purpose: who was sent what: one row a message to one recipient, one row a fact in it, and who is a recipient since when

CREATE TABLE recipient (
    recipient VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    first_seen_at TIMESTAMP NOT NULL,
    left_at TIMESTAMP
);
COMMENT ON TABLE recipient IS 'One row a recipient of the settings and each time it was put there.';
COMMENT ON COLUMN recipient.recipient IS 'The mail address in lower case; webhook for the webhook.';
COMMENT ON COLUMN recipient.channel IS 'mail or webhook.';
COMMENT ON COLUMN recipient.starts_at IS 'Nothing observed earlier is sent to it, but what a letter it is put there for tells.';
COMMENT ON COLUMN recipient.first_seen_at IS 'The first run that found it in the settings.';
COMMENT ON COLUMN recipient.left_at IS 'The first run that found it there no more. NULL: it is there.';

CREATE TABLE delivery (
    delivery_id VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    since_at TIMESTAMP NOT NULL,
    until_at TIMESTAMP NOT NULL,
    subject VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    is_permanent BOOLEAN NOT NULL,
    tries INTEGER NOT NULL,
    next_try_at TIMESTAMP,
    answer VARCHAR,
    planned_at TIMESTAMP NOT NULL,
    moved_at TIMESTAMP NOT NULL,
    run_id BIGINT NOT NULL
);
COMMENT ON TABLE delivery IS 'One row a message to one recipient: a letter or an alert. Its lines stand in delivery_fact.';
COMMENT ON COLUMN delivery.delivery_id IS 'The same for the same kind, period and recipient; the Message-ID is made of it.';
COMMENT ON COLUMN delivery.kind IS 'letter or alert.';
COMMENT ON COLUMN delivery.period IS '2026-W07, a span of weeks or days; of an alert the instant of its night.';
COMMENT ON COLUMN delivery.content_hash IS 'BLAKE2b of the bytes that are sent.';
COMMENT ON COLUMN delivery.state IS 'planned: not sent yet. sending: being handed over; left so by a crash it becomes doubt. sent: taken by the server. refused: not taken. doubt: nobody knows whether it was taken; never sent again unasked. dropped: never sent, a later letter tells it.';
COMMENT ON COLUMN delivery.is_permanent IS 'Of a refused one: it is not tried again.';
COMMENT ON COLUMN delivery.tries IS 'How often it was offered.';
COMMENT ON COLUMN delivery.next_try_at IS 'When it is offered again; NULL where it is not.';
COMMENT ON COLUMN delivery.answer IS 'What the server said last, or how the connection ended.';
COMMENT ON COLUMN delivery.moved_at IS 'When it came into its state.';
COMMENT ON COLUMN delivery.run_id IS 'The run that last moved it.';

CREATE TABLE delivery_fact (
    delivery_id VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    fact VARCHAR NOT NULL,
    record VARCHAR NOT NULL
);
COMMENT ON TABLE delivery_fact IS 'One row a fact that a message tells in full. Told are those of messages that are sent or in doubt.';
COMMENT ON COLUMN delivery_fact.fact IS 'change:ID of trial_change, trial:NCT of a new trial, paper:PMID:KIND… of article_event, older:NCT… of history learnt.';
COMMENT ON COLUMN delivery_fact.record IS 'The NCT number or PMID it is about.';
