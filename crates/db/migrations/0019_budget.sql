-- Whom people saw for the first time within a day: ids of who saw and who was seen, by turns, 16 bytes each. One row for all
-- that one commit showed. What is older than two days goes.
create table sight (
    id {ID} primary key,
    at {TIME} not null,
    seen {BYTES} not null
){STRICT};
create index sight_at on sight (at);

-- How many people whoever holds a role may see within an hour and a day, where it is not the usual: beyond the soft limits a
-- reason is asked for, beyond the hard ones a second person has to agree.
create table role_budget (
    role {TEXT} primary key,
    soft_hour {INT} not null check (soft_hour > 0),
    soft_day {INT} not null check (soft_day >= soft_hour),
    hard_hour {INT} not null check (hard_hour >= soft_hour),
    hard_day {INT} not null check (hard_day >= soft_day and hard_day >= hard_hour)
){STRICT};

-- What lets somebody go on: past the soft limit because of a reason, past the hard one because a second person agreed.
create table budget_pass (
    id {ID} primary key,
    user_id {ID} not null,
    hard {BOOL} not null,
    until {TIME} not null
){STRICT};
create index budget_pass_until on budget_pass (until);

-- Who was stopped at the hard limit, and when security officers were told of it.
create table budget_struck (
    user_id {ID} primary key,
    at {TIME} not null,
    told_at {TIME}
){STRICT};
