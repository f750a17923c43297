//! How many people somebody may see.

use authz::Role;
use budget::{Budget, Counted, Limits};
use testkit::{Actor, App};

/// Lets every role see so many in an hour and in a day: before a reason is asked for, and at all.
pub(crate) async fn allow(app: &App, founder: &Actor, soft: u64, hard: u64) -> Budget {
    let budget = Budget::new(app.accounts.clone());
    let both = |n| Counted { hour: n, day: n };
    let limits = Limits { soft: both(soft), hard: both(hard) };
    let roles = Role::ALL.iter().map(|role| (*role, limits)).collect();
    budget.change(&founder.cx, roles).await.unwrap();
    budget
}

/// Lets every role see whatever there is: for tests that look at all of it.
pub(crate) async fn allow_all(app: &App, founder: &Actor) {
    allow(app, founder, budget::MOST, budget::MOST).await;
}
