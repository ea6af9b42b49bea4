-- Another plate for an idea: 0 is the plan's own, n the n-th other one. A version keeps the take that it was made with.
alter table variants add column take int not null default 0 check (take >= 0);
alter table variant_versions add column take int not null default 0 check (take >= 0);
