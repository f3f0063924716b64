-- How an instance shall weigh, for requests of the kind weight.
ALTER TABLE container_pool_requests ADD COLUMN weight REAL NULL;
