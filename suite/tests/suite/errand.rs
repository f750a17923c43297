//! What the program does at a pace of its own: something that takes long holds up nothing else, and leaves off when it is told to.

use std::time::Duration;

use jobs::Jobs;
use testkit::App;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

/// More than any errand of this test needs.
const LIMIT: Duration = Duration::from_secs(20);

/// Fails when: errands wait for one that takes long, so that alarms do, or the program waits for its end to stop.
#[tokio::test(flavor = "multi_thread")]
async fn an_errand_that_takes_long_holds_up_no_other() {
    let app = App::start("sqlite").await.unwrap();
    let (tell, mut told) = mpsc::unbounded_channel();
    let (stop, stopped) = watch::channel(false);
    let jobs = Jobs::new(app.db.clone(), Vec::new())
        .beside("long", Duration::ZERO, |left| {
            while !left() {
                std::thread::park_timeout(Duration::from_millis(1));
            }
            Ok(())
        })
        .every("short", Duration::ZERO, move || {
            let _ = tell.send(());
            Ok(())
        });
    let watching = async {
        let mut in_time = true;
        for _ in 0..3 {
            in_time &= timeout(LIMIT, told.recv()).await.is_ok();
        }
        stop.send(true).unwrap();
        in_time
    };
    let ((), in_time) = tokio::join!(jobs.run(stopped), watching);
    assert!(in_time, "the others waited for the long one");
}
