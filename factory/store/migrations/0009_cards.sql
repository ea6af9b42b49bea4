-- What grids, cards and filters ask of long records stands beside them: a page of a thousand variants would read them all.
-- By triggers, because columns that are generated are made anew at every change of a row that has other triggers.
alter table variants add column blob text, add column not_passed text[] not null default '{}';
create function shorten_variant() returns trigger language plpgsql as $$
begin
  new.blob := new.made ->> 'blob';
  new.not_passed := (
    select coalesce(array_agg(distinct f ->> 'code'), '{}')
    from json_array_elements(case when json_typeof(new.made -> 'findings') = 'array' then new.made -> 'findings' else '[]' end) f
    where f ->> 'verdict' <> 'pass');
  return new;
end $$;
create trigger shorten_variant before insert or update of made on variants for each row execute function shorten_variant();

alter table batches add column ideas json, add column models json;
create function shorten_batch() returns trigger language plpgsql as $$
begin
  new.ideas := new.record -> 'concepts';
  new.models := new.record -> 'models';
  return new;
end $$;
create trigger shorten_batch before insert or update of record on batches for each row execute function shorten_batch();

update variants set made = made where made is not null;
update batches set record = record where record is not null;
drop index variants_blob;
create index variants_blob on variants (blob) where blob is not null;
