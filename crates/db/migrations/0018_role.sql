-- Roles that a workspace made, and built-in ones that it changed. The id is the word of a built-in role, or an id.
create table role (
    id {TEXT} primary key,
    name {TEXT} not null,
    created_at {TIME} not null
){STRICT};

-- What they grant. The object '*' stands for every object that no other line of the role names; reach 'none' names an object
-- and grants nothing on it.
create table role_grant (
    role {TEXT} not null references role (id),
    object {TEXT} not null,
    verb {TEXT} not null,
    reach {TEXT} not null check (reach in ('none', 'own', 'team', 'branch', 'all')),
    primary key (role, object, verb)
){STRICT};

-- What they do not show of a field, or do not let be changed.
create table role_field (
    role {TEXT} not null references role (id),
    object {TEXT} not null,
    field {TEXT} not null,
    rule {TEXT} not null check (rule in ('read_only', 'masked', 'hidden')),
    primary key (role, object, field)
){STRICT};

-- Teams, as a tree.
create table team (
    id {ID} primary key,
    name {TEXT} not null,
    parent {ID} references team (id),
    created_at {TIME} not null
){STRICT};

-- Who works in which team: each in one.
create table team_member (
    user_id {ID} primary key references app_user (id),
    team_id {ID} not null references team (id)
){STRICT};
create index team_member_team on team_member (team_id);

-- Records that somebody opened to a colleague or a team, until a day.
create table record_share (
    id {ID} primary key,
    object {TEXT} not null,
    record_id {ID} not null,
    user_id {ID} references app_user (id),
    team_id {ID} references team (id),
    may_change {BOOL} not null,
    until {TIME} not null,
    by_user {ID} not null,
    created_at {TIME} not null
){STRICT};
create index record_share_record on record_share (record_id);
create index record_share_user on record_share (user_id, until) where user_id is not null;
create index record_share_team on record_share (team_id, until) where team_id is not null;
