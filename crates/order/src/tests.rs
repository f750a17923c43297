use std::collections::BTreeMap;
use std::convert::Infallible;

use kernel::Timestamp;
use proptest::prelude::*;

use crate::Pivots;
use crate::key::{Kind, Letter, SortKey};
use crate::place::{Gap, Shelf, place};
use crate::rank::{HIGH, LOW, run};

fn name(text: &str) -> SortKey {
    SortKey::of(Kind::Name, text)
}

/// A table of ranks in memory.
#[derive(Default)]
struct Table {
    by_rank: BTreeMap<i64, (u32, SortKey)>,
    looked: usize,
    opened: usize,
    moved: usize,
}

impl Shelf for Table {
    type Id = u32;
    type Fault = Infallible;

    fn probe(&mut self, gaps: &[Gap]) -> Result<Vec<Option<(i64, SortKey)>>, Infallible> {
        let look = |gap: &Gap| {
            let above = self.by_rank.range(gap.middle()..gap.hi).next();
            let below = || self.by_rank.range(gap.lo + 1..gap.middle()).next_back();
            above.or_else(below).map(|(rank, (_, key))| (*rank, key.clone()))
        };
        let found: Vec<_> = gaps.iter().map(look).collect();
        self.looked += gaps.len();
        self.opened += found.iter().flatten().count();
        Ok(found)
    }

    fn count(&mut self, (from, to): (i64, i64), most: u64) -> Result<u64, Infallible> {
        Ok((self.by_rank.range(from..=to).count() as u64).min(most))
    }

    fn within(&mut self, (from, to): (i64, i64)) -> Result<Vec<(i64, u32)>, Infallible> {
        Ok(self.by_rank.range(from..=to).map(|(rank, (id, _))| (*rank, *id)).collect())
    }

    fn shift(&mut self, moved: &[(u32, i64)]) -> Result<(), Infallible> {
        self.moved += moved.len();
        let mut going: BTreeMap<u32, i64> = moved.iter().copied().collect();
        for (rank, (id, key)) in std::mem::take(&mut self.by_rank) {
            let rank = going.remove(&id).unwrap_or(rank);
            assert!(self.by_rank.insert(rank, (id, key)).is_none(), "two of one rank");
        }
        assert!(going.is_empty());
        Ok(())
    }
}

/// The table beside a plain sorted list.
struct Model {
    table: Table,
    pivots: Pivots,
    plain: Vec<(SortKey, u32)>,
    next: u32,
}

impl Model {
    fn new(most: usize) -> Self {
        Self { table: Table::default(), pivots: Pivots::new(most), plain: Vec::new(), next: 0 }
    }

    fn insert(&mut self, mut keys: Vec<SortKey>) {
        keys.sort();
        let Ok(ranks) = place(&mut self.table, &mut self.pivots, &keys);
        for (key, rank) in keys.into_iter().zip(ranks) {
            assert!(rank > LOW && rank < HIGH);
            assert!(self.table.by_rank.insert(rank, (self.next, key.clone())).is_none(), "a rank given twice");
            let at = self.plain.partition_point(|(known, _)| *known <= key);
            self.plain.insert(at, (key, self.next));
            self.next += 1;
        }
    }

    fn delete(&mut self, at: usize) {
        if self.plain.is_empty() {
            return;
        }
        let (_, id) = self.plain.remove(at % self.plain.len());
        self.table.by_rank.retain(|_, (known, _)| *known != id);
    }

    fn check(&self) {
        let ranked: Vec<u32> = self.table.by_rank.values().map(|(id, _)| *id).collect();
        let plain: Vec<u32> = self.plain.iter().map(|(_, id)| *id).collect();
        assert_eq!(ranked, plain);
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Vec<String>),
    Delete(usize),
    Forget,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let word = "[a-d]{0,3}|[王汪李黎单曾]{1,2}";
    let step = prop_oneof![
        6 => prop::collection::vec(word, 1..12).prop_map(Step::Insert),
        2 => any::<usize>().prop_map(Step::Delete),
        1 => Just(Step::Forget),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #[test]
    fn ranks_agree_with_a_plain_sorted_list(steps in steps(), most in 2_usize..40) {
        let mut model = Model::new(most);
        for step in steps {
            match step {
                Step::Insert(words) => model.insert(words.iter().map(|word| name(word)).collect()),
                Step::Delete(at) => model.delete(at),
                Step::Forget => model.pivots.clear(),
            }
            model.check();
        }
    }

    #[test]
    fn a_run_rises_strictly_inside_its_gap(lo in 0_i64..i64::MAX, hi in 0_i64..i64::MAX, n in 1_usize..600) {
        let (lo, hi) = (lo.min(hi), lo.max(hi));
        for (lo, hi) in [(lo, hi), (LOW, hi), (lo, HIGH), (LOW, HIGH), (lo, lo.saturating_add(n as i64))] {
            let Some(ranks) = run(lo, hi, n) else {
                prop_assert!(i128::from(hi) - i128::from(lo) <= n as i128);
                continue;
            };
            prop_assert_eq!(ranks.len(), n);
            prop_assert!(ranks[0] > lo && ranks[n - 1] < hi);
            prop_assert!(ranks.windows(2).all(|two| two[0] < two[1]));
        }
    }
}

#[test]
fn a_gap_that_is_full_gets_room_at_little_cost() {
    let mut model = Model::new(64);
    model.insert(vec![name("a"), name("b")]);
    // Always into the same gap, at its lower end and at its upper end.
    for round in 0..1_500_u32 {
        model.insert(vec![name(if round % 2 == 0 { "am" } else { "an" })]);
    }
    model.check();
    assert!(model.table.moved > 0, "no gap was ever full");
    assert!(model.table.moved < 1_500 * 40, "{} moves", model.table.moved);
}

#[test]
fn bulk_loads_between_two_neighbours_are_merged() {
    let mut model = Model::new(1_000);
    model.insert((0..500).map(|n| name(&format!("m{n:04}"))).collect());
    for round in 0..12 {
        model.insert((0..500).map(|n| name(&format!("m0250 {round:02} {n:04}"))).collect());
        model.insert((0..50).map(|n| name(&format!("{}", (b'a' + (n % 26) as u8) as char))).collect());
    }
    model.check();
}

#[test]
fn a_search_opens_few() {
    let mut model = Model::new(2);
    let spell = |n: u32| name(&format!("{:08x}", n.wrapping_mul(2_654_435_761)));
    for batch in 0..40 {
        model.insert((0..500).map(|n| spell(batch * 500 + n)).collect());
    }
    model.check();
    model.table.opened = 0;
    for n in 0..100 {
        model.pivots.clear();
        model.insert(vec![spell(1_000_000 + n)]);
    }
    // 20,000 records are 15 halvings away; ranks are not quite even.
    assert!(model.table.opened < 100 * 26, "{} opened for 100", model.table.opened);
}

/// Fails when: a gap that was filled or found empty is looked into again, or one around a window that got room counts as empty.
#[test]
fn where_nothing_lies_nobody_looks() {
    let mut model = Model::new(10_000);
    let spell = |n: u32| name(&format!("{:08x}", n.wrapping_mul(2_654_435_761)));
    model.insert(vec![name("0")]);
    for batch in 0..10 {
        model.table.looked = 0;
        model.insert((0..500).map(|n| spell(batch * 500 + n)).collect());
        assert!(model.table.looked <= 2, "batch {batch}: {} looks", model.table.looked);
    }
    model.check();
    // Full gaps, again and again: what was spread anew is looked at again.
    for _ in 0..200 {
        model.insert(vec![name("80"), name("800")]);
        model.check();
    }
    assert!(model.table.moved > 0 && model.table.looked > 2, "{} looks", model.table.looked);
}

/// Fails when: whoever forgets some of what is remembered forgets as well between which others nothing lies.
#[test]
fn where_most_are_remembered_few_look() {
    let mut model = Model::new(5_000);
    let spell = |n: u32| name(&format!("{:08x}", n.wrapping_mul(2_654_435_761)));
    for batch in 0..16 {
        model.table.looked = 0;
        model.insert((0..500).map(|n| spell(batch * 500 + n)).collect());
    }
    model.check();
    // Whoever knows of no gap looks at least twice for each.
    assert!(model.table.looked < 1_000, "{} looks for 500", model.table.looked);
}

#[test]
fn pivots_are_bounded_and_go_with_the_stamp_and_with_time() {
    let at = Timestamp::from_micros(0);
    let mut model = Model::new(100);
    model.pivots.turn(0, 1, at);
    for n in 0..1_000 {
        model.insert(vec![name(&format!("{n}"))]);
    }
    assert!(model.pivots.len() <= 100 && !model.pivots.is_empty());
    model.pivots.turn(1, 2, at);
    assert!(!model.pivots.is_empty());
    model.pivots.turn(7, 8, at);
    assert!(model.pivots.is_empty(), "somebody else moved ranks meanwhile");
    model.insert(vec![name("x")]);
    model.pivots.turn(8, 9, at.plus(std::time::Duration::from_secs(600)));
    assert!(model.pivots.is_empty(), "names stay in memory though nobody asks");
}

#[test]
fn names_stand_where_people_look_for_them() {
    let mut own = ["陈静", "Josef", "Åsa", "José", "阿明", "Bob"];
    own.sort_by_key(|text| name(text));
    assert_eq!(own, ["阿明", "Åsa", "Bob", "陈静", "José", "Josef"]);
    let rising = [
        ["anna", "Anna"].as_slice(),
        &["Jose", "José", "Josef"],
        &["van Dyk", "Vandyk"],
        // By syllable, tone, strokes, character by character: whoever shares a family name stands together.
        &["Wanda", "汪涵", "王大力", "王小明", "网易", "Wangari"],
        &["李四", "Lisa", "刘洋", "吕布", "Lucy"],
        // Family names are read as such.
        &["单雄信", "沈从文"],
        &["曾国藩", "翟天临"],
        &["尉迟恭", "于谦"],
        // What begins with no letter stands behind Z.
        &["Zoë", "3M", "Ωmega", "Яна"],
        &["\"Quoted\"", "Raw"],
    ];
    for names in rising {
        for two in names.windows(2) {
            assert!(name(two[0]) <= name(two[1]), "{} before {}", two[0], two[1]);
        }
    }
    assert!(SortKey::of(Kind::Text, "单于") < SortKey::of(Kind::Text, "鄂温克"));
    assert_eq!(format!("{:?}", name("王")), "SortKey");
}

#[test]
fn every_name_lies_under_one_letter() {
    for (text, letter) in [
        ("anna", "a"),
        ("Ágnes", "a"),
        ("王小明", "w"),
        ("曾国藩", "z"),
        ("单雄信", "s"),
        ("Łukasz", "l"),
        ("Ørsted", "o"),
        ("zz top", "z"),
        ("３M", "#"),
        ("Яна", "#"),
        ("", "#"),
        ("-", "#"),
        ("(Mary)", "m"),
    ] {
        let letter = Letter::parse(letter).unwrap();
        assert!(letter.floor() <= name(text), "{text}");
        assert!(letter.next().is_none_or(|next| name(text) < next.floor()), "{text}");
    }
    let all: Vec<SortKey> = Letter::all().map(Letter::floor).collect();
    assert!(all.windows(2).all(|two| two[0] < two[1]));
    assert!(Letter::parse("ä").is_none() && Letter::parse("ab").is_none() && Letter::parse("").is_none());
}
