-- What a provider was configured as, once for each content: an execution can be explained after its configuration changed. Never holds a secret.
CREATE TABLE ai_provider_configs (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    provider       TEXT    NOT NULL,
    digest         TEXT    NOT NULL,
    config         TEXT    NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    UNIQUE (provider, digest)
);
