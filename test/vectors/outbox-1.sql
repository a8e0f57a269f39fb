-- recorded from this repository at version 1 of the outbox
CREATE TABLE outbox_schema (version INTEGER NOT NULL) STRICT;
CREATE TABLE deliveries (
    position INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    upload_id TEXT NOT NULL,
    event TEXT NOT NULL,
    facts TEXT NOT NULL,
    receipt TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    since INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    response TEXT,
    error TEXT
  ) STRICT;
CREATE INDEX deliveries_due ON deliveries (next_at, position, recorded_at) WHERE state = 'due';
CREATE INDEX deliveries_done ON deliveries (changed_at) WHERE state = 'done';
CREATE INDEX deliveries_dead ON deliveries (position) WHERE state = 'dead';
INSERT INTO outbox_schema (version) VALUES (1);
INSERT INTO deliveries (position, event_id, upload_id, event, facts, receipt, state, attempts, recorded_at, since, changed_at, next_at, response, error) VALUES (1, 'upload-done', 'upload-done', 'stored', '818bd476d981066b123efd0b3919b29123d8177cfebdeba70d05ec3349f6d79c', '{"id":"upload-done","issuer":"https://login.example.com","deployment":"default","bucket":"examplebucket","key":"files/user-42/AAAAAAAAAAAAAAAAAAAAAA","subject":"user-42","profile":"files","name":"假日 🏖.png","vars":{"x-album":"夏天"},"contentMd5":"XUFAKrxLKna5cZ2REBfFkg==","crc64":"18446744073709551615","size":1000,"type":"image/png","etag":"5D41402ABC4B2A76B9719D911017C592","via":"callback","at":"2026-11-27T00:00:00.000Z","unverified":{}}', 'done', 1, 1795741526938, 1795741526938, 1795741526942, 1795741531938, '{"ok":true}', null);
INSERT INTO deliveries (position, event_id, upload_id, event, facts, receipt, state, attempts, recorded_at, since, changed_at, next_at, response, error) VALUES (2, 'upload-due', 'upload-due', 'stored', '818bd476d981066b123efd0b3919b29123d8177cfebdeba70d05ec3349f6d79c', '{"id":"upload-due","issuer":"https://login.example.com","deployment":"default","bucket":"examplebucket","key":"files/user-42/AAAAAAAAAAAAAAAAAAAAAA","subject":"user-42","profile":"files","name":"假日 🏖.png","vars":{"x-album":"夏天"},"contentMd5":"XUFAKrxLKna5cZ2REBfFkg==","crc64":"18446744073709551615","size":1000,"type":"image/png","etag":"5D41402ABC4B2A76B9719D911017C592","via":"callback","at":"2026-11-27T00:00:00.000Z","unverified":{}}', 'due', 3, 1795741526942, 1795741526942, 1795741528335, 1795741529996, null, 'later');
