//! Which tables bear marks, and what counts in them.

use super::{Marked, MarkedWhole};

/// Accounts: who somebody is, what they sign in with, which roles they have.
pub const ACCOUNT: Marked = Marked {
    name: "user",
    read: "select id, email_blind, sealed, subject_id, password, roles, state, version, mark from app_user where id = ?1",
    write: "update app_user set mark = ?2 where id = ?1",
    keys: "select id from app_user",
};

/// Sessions that have not ended: whose, and what was proved in them.
pub const SESSION: Marked = Marked {
    name: "session",
    read: "select id, secret_hash, user_id, until, level, level_at, device_key, family_hash, former_hash, bound_id, bound_key, \
           bound_at, mark from session where id = ?1 and ended_at is null",
    write: "update session set mark = ?2 where id = ?1",
    keys: "select id from session where ended_at is null",
};

/// Links that were not used: for whom, and what for.
pub const LINK: Marked = Marked {
    name: "link",
    read: "select id, hash, purpose, user_id, expires_at, mark from link where id = ?1 and used_at is null",
    write: "update link set mark = ?2 where id = ?1",
    keys: "select id from link where used_at is null",
};

/// Tokens that were not withdrawn: for whom, and for what they were made.
pub const TOKEN: Marked = Marked {
    name: "token",
    read: "select id, user_id, hash, expires_at, terms, proof_key, app_id, fresh_until, mark from api_token \
           where id = ?1 and revoked_at is null",
    write: "update api_token set mark = ?2 where id = ?1",
    keys: "select id from api_token where revoked_at is null",
};

/// Accounts of the company's identity provider, and whose they are.
pub const IDENTITY: Marked = Marked {
    name: "identity",
    read: "select id, user_id, lookup, mark from external_identity where id = ?1",
    write: "update external_identity set mark = ?2 where id = ?1",
    keys: "select id from external_identity",
};

/// Records that were opened to somebody.
pub const SHARE: Marked = Marked {
    name: "share",
    read: "select id, object, record_id, user_id, team_id, may_change, until, mark from record_share where id = ?1",
    write: "update record_share set mark = ?2 where id = ?1",
    keys: "select id from record_share",
};

/// What waits for a second person, or has one: who asked for what, and who agreed.
pub const APPROVAL: Marked = Marked {
    name: "approval",
    read: "select id, rule, hash, initiator_id, state, alone, expires_at, decider_id, mark from approval \
           where id = ?1 and ended_at is null",
    write: "update approval set mark = ?2 where id = ?1",
    keys: "select id from approval where ended_at is null",
};

/// Apps of others that were not stopped: who agreed to them.
pub const APP: Marked = Marked {
    name: "app",
    read: "select id, created_by, approved_by, approved_at, mark from app where id = ?1 and ended_at is null",
    write: "update app set mark = ?2 where id = ?1",
    keys: "select id from app where ended_at is null",
};

/// Codes of apps that were not taken: for whom, and what for.
pub const CODE: Marked = Marked {
    name: "app",
    read: "select hash, app_id, user_id, challenge, redirect, scopes, until, mark from app_code where hash = ?1 and taken_at is null",
    write: "update app_code set mark = ?2 where hash = ?1",
    keys: "select hash from app_code where taken_at is null",
};

/// What apps renew a token with, if it was not taken: which token.
pub const REFRESH: Marked = Marked {
    name: "app",
    read: "select hash, token_id, mark from app_refresh where hash = ?1 and taken_at is null",
    write: "update app_refresh set mark = ?2 where hash = ?1",
    keys: "select hash from app_refresh where taken_at is null",
};

/// Requests for a way back in that have not ended: whose, and from when on.
pub const RESCUE: Marked = Marked {
    name: "rescue",
    read: "select id, email_blind, user_id, hash, spoken, recovery_hash, strong, expires_at, ready_at, mark from rescue \
           where id = ?1 and ended_at is null",
    write: "update rescue set mark = ?2 where id = ?1",
    keys: "select id from rescue where ended_at is null",
};

/// Roles, what they grant, and what they do not show.
pub const ROLES: MarkedWhole = MarkedWhole {
    name: "role",
    reads: &[
        "select id, name from role order by id",
        "select role, object, verb, reach from role_grant order by role, object, verb",
        "select role, object, field, rule from role_field order by role, object, field",
    ],
};

/// Teams, and who works where.
pub const TEAMS: MarkedWhole = MarkedWhole {
    name: "team",
    reads: &["select id, parent from team order by id", "select user_id, team_id from team_member order by user_id"],
};

/// What is asked of whom before they may act.
pub const PROOFS: MarkedWhole =
    MarkedWhole { name: "policy", reads: &["select role, sign_in, danger, minutes from role_policy order by role"] };

/// How many records go out by one person alone.
pub const EXPORTS: MarkedWhole =
    MarkedWhole { name: "export", reads: &["select id, rows_alone from export_limit order by id"] };

/// Which administrators agreed that somebody gets in again.
pub const AGREED: MarkedWhole = MarkedWhole {
    name: "rescue",
    reads: &["select rescue_id, user_id from rescue_approval order by rescue_id, user_id"],
};

pub(super) const EACH: [&Marked; 11] =
    [&ACCOUNT, &SESSION, &LINK, &TOKEN, &IDENTITY, &SHARE, &APPROVAL, &APP, &CODE, &REFRESH, &RESCUE];
pub(super) const WHOLE: [&MarkedWhole; 5] = [&ROLES, &TEAMS, &PROOFS, &EXPORTS, &AGREED];
