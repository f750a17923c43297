-- The key that a browser keeps for a session itself (DBSC): what it knows it by, the public half, and when it signed last.
alter table session add column bound_id {ID};
alter table session add column bound_key {BYTES};
alter table session add column bound_at {TIME};
