//! Pairs become groups, and a page of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use authz::Read;
use db::{Permitted, ReadTx, WriteTx};
use kernel::{RecordId, Uuid};
use ledger::{Line, verbs};
use records::{Record, RecordFault, RecordRef};
use sea_query::{Alias, Cond, Expr, ExprTrait as _};

use crate::Duplicates;
use crate::store::{self, Behind, Pair, Which};
use crate::why::{Strength, Why};

/// Groups on a page.
const PAGE: usize = 20;
/// Pairs that are looked at for a page.
const WINDOW: u64 = 400;
/// Records of one group: whoever has more of them goes on when these are one.
pub const MOST_IN_GROUP: usize = 10;
/// The word in the ledger for saying that two are two.
pub const TELL_APART: &str = "tell-apart";

/// Records that look alike.
pub struct Group {
    /// How much speaks for it.
    pub strength: Strength,
    /// What they have in common.
    pub whys: Vec<Why>,
    /// The records, the oldest first: at least two.
    pub records: Vec<Permitted<Record, Read>>,
}

/// A page of groups.
pub struct Groups {
    /// The groups, the surest first.
    pub groups: Vec<Group>,
    /// Where the next page begins, if there may be one.
    pub next: Option<Mark>,
}

/// A place in the list of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(Behind);

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0.0.stored(), self.0.1)
    }
}

impl std::str::FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (strength, one) = text.split_once('.').ok_or(())?;
        let strength = strength.parse().ok().and_then(Strength::of_stored).ok_or(())?;
        Ok(Self((strength, one.parse::<Uuid>().map_err(|_| ())?)))
    }
}

impl Duplicates {
    /// Lists groups of at least two records that whoever looks may see, by what they may be told of; what somebody told apart is not
    /// among them. Each is opened, and only groups that are shown count as read.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if the actor may see none at all.
    pub fn groups(&self, tx: &ReadTx<'_>, object: &str, after: Option<Mark>) -> Result<Groups, RecordFault> {
        let object = self.records.object(object)?;
        let scope = authz::scope::<Read>(tx.cx(), &object.name).inspect_err(|denied| {
            tx.note_denial(Line::denied(verbs::LIST, object.name.clone(), kernel::Fault::code(denied)));
        })?;
        let whys = Why::all_of(&self.records.seen(tx.cx(), &object));
        let mut window = store::pairs(tx, &scope, (&whys, &Which::From(after.map(|mark| mark.0))), WINDOW)?;
        let mut next = None;
        if window.len() as u64 >= WINDOW {
            // The last one may go on behind the window.
            let place = |pair: &Pair| (pair.strength, pair.one);
            let last = window.last().map(place);
            if window.first().map(place) != last {
                window.retain(|pair| Some(place(pair)) != last);
            }
            next = window.last().map(|pair| Mark(place(pair)));
        }
        let ids: BTreeSet<Uuid> = window.iter().flat_map(|pair| [pair.one, pair.other]).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let around = match ids.as_slice() {
            [] => Vec::new(),
            ids => store::pairs(tx, &scope, (&whys, &Which::Of(ids)), 10 * WINDOW)?,
        };
        let mut sets = grouped(&window, &around);
        if sets.len() > PAGE {
            sets.truncate(PAGE);
            next = sets.last().map(|set| Mark((set.strength, set.anchor)));
        }
        let groups = self.opened(tx, &object, sets)?;
        if groups.is_empty() {
            tx.note(Line::done(verbs::LIST, object.name.clone()));
        }
        Ok(Groups { groups, next })
    }

    fn opened(
        &self,
        tx: &ReadTx<'_>,
        object: &std::sync::Arc<records::Object>,
        sets: Vec<Set>,
    ) -> Result<Vec<Group>, RecordFault> {
        let mut groups = Vec::with_capacity(sets.len());
        for set in sets {
            let here = Expr::col(Alias::new("id")).is_in(set.ids.iter().copied());
            let conditions = (Cond::all().add(here), MOST_IN_GROUP as u64);
            // One that was damaged or erased meanwhile is none of two.
            let choose = |found: &mut Vec<Permitted<Record, Read>>| {
                if found.len() < 2 {
                    found.clear();
                }
                found.sort_by_key(|record| record.record_id());
            };
            let records = self.records.choose_records(tx, object, conditions, choose)?;
            if !records.is_empty() {
                groups.push(Group { strength: set.strength, whys: set.whys, records });
            }
        }
        Ok(groups)
    }

    /// Says that records are not the same, each of them, or takes that back. It is remembered, and the same for everybody.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] or [`RecordFault::NotFound`] if the actor may not merge one of them; [`RecordFault::Many`].
    pub fn tell_apart(
        &self,
        tx: &mut WriteTx<'_>,
        object: &str,
        ids: &[RecordId],
        apart: bool,
    ) -> Result<(), RecordFault> {
        let object = self.records.object(object)?;
        let ids: BTreeSet<RecordId> = ids.iter().copied().collect();
        if ids.len() > MOST_IN_GROUP {
            return Err(RecordFault::Many(MOST_IN_GROUP));
        }
        let by = tx.cx().person().filter(|_| ids.len() > 1).ok_or(RecordFault::NotFound)?;
        for id in &ids {
            let at = RecordRef { object: object.name.clone(), id: *id };
            let _may = self.records.open_to_merge(tx, &at)?;
        }
        for (nth, one) in ids.iter().enumerate() {
            for other in ids.iter().skip(nth + 1) {
                store::decide(tx, &object.name, (one.uuid(), other.uuid()), apart.then_some(by))?;
            }
        }
        let line = Line::done(TELL_APART, object.name.clone()).about_each(ids.iter().map(|id| id.uuid()));
        tx.note(line.fact("apart", if apart { "yes" } else { "no" }));
        Ok(())
    }
}

/// The ids of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set {
    pub(crate) strength: Strength,
    pub(crate) anchor: Uuid,
    pub(crate) whys: Vec<Why>,
    pub(crate) ids: BTreeSet<Uuid>,
}

/// Makes groups of the pairs of a window: each record with those behind it that it is paired with. A pair that stands in the group
/// of a record before it, or is surer by something else, is not told again. `around` has every pair of each record of the
/// window.
pub(crate) fn grouped(window: &[Pair], around: &[Pair]) -> Vec<Set> {
    let surest = surest(window, around);
    let mut paired: HashMap<(Strength, Uuid), HashSet<Uuid>> = HashMap::new();
    for ((one, other), strength) in &surest {
        paired.entry((*strength, *other)).or_default().insert(*one);
    }
    let none = HashSet::new();
    let told = |strength: Strength, one: Uuid, other: Uuid| {
        let before = |id| paired.get(&(strength, id)).unwrap_or(&none);
        before(one).intersection(before(other)).any(|third| *third < one)
    };
    let mut sets: BTreeMap<(Strength, Uuid), Set> = BTreeMap::new();
    for pair in window {
        let Pair { strength, one, other, why } = pair;
        if surest.get(&(*one, *other)) != Some(strength) || told(*strength, *one, *other) {
            continue;
        }
        let fresh = || Set { strength: *strength, anchor: *one, whys: Vec::new(), ids: BTreeSet::from([*one]) };
        let set = sets.entry((*strength, *one)).or_insert_with(fresh);
        if set.ids.len() < MOST_IN_GROUP || set.ids.contains(other) {
            set.ids.insert(*other);
            if !set.whys.contains(why) {
                set.whys.push(why.clone());
            }
        }
    }
    sets.into_values().collect()
}

/// Returns how sure each pair is at most.
fn surest(window: &[Pair], around: &[Pair]) -> HashMap<(Uuid, Uuid), Strength> {
    let mut surest: HashMap<(Uuid, Uuid), Strength> = HashMap::new();
    for pair in window.iter().chain(around) {
        let strength = surest.entry((pair.one, pair.other)).or_insert(pair.strength);
        *strength = (*strength).min(pair.strength);
    }
    surest
}
