-- The root key may be changed. Since when it is the present one; the salt that a passphrase is stretched with, because the other
-- one names the workspace and stays; and what the root key came from before, until the ledger knows of the change.
alter table keyring_root add column stretch_salt {BYTES};
alter table keyring_root add column since {TIME};
alter table keyring_root add column untold_from {TEXT};
