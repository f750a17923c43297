//! The statements about the workspace.

use db::{DbFault, ReadTx, WriteTx};

use super::model::Workspace;

/// Finds the workspace, once there is one.
pub(crate) fn find(tx: &ReadTx<'_>) -> Result<Option<Workspace>, DbFault> {
    tx.bare_one("select id, name, created_at from workspace", &[], Workspace::from_row)
}

/// Stores the workspace; a second one is refused by the table.
pub(crate) fn insert(tx: &mut WriteTx<'_>, workspace: &Workspace) -> Result<(), DbFault> {
    let Workspace { id, name, created_at } = workspace;
    let values = [(*id).into(), name.as_str().into(), (*created_at).into()];
    tx.run("insert into workspace (only_one, id, name, created_at) values (1, ?1, ?2, ?3)", &values)?;
    Ok(())
}
