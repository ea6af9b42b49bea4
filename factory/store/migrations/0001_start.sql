-- The service's truth. States and their moves are those of factory/states.py; the triggers at the end refuse others.

-- ------------------------------------------------------------------------------------------------ who may do what
create table api_keys (
  id text primary key,
  name text not null,
  prefix text not null unique,                        -- the visible start of the key: finds the row
  sha256 bytea not null,                              -- of the whole key; the key itself is never kept
  roles text[] not null,
  scopes text[] not null default '{}',                -- empty: everything that the roles may
  created_at timestamptz not null default now(),
  created_by text not null default 'system',
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);

create table audit (
  seq bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  object text not null,
  detail jsonb not null default '{}'
);

create table idempotency (
  key text not null,
  actor text not null,
  route text not null,
  body_sha256 text not null,
  status int,                                         -- null while the first request still runs
  response jsonb,
  created_at timestamptz not null default now(),
  primary key (actor, route, key)
);

-- ------------------------------------------------------------------------------------------------ the library
create table uploads (
  id text primary key,
  kind text not null check (kind in ('kit', 'picture')),
  name text not null,
  max_bytes bigint not null,
  state text not null default 'open' check (state in ('open', 'ready', 'refused')),
  storage_key text,                                   -- of the accepted file
  sha256 text,
  facts jsonb not null default '{}',                  -- what intake measured, or the faults of a refusal
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create table brands (
  id text primary key,
  name text not null unique,
  created_by text not null,
  created_at timestamptz not null default now()
);

create table brand_versions (
  brand text not null references brands,
  version int not null,
  digest text not null,                               -- of the kit; its files lie at kits/<digest>.zip
  facts jsonb not null default '{}',
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (brand, version),
  unique (brand, digest)
);

create table briefs (
  id text primary key,
  name text not null,
  brand text not null references brands,
  brand_version int not null,
  body text not null,                                 -- as the person wrote it: YAML or JSON
  format text not null check (format in ('yaml', 'json')),
  pictures jsonb not null default '{}',               -- path in the brief -> storage key of a picture
  created_by text not null,
  created_at timestamptz not null default now(),
  foreign key (brand, brand_version) references brand_versions
);

-- ------------------------------------------------------------------------------------------------ batches and work
create table batches (
  id text primary key,
  brief text not null references briefs,
  state text not null default 'validating',
  options jsonb not null,                             -- variants, seed, video, image_model, copy_model
  metadata jsonb not null default '{}',
  weight real not null default 1 check (weight > 0),  -- share of the workers beside other batches (priority)
  vtime double precision not null default 0,          -- worker seconds had, over weight: the least is served next
  deadline_at timestamptz,
  plan jsonb,                                         -- inputs' digests and the plan's digest, once planned
  open_jobs int not null default 0,                   -- jobs of the plan that have not ended
  round int not null default 1,                       -- counts retries: each round ends in one finish job
  ending text not null default '' check (ending in ('', 'cancelled', 'expired')),
  event_seq bigint not null default 0,
  figures jsonb,
  record json,                                        -- the batch as `batch.json` says it, once finished (review pending)
  error jsonb,                                        -- faults of an input that was wrong
  busy_seconds double precision not null default 0,   -- worker seconds, for cost
  created_by text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  updated_at timestamptz not null default now()
);
create index batches_live on batches (vtime) where state in ('validating', 'running', 'finalizing', 'cancelling');
create index batches_new on batches (created_at desc, id desc);

create sequence job_tokens;

create table jobs (
  batch text not null references batches on delete cascade,
  id text not null,                                   -- named by its content: equal jobs of two batches share a result
  stage text not null,
  lane text not null check (lane in ('gpu', 'cpu', 'io', 'preview')),
  args jsonb not null,
  needs jsonb not null default '{}',                  -- role -> job
  missing int not null default 0,                     -- needs that are not done
  rank int not null default 0,
  state text not null,
  attempts int not null default 0,
  token bigint not null default 0,                    -- fencing: only the holder of the newest may write
  worker text,
  leased_until timestamptz,
  not_before timestamptz not null default now(),
  error text not null default '',
  seconds real,
  peak_mb real,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  primary key (batch, id),
  check ((state = 'leased') = (leased_until is not null))
);
create index jobs_ready on jobs (lane, batch, rank, stage, id) where state = 'ready';
create index jobs_leased on jobs (leased_until) where state = 'leased';
create index jobs_by_id on jobs (id);

create table needs (
  batch text not null,
  job text not null,
  need text not null,
  primary key (batch, need, job),
  foreign key (batch, job) references jobs (batch, id) on delete cascade
);

create table results (
  job text primary key,
  body json not null,                                  -- json, not jsonb: as written, to the byte
  created_at timestamptz not null default now()
);

create table workers (
  name text primary key,
  lane text not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  progress_at timestamptz,                            -- last job ended: alive means made progress
  busy_seconds double precision not null default 0,
  job text
);

-- ------------------------------------------------------------------------------------------------ variants, review
create table variants (
  batch text not null references batches on delete cascade,
  id text not null,
  seq bigint generated always as identity,            -- the page cursor: stable under inserts
  ordinal int not null,                               -- place in the plan
  kind text not null,
  concept text not null,
  tribe text not null,
  locale text not null,
  placement text not null,
  job text not null,
  state text not null default 'queued',
  review text not null default 'pending',
  version int not null default 1,
  edits jsonb not null default '{}',                  -- field -> text that a person wrote over the machine's
  made json,                                          -- the attempt that stands (factory.batch.Made as plain data)
  verdict text not null default '',                   -- worst finding: pass, warn, fail
  reason text not null default '',
  updated_at timestamptz not null default now(),
  primary key (batch, id)
);
create unique index variants_page on variants (batch, seq);
create index variants_review on variants (batch, review, state);
create index variants_job on variants (batch, job);

create table variant_versions (
  batch text not null,
  variant text not null,
  version int not null,
  edits jsonb not null,
  made json,
  by text not null,
  at timestamptz not null default now(),
  primary key (batch, variant, version),
  foreign key (batch, variant) references variants (batch, id) on delete cascade
);

create table decisions (
  seq bigint generated always as identity primary key,
  batch text not null,
  variant text not null,
  version int not null,
  verdict text not null check (verdict in ('approved', 'rejected', 'changes_requested', 'pending')),
  reason text not null default '',
  comment text not null default '',
  by text not null,
  at timestamptz not null default now(),
  foreign key (batch, variant) references variants (batch, id) on delete cascade
);
create index decisions_of on decisions (batch, variant, seq);

create table bundles (
  id text primary key,                                -- named by its selection: asking twice gives the same bundle
  batch text not null references batches,
  state text not null default 'queued',
  selection jsonb not null,                           -- variant -> version, as chosen at the request; include, placements
  archive text not null default '' check (archive in ('', 'wanted', 'building', 'ready', 'failed')),
  facts jsonb not null default '{}',                  -- files, bytes, batch.json digest, archive bytes and sha256
  error text not null default '',
  created_by text not null,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  recalled_at timestamptz
);

-- ------------------------------------------------------------------------------------------------ telling others
create table events (
  batch text not null references batches on delete cascade,
  seq bigint not null,                                -- counts up by one within a batch, in the order of commits
  id text not null unique,                            -- named by batch, type and subject: one happening, one id
  type text not null,
  data jsonb not null,
  at timestamptz not null default now(),
  primary key (batch, seq)
);
create index events_at on events (at);

create table outbox (
  id bigint generated always as identity primary key,
  lane text not null,                                 -- the doorbell to ring
  created_at timestamptz not null default now()
);

create table webhooks (
  id text primary key,
  url text not null,
  events text[] not null,                             -- empty: every event but the opt-in ones
  secrets jsonb not null,                             -- newest first; two while a rotation lasts
  state text not null default 'active' check (state in ('active', 'paused', 'disabled', 'deleted')),
  failing_since timestamptz,
  created_by text not null,
  created_at timestamptz not null default now()
);

create table deliveries (
  id bigint generated always as identity primary key,
  webhook text not null references webhooks,
  event text not null,                                -- an event's id: constant over every try
  batch text,
  type text not null,
  body text not null,                                 -- the very bytes that are signed and sent
  state text not null default 'due' check (state in ('due', 'leased', 'delivered', 'failed')),
  attempts int not null default 0,
  token bigint not null default 0,
  due_at timestamptz not null default now(),
  leased_until timestamptz,
  status int,
  response text not null default '',
  error text not null default '',
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (webhook, event)
);
create index deliveries_due on deliveries (due_at) where state in ('due', 'leased');

create table delivery_attempts (
  delivery bigint not null references deliveries on delete cascade,
  attempt int not null,
  at timestamptz not null default now(),
  status int,
  seconds real,
  response text not null default '',
  error text not null default '',
  primary key (delivery, attempt)
);

-- ------------------------------------------------------------------------------------------------ what the database refuses
create table moves (kind text not null, before text not null, after text not null, primary key (kind, before, after));

create function check_move() returns trigger language plpgsql as $$
begin
  if new.state is distinct from old.state
     and not exists (select 1 from moves where kind = tg_argv[0] and before = old.state and after = new.state) then
    raise exception 'a % cannot go from % to %', tg_argv[0], old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger batch_moves before update of state on batches for each row execute function check_move('batch');
create trigger job_moves before update of state on jobs for each row execute function check_move('job');
create trigger variant_moves before update of state on variants for each row execute function check_move('variant');
create trigger bundle_moves before update of state on bundles for each row execute function check_move('bundle');

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or removed', tg_table_name using errcode = 'check_violation';
end $$;
create trigger audit_is_append_only before update or delete on audit for each row execute function refuse_change();
create trigger decisions_are_append_only before update on decisions for each row execute function refuse_change();
create trigger versions_are_immutable before update or delete on brand_versions for each row execute function refuse_change();
