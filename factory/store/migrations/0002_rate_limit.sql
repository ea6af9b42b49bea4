-- Token buckets of API keys. Losing them in a crash gives everybody a full bucket: unlogged is enough, and cheap.
create unlogged table rate_buckets (
  key text primary key,
  full_at timestamptz not null                        -- when the bucket is full again
);
