//! What a token did, out of the ledger: how many records of which kind it saw, when, and from where.

use std::collections::{BTreeMap, BTreeSet};

use accounts::AccountFault;
use authz::{Cx, Denied, Facts, Read};
use db::ReadTx;
use identity::object;
use kernel::{ObjectName, Timestamp, TokenId, Uuid};
use ledger::{Act, ActorRef, Line, Outcome, verbs};

use crate::{TokenView, Tokens, store};

/// So many stretches of the ledger are looked at, the newest; each packs what happened in a moment.
const LOOKED_AT: u32 = 2_000;
/// So many acts are shown one by one.
const SHOWN: usize = 50;
/// What shows the values of records. A change shows those of the record, too.
const SEES: [&str; 5] = [verbs::READ, verbs::LIST, verbs::SEARCH, verbs::CREATE, verbs::UPDATE];

/// One thing a token did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// What.
    pub verb: String,
    /// To what kind of thing.
    pub object: ObjectName,
    /// To how many.
    pub count: usize,
    /// From which address.
    pub from: Option<String>,
    /// Whether it was done; otherwise it was refused or failed.
    pub done: bool,
}

/// What a token did.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    /// How many different records of each kind it saw.
    pub seen: Vec<(ObjectName, usize)>,
    /// From which addresses, and how often.
    pub from: Vec<(String, usize)>,
    /// The first and the last time.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The latest things it did.
    pub latest: Vec<Deed>,
}

impl Activity {
    /// Adds up acts, the newest first.
    fn of(acts: &[Act]) -> Self {
        let mut seen: BTreeMap<ObjectName, BTreeSet<Uuid>> = BTreeMap::new();
        let mut from: BTreeMap<String, usize> = BTreeMap::new();
        let mut latest = Vec::new();
        for act in acts {
            if let Some(ip) = act.origin.ip {
                *from.entry(ip.to_string()).or_default() += 1;
            }
            for line in act.lines.iter().rev() {
                let done = line.outcome == Outcome::Done;
                if done && SEES.contains(&line.verb.as_ref()) {
                    seen.entry(line.object.clone()).or_default().extend(line.ids.iter().copied());
                }
                if latest.len() < SHOWN {
                    latest.push(deed(act, line, done));
                }
            }
        }
        let mut from: Vec<(String, usize)> = from.into_iter().collect();
        from.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        Self {
            seen: seen.into_iter().map(|(object, ids)| (object, ids.len())).filter(|(_, many)| *many > 0).collect(),
            from,
            span: acts.last().zip(acts.first()).map(|(first, last)| (first.at, last.at)),
            latest,
        }
    }
}

fn deed(act: &Act, line: &Line, done: bool) -> Deed {
    Deed {
        at: act.at,
        verb: line.verb.to_string(),
        object: line.object.clone(),
        count: line.ids.len(),
        from: act.origin.ip.map(|ip| ip.to_string()),
        done,
    }
}

/// Finds a token and what it did. It is shown to its owner, and to whoever may read the ledger.
fn look(tx: &ReadTx<'_>, tokens: &Tokens, id: TokenId) -> Result<(TokenView, Activity), AccountFault> {
    let hidden = || {
        tx.note_denial(Line::denied(verbs::LEDGER_READ, object::token(), "not-found").about(id));
        AccountFault::from(Denied::Hidden)
    };
    let token = store::known(tx, id)?.ok_or_else(hidden)?;
    let own = matches!(tx.cx().actor(), ActorRef::User(user) if user == token.user);
    let proof = if own { None } else { Some(ledger_proof(tx.cx(), id).map_err(|_| hidden())?) };
    let acts = sequence::acts_of_token(tx, id, proof.as_ref(), LOOKED_AT)?;
    tx.note(Line::done(verbs::LEDGER_READ, object::token()).about(id));
    let accounts = tokens.accounts();
    let subject = accounts.subject_of(tx, token.user)?;
    Ok((token.view(&accounts.vault(), subject, tx.now())?, Activity::of(&acts)))
}

fn ledger_proof(cx: &Cx, id: TokenId) -> Result<authz::Allowed<Read>, Denied> {
    let ledger = ObjectName::parse("ledger").map_err(|_| Denied::Hidden)?;
    authz::permit::<Read>(cx, Facts { object: ledger, id: id.uuid(), owner: None, team: None })
}

impl Tokens {
    /// Returns a token and what it did.
    ///
    /// # Errors
    /// [`AccountFault::Denied`] (hidden) unless it is one's own, or one may read the ledger.
    pub async fn activity(&self, cx: &Cx, id: TokenId) -> Result<(TokenView, Activity), AccountFault> {
        // What was done a moment ago has its place then.
        sequence::settle(self.db(), cx).await?;
        let tokens = self.clone();
        self.db().read(cx, move |tx| look(tx, &tokens, id)).await
    }
}
