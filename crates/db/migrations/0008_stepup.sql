-- What is asked of the people of a role, where it is not the usual: how strongly they prove who they are to sign in, how
-- strongly and lately before a dangerous act (1 to 3: authz::Level), and how long a proof lasts.
create table role_policy (
    role {TEXT} primary key,
    sign_in {INT} not null check (sign_in between 1 and 3),
    danger {INT} not null check (danger between 1 and 3),
    minutes {INT} not null check (minutes between 1 and 720)
){STRICT};

-- Since when a browser has been known: one that was not known a day ago vouches for nothing.
alter table device add column since {TIME} not null default 0;
update device set since = seen_at;
