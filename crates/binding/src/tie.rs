//! What is kept of a tie between session and browser, and what a cookie is worth by it.

use std::time::Duration;

use kernel::{BindingId, Timestamp};

use crate::DeviceKey;

/// A signature lets a session go on for this long. A copy of its cookie is worth nothing afterwards.
pub const FRESH: Duration = Duration::from_secs(5 * 60);
/// The secret that was replaced is taken for this long, for requests that were under way.
const GRACE: Duration = Duration::from_secs(10);
/// A signature for a dangerous act is good for this long.
const ACTS: Duration = Duration::from_secs(15);
/// Whoever is asked to sign answers within this time, or the session is over.
pub const ANSWERED_WITHIN: Duration = Duration::from_secs(60);

/// Where the browser keeps a key itself, what the page signs lets a session go on only so long after the browser has signed.
const BROWSER_WITHIN: Duration = Duration::from_secs(15 * 60);

/// A key that the browser keeps itself, out of reach of any page: in the machine's secure hardware where there is some.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// What the browser knows it by, as long as the session lives under whatever id.
    pub id: BindingId,
    /// The public half.
    pub key: DeviceKey,
    /// When it signed last.
    pub at: Timestamp,
}

/// Which of a session's secrets was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The one it has now.
    Present,
    /// The one before.
    Former,
    /// One from long ago.
    Old,
}

/// What a request that shows a secret is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It goes on.
    Good,
    /// The browser has to sign first.
    Asked,
    /// It was asked and did not answer in time.
    Over,
}

/// What is kept of the tie between a session and a browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Tie {
    /// The key that our page keeps in the browser; nothing where no script ran.
    pub key: Option<DeviceKey>,
    /// The key that the browser keeps itself; nothing where it offers none.
    pub bound: Option<Bound>,
    /// The hash of the secret before the present one.
    pub former: Option<[u8; 32]>,
    /// The hash of the part that all secrets of the session have in common.
    pub family: [u8; 32],
    /// When the secret was replaced last.
    pub rotated_at: Timestamp,
    /// How long no signature is needed.
    pub fresh_until: Timestamp,
    /// When the browser signed for a dangerous act.
    pub acted_at: Option<Timestamp>,
    /// Since when a signature is waited for.
    pub asked_at: Option<Timestamp>,
}

impl Tie {
    /// Ties a session to a key. It is fresh, but nothing was signed yet.
    #[must_use]
    pub fn new(key: Option<DeviceKey>, family: [u8; 32], now: Timestamp) -> Self {
        let fresh_until = now.plus(FRESH);
        Self { key, bound: None, former: None, family, rotated_at: now, fresh_until, acted_at: None, asked_at: None }
    }

    /// Returns the tie with a key of the browser's own, which has just signed. There is one for a session's life.
    #[must_use]
    pub fn bound(&self, bound: Bound, now: Timestamp) -> Option<Self> {
        let first = self.bound.is_none();
        first.then(|| Self { bound: Some(bound), fresh_until: now.plus(FRESH), asked_at: None, ..self.clone() })
    }

    /// Says what a request is worth. A clock that was put back makes nothing fresh, and ends nothing.
    #[must_use]
    pub fn standing(&self, shown: Shown, now: Timestamp) -> Standing {
        if self.asked_at.is_some_and(|at| at <= now && now.since(at) > ANSWERED_WITHIN) {
            return Standing::Over;
        }
        let fresh = now < self.fresh_until && self.fresh_until <= now.plus(FRESH);
        match shown {
            Shown::Present if fresh => Standing::Good,
            Shown::Former if fresh && self.is_rotating(now) => Standing::Good,
            Shown::Present | Shown::Former | Shown::Old => Standing::Asked,
        }
    }

    /// Tells whether the secret was replaced a moment ago, so that the one before is still under way.
    #[must_use]
    pub fn is_rotating(&self, now: Timestamp) -> bool {
        within(Some(self.rotated_at), GRACE, now)
    }

    /// Tells whether the browser has just signed for a dangerous act, and shows the secret it got for that.
    #[must_use]
    pub fn may_act(&self, shown: Shown, now: Timestamp) -> bool {
        shown == Shown::Present && within(self.acted_at, ACTS, now)
    }

    /// Tells whether a signature of the page's key counts. Where the browser keeps a key too, the page's key keeps a session going
    /// only so long, and finds no way back for a secret that was replaced: what lies in a profile can be copied with it.
    #[must_use]
    pub fn takes_page(&self, shown: Shown, now: Timestamp) -> bool {
        self.bound.is_none_or(|bound| shown != Shown::Old && within(Some(bound.at), BROWSER_WITHIN, now))
    }

    /// Returns the tie after a right signature of the page's key. With `replaced`, the hash of the secret that was replaced by a
    /// new one.
    #[must_use]
    pub fn signed(&self, purpose: crate::Purpose, replaced: Option<[u8; 32]>, now: Timestamp) -> Self {
        let acted_at = if purpose == crate::Purpose::Act { Some(now) } else { self.acted_at };
        let most = self.bound.map(|bound| bound.at.plus(BROWSER_WITHIN));
        let fresh_until = most.map_or(now.plus(FRESH), |most| most.min(now.plus(FRESH)));
        Self { fresh_until, acted_at, ..self.replaced(replaced, now) }
    }

    /// Returns the tie after a right signature of the key that the browser keeps.
    #[must_use]
    pub fn signed_by_browser(&self, replaced: Option<[u8; 32]>, now: Timestamp) -> Self {
        let bound = self.bound.map(|bound| Bound { at: now, ..bound });
        Self { bound, fresh_until: now.plus(FRESH), ..self.replaced(replaced, now) }
    }

    fn replaced(&self, replaced: Option<[u8; 32]>, now: Timestamp) -> Self {
        let (former, rotated_at) = replaced.map_or((self.former, self.rotated_at), |hash| (Some(hash), now));
        Self { former, rotated_at, asked_at: None, ..self.clone() }
    }
}

fn within(at: Option<Timestamp>, span: Duration, now: Timestamp) -> bool {
    at.is_some_and(|at| at <= now && now.since(at) <= span)
}

#[cfg(test)]
mod tests {
    use kernel::Uuid;

    use super::*;
    use crate::Purpose;

    const DAY: u64 = 24 * 60 * 60;

    fn start() -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000)
    }

    fn after(seconds: u64) -> Timestamp {
        start().plus(Duration::from_secs(seconds))
    }

    fn tie() -> Tie {
        let text = "BGD-1LolWp0xyWHrdMY1bWjASbiSO2H6bOZpYi5g8p-2eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk";
        Tie::new(DeviceKey::parse(text), [0; 32], start())
    }

    #[test]
    fn every_secret_at_every_moment() {
        use Shown::{Former, Old, Present};
        use Standing::{Asked, Good, Over};
        let rotated = tie().signed(Purpose::Refresh, Some([1; 32]), after(240));
        let asked = Tie { asked_at: Some(after(600)), ..rotated.clone() };
        for (tie, shown, seconds, expected) in [
            (&tie(), Present, 0, Good),
            (&tie(), Present, 299, Good),
            (&tie(), Present, 300, Asked),
            (&tie(), Old, 0, Asked),
            (&rotated, Present, 539, Good),
            (&rotated, Present, 540, Asked),
            (&rotated, Former, 250, Good),
            (&rotated, Former, 251, Asked),
            (&rotated, Old, 241, Asked),
            (&asked, Present, 660, Asked),
            (&asked, Present, 661, Over),
            (&asked, Old, 661, Over),
            (&asked, Former, 30 * DAY, Over),
        ] {
            assert_eq!(tie.standing(shown, after(seconds)), expected, "{shown:?} {seconds}");
        }
        assert_eq!(asked.signed(Purpose::Refresh, None, after(650)).standing(Present, after(700)), Good);
    }

    #[test]
    fn a_clock_that_was_put_back_makes_nothing_fresh_and_ends_nothing() {
        let tie = Tie { asked_at: Some(after(31 * DAY)), acted_at: Some(after(31 * DAY)), ..tie() };
        let tie = tie.signed(Purpose::Act, Some([1; 32]), after(30 * DAY));
        for shown in [Shown::Present, Shown::Former, Shown::Old] {
            assert_eq!(tie.standing(shown, start()), Standing::Asked);
            assert!(!tie.may_act(shown, start()));
        }
        let waiting = Tie { asked_at: Some(after(31 * DAY)), ..tie };
        assert_eq!(waiting.standing(Shown::Present, after(30 * DAY)), Standing::Good);
    }

    #[test]
    fn a_dangerous_act_wants_a_signature_of_its_own_and_the_secret_that_came_with_it() {
        assert!(!tie().may_act(Shown::Present, start()));
        let refreshed = tie().signed(Purpose::Refresh, Some([1; 32]), after(5));
        assert!(!refreshed.may_act(Shown::Present, after(5)));
        let acted = tie().signed(Purpose::Act, Some([1; 32]), after(5));
        for (shown, seconds, expected) in [
            (Shown::Present, 5, true),
            (Shown::Present, 20, true),
            (Shown::Present, 21, false),
            (Shown::Former, 6, false),
            (Shown::Old, 6, false),
        ] {
            assert_eq!(acted.may_act(shown, after(seconds)), expected, "{shown:?} {seconds}");
        }
    }

    #[test]
    fn a_session_gets_one_key_of_the_browsers_own_and_goes_on_by_that() {
        let bound =
            |seconds| Bound { id: BindingId::from_uuid(Uuid::nil()), key: tie().key.unwrap(), at: after(seconds) };
        let tied = tie().bound(bound(0), start()).unwrap();
        assert!(tied.bound(bound(1), after(1)).is_none());
        let page = |tie: &Tie, seconds| tie.signed(Purpose::Refresh, Some([1; 32]), after(seconds));
        // The page's signatures reach no further than a quarter of an hour after the browser's last one.
        assert_eq!(page(&tied, 240).fresh_until, after(540));
        assert_eq!(page(&tied, 840).fresh_until, after(900));
        assert_eq!(tied.signed_by_browser(None, after(840)).fresh_until, after(1_140));
        for (shown, seconds, takes) in [
            (Shown::Present, 900, true),
            (Shown::Former, 900, true),
            (Shown::Old, 1, false),
            (Shown::Present, 901, false),
        ] {
            assert_eq!(tied.takes_page(shown, after(seconds)), takes, "{shown:?} {seconds}");
            assert!(tie().takes_page(shown, after(seconds)), "without such a key the page's is all there is");
        }
    }
}
