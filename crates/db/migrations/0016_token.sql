-- What a token may be used for. Its terms (purpose, networks, scope) are sealed under the owner's key, and so is where it was
-- used last: an address may be that of somebody's home. `proof_key` is the thumbprint of the key it is bound to (RFC 9449).
alter table api_token add column terms {BYTES};
alter table api_token add column proof_key {BYTES};
alter table api_token add column used_from {BYTES};
alter table api_token add column warned_at {TIME};

-- Proofs that were taken, for as long as they could be taken again (RFC 9449 §11.1).
create table token_proof (
    id {BYTES} primary key,
    taken_at {TIME} not null
){STRICT};
create index token_proof_taken on token_proof (taken_at);
