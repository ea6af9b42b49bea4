-- A file is asked for by its name: some version of some variant must be it.
create index variants_blob on variants ((made ->> 'blob')) where made is not null;
create index variant_versions_blob on variant_versions ((made ->> 'blob')) where made is not null;
create index batches_custom_id on batches ((options ->> 'custom_id')) where options ->> 'custom_id' is not null;
create index deliveries_of on deliveries (webhook, id desc);
create index jobs_of_bundle on jobs (batch, (args ->> 'bundle')) where args ->> 'bundle' is not null;
