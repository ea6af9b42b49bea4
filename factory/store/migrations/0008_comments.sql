-- `by` is a word of PL/pgSQL's own: as the name of a field it stands in quotes.
create or replace function keep_comment() returns trigger language plpgsql as $$
begin
  if row(new.batch, new.variant, new.version, new.x, new.y, new.text, new."by", new.at)
     is distinct from row(old.batch, old.variant, old.version, old.x, old.y, old.text, old."by", old.at) then
    raise exception 'a comment is never changed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
