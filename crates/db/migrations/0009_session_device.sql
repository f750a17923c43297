-- The tie between a session and the browser it was started in: the public half of a key that the browser keeps, and what its
-- cookies are compared with. Without a key a session is tied to nothing, and is shorter.
alter table session add column device_key {BYTES};
-- What all cookies of the session have in common, the cookie before the present one, and since when that is so.
alter table session add column family_hash {BYTES};
alter table session add column former_hash {BYTES};
alter table session add column rotated_at {TIME};
-- How long the browser need not sign; when it signed for a dangerous act; since when a signature is waited for.
alter table session add column fresh_until {TIME};
alter table session add column acted_at {TIME};
alter table session add column asked_at {TIME};
