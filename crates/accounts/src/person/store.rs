//! The statements about people.

use authz::{Read, Role, Scope};
use db::{ACCOUNT, Bare, DbFault, Guarded, Permitted, ReadTx, Val, WriteTx};
use kernel::UserId;
use sea_query::{Alias, Expr, ExprTrait as _, Order, Query};

use super::{Account, parse_roles, spell_roles};

// The row leaves without a guard where there is nobody yet to ask the policy about: it is compared with what somebody
// proves (password, link, session, token). And to its own person. It never leaves this crate.
impl Bare for Account {}

const COLUMNS: [&str; 9] =
    ["id", "email_blind", "sealed", "subject_id", "password", "roles", "state", "created_at", "version"];
const BY_ID: &str = "select id, email_blind, sealed, subject_id, password, roles, state, created_at, version \
    from app_user where id = ?1";

/// Finds a person under guard.
pub(crate) fn find(tx: &ReadTx<'_>, id: UserId) -> Result<Option<Guarded<Account>>, DbFault> {
    tx.believe(&ACCOUNT, id)?;
    tx.one(BY_ID, &[id.into()], Account::from_row)
}

/// Finds a person by e-mail address under guard.
pub(crate) fn find_by_email(tx: &ReadTx<'_>, blind: [u8; 16]) -> Result<Option<Guarded<Account>>, DbFault> {
    id_of(tx, blind)?.map_or(Ok(None), |id| find(tx, id))
}

fn id_of(tx: &ReadTx<'_>, blind: [u8; 16]) -> Result<Option<UserId>, DbFault> {
    tx.bare_one("select id from app_user where email_blind = ?1", &[blind.into()], |row| row.get(0))
}

/// Finds the row behind a proof of identity, or somebody's own.
pub(crate) fn known(tx: &ReadTx<'_>, id: UserId) -> Result<Option<Account>, DbFault> {
    tx.believe(&ACCOUNT, id)?;
    tx.bare_one(BY_ID, &[id.into()], Account::from_row)
}

/// Finds the row an e-mail address claims to be.
pub(crate) fn known_by_email(tx: &ReadTx<'_>, blind: [u8; 16]) -> Result<Option<Account>, DbFault> {
    id_of(tx, blind)?.map_or(Ok(None), |id| known(tx, id))
}

/// Lists the people in scope, the longest known first; of one page so many, behind somebody and by id.
pub(crate) fn list(
    tx: &ReadTx<'_>,
    scope: &Scope<Read>,
    page: Option<(Option<UserId>, u64)>,
) -> Result<Vec<Permitted<Account, Read>>, DbFault> {
    let mut query = Query::select();
    query.columns(COLUMNS.map(Alias::new)).from(Alias::new("app_user"));
    if let Some((after, most)) = page {
        query.limit(most);
        if let Some(after) = after {
            query.and_where(Expr::col(Alias::new("id")).gt(Expr::val(after.uuid())));
        }
    } else {
        query.order_by(Alias::new("created_at"), Order::Asc);
    }
    query.order_by(Alias::new("id"), Order::Asc);
    tx.list(query, scope, Account::from_row)
}

/// Lists who may sign in.
pub(crate) fn active(tx: &ReadTx<'_>) -> Result<Vec<UserId>, DbFault> {
    tx.bare("select id from app_user where state = 'active' order by id limit 2000", &[], |row| row.get::<UserId>(0))
}

/// Lists everybody who may sign in, for whoever tells them something.
pub(crate) fn active_accounts(tx: &ReadTx<'_>) -> Result<Vec<Account>, DbFault> {
    tx.bare(
        "select id, email_blind, sealed, subject_id, password, roles, state, created_at, version \
         from app_user where state = 'active' order by id",
        &[],
        Account::from_row,
    )
}

/// Tells whether anybody is known yet.
pub(crate) fn anybody(tx: &ReadTx<'_>) -> Result<bool, DbFault> {
    Ok(tx.bare_one("select version from app_user limit 1", &[], |row| row.get::<i64>(0))?.is_some())
}

/// Stores a person whom no policy can permit, because there is nobody to ask for it: the first one, and one whom the company's
/// own directory vouches for.
pub(crate) fn insert_unasked(tx: &mut WriteTx<'_>, account: &Account) -> Result<(), DbFault> {
    let values: [Val; 8] = [
        account.id.into(),
        account.email_blind.into(),
        account.sealed.as_slice().into(),
        account.subject.into(),
        account.password.clone().into(),
        spell_roles(&account.roles).into(),
        account.state.code().into(),
        account.created_at.into(),
    ];
    tx.run(
        "insert into app_user (id, email_blind, sealed, subject_id, password, roles, state, created_at, version) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)",
        &values,
    )?;
    tx.mark(&ACCOUNT, account.id)
}

/// Writes what a person changes about themselves: profile, password, and by joining the state.
pub(crate) fn update_own(tx: &mut WriteTx<'_>, account: &Account) -> Result<(), DbFault> {
    let values: [Val; 5] = [
        account.id.into(),
        account.version.into(),
        account.sealed.as_slice().into(),
        account.password.clone().into(),
        account.state.code().into(),
    ];
    let sql = "update app_user set sealed = ?3, password = ?4, state = ?5, version = version + 1 where id = ?1 and version = ?2";
    tx.mark_over(&ACCOUNT, account.id, |tx| if tx.run(sql, &values)? == 0 { Err(DbFault::Stale) } else { Ok(()) })
}

/// Writes the roles that the company's directory gives a person.
pub(crate) fn update_roles(tx: &mut WriteTx<'_>, account: &Account, roles: &[Role]) -> Result<(), DbFault> {
    let sql = "update app_user set roles = ?3, version = version + 1 where id = ?1 and version = ?2";
    let values = [account.id.into(), account.version.into(), spell_roles(roles).into()];
    tx.mark_over(&ACCOUNT, account.id, |tx| if tx.run(sql, &values)? == 0 { Err(DbFault::Stale) } else { Ok(()) })
}

/// Tells whether the company's identity provider lets a person in.
pub(crate) fn is_vouched_for(tx: &ReadTx<'_>, user: UserId) -> Result<bool, DbFault> {
    let sql = "select created_at from external_identity where user_id = ?1 limit 1";
    Ok(tx.bare_one(sql, &[user.into()], |row| row.get::<kernel::Timestamp>(0))?.is_some())
}

/// Tells whether somebody other than `person` is an administrator who may sign in.
pub(crate) fn another_administrator(tx: &ReadTx<'_>, person: UserId) -> Result<bool, DbFault> {
    let administrators = tx.bare("select id, roles from app_user where state = 'active'", &[], |row| {
        Ok((row.get::<UserId>(0)?, parse_roles(&row.get::<String>(1)?).contains(&Role::Administrator)))
    })?;
    Ok(administrators.into_iter().any(|(id, administrator)| administrator && id != person))
}
