//! Files that nobody will read do not stay.

use std::time::Duration;

use jobs::{ImportWork, Work as _};
use testkit::App;

use crate::support::import;

testkit::on_both_engines! {
    a_file_without_an_import_goes_and_one_that_is_needed_stays => super::stray;
}

/// Fails when: a file is taken for a stray by its age alone, or never.
async fn stray(app: App) {
    let founder = app.founder().await;
    let work = ImportWork::new(app.db.clone(), app.accounts.clone(), app.records.clone());
    let uploads = app.folder().join("uploads");
    let count = || std::fs::read_dir(&uploads).unwrap().count();
    let tidy = || tokio::task::block_in_place(|| work.tidy()).unwrap();
    let needed = import::plan(&app, &founder, "contact", b"name\nAnn Lee\n").await.unwrap();
    // Whoever staged this one was killed before it had an import.
    let (records, db) = (app.records.clone(), app.db.clone());
    let staged =
        tokio::task::spawn_blocking(move || records.intake().stage(db.now(), db.chance()).unwrap().finish().unwrap());
    staged.await.unwrap();
    // These are not ours, or not of an upload.
    for other in ["notes.txt", "x.sealed"] {
        std::fs::write(uploads.join(other), b"kept").unwrap();
    }
    tidy();
    assert_eq!(count(), 4, "a young one may be on its way");
    app.clock.advance(Duration::from_secs(25 * 3600));
    tidy();
    assert_eq!(count(), 3);
    let founder = app.founder().await;
    founder.write(move |records, tx| records.stop_import(tx, needed)).await.unwrap();
    assert_eq!(count(), 2, "what was stopped needs no file");
    // The program was killed between the end of an import and the removal of its file.
    let file = uploads.join(format!("{needed}.sealed"));
    std::fs::write(&file, b"left").unwrap();
    tidy();
    assert!(!file.exists());
    for other in ["notes.txt", "x.sealed"] {
        std::fs::remove_file(uploads.join(other)).unwrap();
    }
    app.finish(&["Ann Lee"]).await;
}
