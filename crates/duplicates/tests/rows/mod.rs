//! Records of rows of text.

use authz::Cx;
use kernel::RecordId;
use records::{Change, RecordFault};

use crate::house::House;

/// Fields and what is typed into them.
pub(crate) type Row = Vec<(&'static str, String)>;

/// Makes a record of each row.
pub(crate) async fn make(house: &House, cx: &Cx, object: &'static str, rows: Vec<Row>) -> Vec<RecordId> {
    let own = house.records.clone();
    let made = house.db.write(cx, move |tx| {
        let change = |row: &Row| Change::from_form(row.iter().map(|(name, text)| (*name, text.as_str())));
        rows.iter()
            .map(|row| Ok(own.create_record(tx, object, change(row))?.record_id()))
            .collect::<Result<_, RecordFault>>()
    });
    made.await.unwrap()
}
