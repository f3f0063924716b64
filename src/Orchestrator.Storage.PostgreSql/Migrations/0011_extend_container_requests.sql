-- How an instance shall weigh, for requests of the kind weight.
ALTER TABLE {schema}.container_pool_requests ADD COLUMN weight double precision NULL;
