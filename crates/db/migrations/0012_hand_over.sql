-- What somebody who left owned, on its way to a successor. Ids and counts only.
create table hand_over (
    id {ID} primary key,
    from_user {ID} not null references app_user (id),
    to_user {ID} not null references app_user (id),
    moved {INT} not null,
    began_at {TIME} not null,
    finished_at {TIME}
){STRICT};
create index hand_over_from on hand_over (from_user, began_at);
