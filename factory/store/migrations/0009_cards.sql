-- What grids, cards and filters ask of long records stands beside them: a page of a thousand variants would read them all.
create function not_passed(made json) returns text[] language sql immutable as $$
  select coalesce(array_agg(distinct f ->> 'code'), '{}')
  from json_array_elements(case when json_typeof(made -> 'findings') = 'array' then made -> 'findings' else '[]' end) f
  where f ->> 'verdict' <> 'pass'
$$;
alter table variants
  add column blob text generated always as (made ->> 'blob') stored,
  add column not_passed text[] generated always as (not_passed(made)) stored;
drop index variants_blob;
create index variants_blob on variants (blob) where blob is not null;
alter table batches
  add column ideas json generated always as (record -> 'concepts') stored,
  add column models json generated always as (record -> 'models') stored;
