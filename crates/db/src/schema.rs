//! Record tables, made from object definitions: one real column for each open field, one sealed blob for the rest.

use dialect::{ColumnType, Engine};
use kernel::{FieldName, ObjectName};

use crate::{DbFault, WriteTx};

/// A column for an open field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenColumn {
    /// The column's name, which is the field's.
    pub name: FieldName,
    /// Its type.
    pub kind: ColumnType,
    /// Whether lists sort or filter by it.
    pub indexed: bool,
}

/// The table of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectTable {
    /// The object; the table is `r_<object>`.
    pub object: ObjectName,
    /// The open fields.
    pub columns: Vec<OpenColumn>,
    /// The columns of ranks. What lies in the bin keeps its rank, so their indexes hold every row.
    pub ranks: Vec<FieldName>,
}

/// Columns that every record table has.
const BASE: &str = "id {ID} primary key, owner_id {ID}, team_id {ID}, created_at {TIME} not null, updated_at {TIME} not null, \
    version {INT} not null, deleted_at {TIME}, subject_id {ID}, sealed {BYTES} not null, sealed_sensitive {BYTES}, row_mark {BYTES}";

/// The column that tells whether a row stands as it was written.
const MARK: &str = "row_mark";

/// Columns of the base that lists sort by.
const BASE_SORTED: &[&str] = &["created_at", "updated_at"];

impl WriteTx<'_> {
    /// Makes the table of an object, or adds the columns it lacks. Names are identifiers by their type, so no input
    /// reaches the statement.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub fn ensure_table(&mut self, table: &ObjectTable) -> Result<(), DbFault> {
        let engine = self.link.engine();
        let name = format!("r_{}", table.object);
        self.link.script(&engine.render(&format!("create table if not exists {name} ({BASE}){{STRICT}};")))?;
        let known = self.columns_of(engine, &name)?;
        // Tables of before rows were marked; their rows bear none, and are refused.
        if !known.iter().any(|k| k == MARK) {
            self.link.script(&engine.render(&format!("alter table {name} add column {MARK} {{BYTES}};")))?;
        }
        for column in &table.columns {
            if !known.iter().any(|k| k == column.name.as_str()) {
                let kind = engine.column_type(column.kind);
                self.link.script(&format!("alter table {name} add column \"{}\" {kind};", column.name))?;
            }
        }
        for column in &table.ranks {
            if !known.iter().any(|k| k == column.as_str()) {
                let kind = engine.column_type(ColumnType::Int);
                self.link.script(&format!("alter table {name} add column \"{column}\" {kind};"))?;
            }
            self.link
                .script(&format!("create index if not exists {name}_by_{column} on {name} (\"{column}\", id);"))?;
        }
        // Who links to nobody is asked for by no list.
        let (links, sorted): (Vec<_>, Vec<_>) =
            table.columns.iter().filter(|c| c.indexed).partition(|c| c.kind == ColumnType::Id);
        for column in links.into_iter().map(|c| c.name.as_str()) {
            self.link.script(&format!(
                "create index if not exists {name}_to_{column} on {name} (\"{column}\", id) \
                 where deleted_at is null and \"{column}\" is not null;"
            ))?;
        }
        let sorted = sorted.into_iter().map(|c| c.name.as_str());
        for column in BASE_SORTED.iter().copied().chain(sorted) {
            self.link.script(&format!(
                "create index if not exists {name}_by_{column} on {name} (\"{column}\", id) where deleted_at is null;"
            ))?;
        }
        // A list of what is one's own, or one's team's, in its usual order: as fast as the list of everything.
        for (whose, of) in [("owner_id", "owner"), ("team_id", "team")] {
            self.link.script(&format!(
                "create index if not exists {name}_of_{of} on {name} ({whose}, updated_at, id) \
                 where deleted_at is null and {whose} is not null;"
            ))?;
        }
        self.link.script(&format!(
            "create index if not exists {name}_bin on {name} (deleted_at, id) where deleted_at is not null;\
             create index if not exists {name}_subject on {name} (subject_id) where subject_id is not null;"
        ))
    }

    fn columns_of(&self, engine: Engine, table: &str) -> Result<Vec<String>, DbFault> {
        let sql = match engine {
            Engine::Sqlite => "select name from pragma_table_info(?1)",
            Engine::Postgres => {
                "select column_name::text from information_schema.columns \
                 where table_schema = current_schema() and table_name = ?1"
            }
        };
        self.link.gather(sql, &[table.into()], |row| row.get(0))
    }
}
