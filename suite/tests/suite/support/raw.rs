//! A second connection, past every protection: what somebody with the database file or a database account sees and does.

use std::collections::BTreeMap;

use db::Place;
use rusqlite::types::ValueRef;
use testkit::App;

/// A connection of a stranger to one of the two databases.
pub(crate) enum Raw {
    Lite(rusqlite::Connection),
    Pg(tokio_postgres::Client),
}

/// One cell: table, column, bytes.
pub(crate) struct Cell {
    pub(crate) place: String,
    pub(crate) bytes: Vec<u8>,
}

/// A column: name, class of type, whether it may be null.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) class: &'static str,
    pub(crate) nullable: bool,
}

impl Raw {
    /// Connects to the data of a house.
    pub(crate) async fn data(app: &App) -> Self {
        Self::open(app.data()).await
    }

    /// Connects to a database.
    pub(crate) async fn open(place: &Place) -> Self {
        match place {
            Place::File(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
                Self::Lite(connection)
            }
            Place::Postgres(at) => {
                let mut config: tokio_postgres::Config = at.url.parse().unwrap();
                config.options(format!("-c search_path={}", at.schema));
                let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
                #[expect(clippy::disallowed_methods, reason = "it ends with its client")]
                tokio::spawn(connection);
                Self::Pg(client)
            }
        }
    }

    /// Runs statements.
    pub(crate) async fn run(&self, sql: &str) {
        match self {
            Self::Lite(connection) => connection.execute_batch(sql).unwrap(),
            Self::Pg(client) => client.batch_execute(sql).await.unwrap(),
        }
    }

    /// Prepares a statement that is written for both engines, and returns what the engine says against it.
    pub(crate) async fn prepare(&self, sql: &str) -> Result<(), String> {
        match self {
            Self::Lite(connection) => connection.prepare(sql).map(|_| ()).map_err(|e| e.to_string()),
            Self::Pg(client) => {
                let prepared = client.prepare(&sql.replace('?', "$")).await;
                prepared.map(|_| ()).map_err(|e| e.as_db_error().map_or_else(|| e.to_string(), |e| e.to_string()))
            }
        }
    }

    /// Returns a whole number.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        match self {
            Self::Lite(connection) => connection.query_row(sql, [], |row| row.get(0)).unwrap(),
            Self::Pg(client) => client.query_one(sql, &[]).await.unwrap().get(0),
        }
    }

    /// Returns the bytes in the first column of every row.
    pub(crate) async fn blobs(&self, sql: &str) -> Vec<Vec<u8>> {
        match self {
            Self::Lite(connection) => {
                let mut statement = connection.prepare(sql).unwrap();
                let rows = statement.query_map([], |row| row.get(0)).unwrap();
                rows.map(Result::unwrap).collect()
            }
            Self::Pg(client) => client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect(),
        }
    }

    /// Returns the texts in the first column of every row.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        match self {
            Self::Lite(connection) => {
                let mut statement = connection.prepare(sql).unwrap();
                let rows = statement.query_map([], |row| row.get(0)).unwrap();
                rows.map(Result::unwrap).collect()
            }
            Self::Pg(client) => client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect(),
        }
    }

    /// Spells bytes as the engine's SQL does.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        match self {
            Self::Lite(_) => format!("x'{hex}'"),
            Self::Pg(_) => format!("'\\x{hex}'::bytea"),
        }
    }

    /// Spells an id as the engine's SQL does.
    pub(crate) fn id(&self, id: kernel::Uuid) -> String {
        match self {
            Self::Lite(_) => self.bytes(id.as_bytes()),
            Self::Pg(_) => format!("'{id}'::uuid"),
        }
    }

    /// Returns every table, sorted.
    pub(crate) async fn tables(&self) -> Vec<String> {
        let sql = match self {
            Self::Lite(_) => "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
            Self::Pg(_) => {
                "select table_name::text from information_schema.tables where table_schema = current_schema()"
            }
        };
        let mut tables = self.texts(sql).await;
        tables.sort();
        tables
    }

    /// Returns the columns of a table, sorted by name.
    pub(crate) async fn columns(&self, table: &str) -> Vec<Column> {
        let sql = match self {
            Self::Lite(_) => format!(
                "select name || ' ' || type || ' ' || case when \"notnull\" or pk then 'no' else 'yes' end from pragma_table_info('{table}')"
            ),
            Self::Pg(_) => format!(
                "select column_name || ' ' || udt_name || ' ' || lower(is_nullable) from information_schema.columns where table_schema = current_schema() and table_name = '{table}'"
            ),
        };
        let mut columns: Vec<Column> = self.texts(&sql).await.iter().map(|line| column(line)).collect();
        columns.sort();
        columns
    }

    /// Returns the indexes of a table, sorted: unique or not, columns, condition.
    pub(crate) async fn indexes(&self, table: &str) -> Vec<String> {
        let sql = match self {
            Self::Lite(_) => format!(
                "select sql from sqlite_schema where type = 'index' and tbl_name = '{table}' and sql is not null"
            ),
            Self::Pg(_) => format!(
                "select indexdef from pg_indexes where schemaname = current_schema() and tablename = '{table}' and indexname not like '%_pkey' and indexname not like '%_key'"
            ),
        };
        let mut indexes: Vec<String> = self.texts(&sql).await.iter().map(|sql| plain_index(sql)).collect();
        indexes.sort();
        indexes
    }

    /// Returns a row as it lies there: every column, spelled.
    pub(crate) async fn row(&self, table: &str, id: kernel::Uuid) -> BTreeMap<String, String> {
        let mut row = BTreeMap::new();
        for column in self.columns(table).await {
            let (name, place) = (column.name, format!("from {table} where id = {}", self.id(id)));
            let spelled = match self {
                Self::Lite(_) => format!("select coalesce(quote(\"{name}\"), 'null') {place}"),
                Self::Pg(_) => format!("select coalesce(\"{name}\"::text, 'NULL') {place}"),
            };
            row.insert(name, self.texts(&spelled).await.remove(0));
        }
        row
    }

    /// Returns every cell of every table, as bytes.
    pub(crate) async fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for table in self.tables().await {
            match self {
                Self::Lite(connection) => lite_cells(connection, &table, &mut cells),
                Self::Pg(client) => pg_cells(client, &table, &mut cells).await,
            }
        }
        cells
    }
}

fn column(line: &str) -> Column {
    let words: Vec<&str> = line.split(' ').collect();
    let class = match words[1].to_lowercase().as_str() {
        "blob" | "uuid" | "bytea" => "bytes",
        "integer" | "int" | "int8" | "bool" => "number",
        "text" => "text",
        "_int4" => "numbers",
        "" => "none",
        other => panic!("a type of no class: {other} in {line}"),
    };
    Column { name: words[0].to_owned(), class, nullable: words[2] == "yes" }
}

/// Takes what the engines write around an index away: `CREATE UNIQUE INDEX a ON s.t USING btree (x) WHERE (y IS NULL)`.
fn plain_index(sql: &str) -> String {
    let lower = sql.to_lowercase().replace('"', "");
    let unique = lower.contains("unique index");
    let name = lower.split(" index ").nth(1).unwrap().trim_start_matches("if not exists ").split(' ').next().unwrap();
    let (columns, condition) = lower.split_once(" where ").unwrap_or((&lower, ""));
    let columns = columns.rsplit_once('(').unwrap().1.split(')').next().unwrap().replace(' ', "");
    let condition = condition.replace(['(', ')'], "").replace("::text", "");
    format!("{name} {}({columns}) {}", if unique { "unique " } else { "" }, condition.trim())
}

fn lite_cells(connection: &rusqlite::Connection, table: &str, cells: &mut Vec<Cell>) {
    // A table that is another one's index without contents cannot be read row by row; its shadow tables are.
    let Ok(mut statement) = connection.prepare(&format!("select * from \"{table}\"")) else { return };
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([]).unwrap();
    while let Ok(Some(row)) = rows.next() {
        for (at, name) in names.iter().enumerate() {
            let bytes = match row.get_ref(at).unwrap() {
                ValueRef::Null => continue,
                ValueRef::Integer(n) => n.to_string().into_bytes(),
                ValueRef::Real(n) => n.to_string().into_bytes(),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
            };
            cells.push(Cell { place: format!("{table}.{name}"), bytes });
        }
    }
}

async fn pg_cells(client: &tokio_postgres::Client, table: &str, cells: &mut Vec<Cell>) {
    let columns = client
        .query("select column_name::text, udt_name::text from information_schema.columns where table_schema = current_schema() and table_name = $1", &[&table])
        .await
        .unwrap();
    for column in columns {
        let (name, kind): (String, String) = (column.get(0), column.get(1));
        let as_bytes =
            if kind == "bytea" { format!("\"{name}\"") } else { format!("convert_to(\"{name}\"::text, 'UTF8')") };
        let sql = format!("select {as_bytes} from \"{table}\" where \"{name}\" is not null");
        for row in client.query(&sql, &[]).await.unwrap() {
            cells.push(Cell { place: format!("{table}.{name}"), bytes: row.get(0) });
        }
    }
}
