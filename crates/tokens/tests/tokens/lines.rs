//! The ledger as it lies in its table.

use db::Bare;
use kernel::EntryId;
use ledger::{Entry, Line, Outcome};
use testkit::App;

struct Stored(Vec<u8>);

// The ledger's own bytes, in a test.
impl Bare for Stored {}

/// Returns the lines with a verb, in their order.
pub(crate) async fn lines_of(app: &App, verb: &str) -> Vec<Line> {
    let cx = app.operator();
    sequence::settle(&app.db, &cx).await.unwrap();
    let sql = "select body from ledger_entry order by id";
    let reading = app.db.read(&cx, move |tx| tx.bare(sql, &[], |row| Ok(Stored(row.get(0)?))));
    let bodies: Vec<Stored> = reading.await.unwrap();
    let unpack = |body| Entry { id: EntryId::from_uuid(kernel::Uuid::nil()), body }.unpack().unwrap();
    let lines = bodies.into_iter().flat_map(|stored| unpack(stored.0)).flat_map(|act| act.lines);
    lines.filter(|line| line.verb == verb).collect()
}

/// Returns why each of them was denied.
pub(crate) async fn codes_of(app: &App, verb: &str) -> Vec<String> {
    let denied = |line: Line| match line.outcome {
        Outcome::Denied(code) => Some(code.into_owned()),
        _ => None,
    };
    lines_of(app, verb).await.into_iter().filter_map(denied).collect()
}
