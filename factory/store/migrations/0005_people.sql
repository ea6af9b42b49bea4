-- People who sign in on pages. A name is all that is kept of them.
create table people (
  id text primary key,
  name text not null,
  roles text[] not null,
  password text,                                      -- scrypt; null until the person has joined
  invitation bytea unique,                            -- sha256 of the token in the invitation's link
  invited_until timestamptz,
  theme text not null default '' check (theme in ('', 'light', 'dark')),
  keys_on boolean not null default true,              -- single-letter keys (WCAG 2.1.4: they can be switched off)
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  created_by text not null,
  seen_at timestamptz
);
create unique index people_name on people (lower(name));

create table sessions (
  token bytea primary key,                            -- sha256 of the cookie
  person text references people on delete cascade,
  key text references api_keys on delete cascade,     -- signed in with an API key: the way in of a first admin
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  check ((person is null) <> (key is null))
);
create index sessions_end on sessions (expires_at);

-- Comments are kept for good: they are added, and marked as resolved, never changed or removed.
create table comments (
  id bigint generated always as identity primary key,
  batch text not null,
  variant text not null,
  version int not null,                               -- the version that was looked at
  x real check (x between 0 and 1),                   -- where the pin is, as a share of width and height; null: no pin
  y real check (y between 0 and 1),
  text text not null check (length(text) between 1 and 2000),
  by text not null,
  at timestamptz not null default now(),
  resolved_by text,
  resolved_at timestamptz,
  foreign key (batch, variant) references variants (batch, id) on delete cascade,
  check ((x is null) = (y is null))
);
create index comments_of on comments (batch, variant, id);
create function keep_comment() returns trigger language plpgsql as $$
begin
  if row(new.batch, new.variant, new.version, new.x, new.y, new.text, new.by, new.at)
     is distinct from row(old.batch, old.variant, old.version, old.x, old.y, old.text, old.by, old.at) then
    raise exception 'a comment is never changed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger comments_are_kept before update on comments for each row execute function keep_comment();

-- Who fetched what of a bundle.
create table downloads (
  seq bigint generated always as identity primary key,
  bundle text not null references bundles,
  what text not null,                                 -- archive, manifest:<platform>, address
  by text not null,
  at timestamptz not null default now()
);
create index downloads_of on downloads (bundle, seq desc);
