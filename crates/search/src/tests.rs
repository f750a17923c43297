//! What is found by what.

use kernel::{Currency, FieldName};
use proptest::prelude::*;

use objects::object::{Object, Objects};
use objects::value::{Value, Values};

use super::*;

fn found(object: &Object, values: &Values, question: &str) -> bool {
    let indexed = terms(object, values);
    let Some(question) = Question::parse(question) else { return false };
    let rank = question.rank(object, values, false);
    let widest = question.widest().iter().any(|groups| proposed(groups, &indexed));
    for paired in [true, false] {
        let proposes = |way: &Way| way.any.iter().any(|groups| proposed(groups, &indexed));
        let proposing: Option<u8> = question.ways(paired).iter().find(|way| proposes(way)).map(|way| way.best);
        assert!(widest || proposing.is_none(), "the widest way asks for all that the others find");
        if let Some(rank) = rank.filter(|_| widest) {
            let best = proposing.expect("what is ranked is found by a way");
            assert!(
                best <= rank,
                "found by a way of {best}, and ranked {rank}: the search would have stopped before it"
            );
        }
    }
    widest && rank.is_some()
        || question.loose_ways().iter().any(|groups| proposed(groups, &indexed))
            && question.rank(object, values, true).is_some()
}

fn proposed(groups: &Groups, indexed: &[Term]) -> bool {
    groups.iter().all(|group| group.iter().any(|term| indexed.contains(term)))
}

fn contact(name: &str, email: &str, phone: &str) -> Values {
    let text = |field: &str, text: &str| (FieldName::parse(field).unwrap(), Value::Text(text.to_owned()));
    [text("name", name), text("email", email), text("phone", phone)].into_iter().collect()
}

#[test]
fn people_are_found_by_what_one_types() {
    let objects = Objects::standard(Currency::USD).unwrap();
    let object = objects.get("contact").unwrap();
    let values = contact("Zoë Fitzgerald-Alexandropoulos", "zoe.fitz@mail.example.org", "(422)787-2331x71127");
    for question in [
        "zo",
        "ZOE",
        "zoë fitz",
        "fitzgerald zoe",
        "alexandropou",
        "alexandropoulos",
        "zoe.fitz@mail.example.org",
        "Zoe.Fitz",
        "mail.example.org",
        "@example.org",
        "fitzgeraldalexandropoulos",
        "zoe f",
        "f zoe",
        "alexandropou z",
        "alexandropoulou",
        "fitzgerld zoe",
        "ftizgerald",
        "2331",
        "787-2331",
        "(422) 787-2331",
    ] {
        assert!(found(object, &values, question), "{question}");
    }
    for question in [
        "",
        " ",
        "z",
        "oe",
        "zoe z",
        "zoe m",
        "zoe smith",
        "alexandropulu",
        "fitz@mail",
        "xample.org",
        "9999",
        "4227",
        "%",
        "*",
        "zo ez",
    ] {
        assert!(!found(object, &values, question), "{question}");
    }
}

#[test]
fn chinese_names_are_found_by_characters_and_by_sound() {
    let objects = Objects::standard(Currency::USD).unwrap();
    let object = objects.get("contact").unwrap();
    let values = contact("刘明哲", "liu@example.cn", "13800138000");
    for question in ["刘", "明哲", "刘明哲", "liu", "liumingzhe", "mingzhe", "lmz", "liu mingz", "8000"] {
        assert!(found(object, &values, question), "{question}");
    }
    for question in ["哲明", "刘哲", "mingliu", "zlm"] {
        assert!(!found(object, &values, question), "{question}");
    }
}

#[test]
fn the_nearest_match_comes_first() {
    let objects = Objects::standard(Currency::USD).unwrap();
    let object = objects.get("contact").unwrap();
    let rank = |name: &str| Question::parse("ann lee").unwrap().rank(object, &contact(name, "", ""), false);
    let names = ["Ann Lee", "Ann Lee Smith", "Lee Ann", "Ann Leeson", "Annabel Leeson", "Lee Annabel", "Bob"];
    assert_eq!(names.map(rank), [Some(0), Some(2), Some(3), Some(4), Some(5), Some(6), None]);
    let rank = |name: &str| Question::parse("wang").unwrap().rank(object, &contact(name, "", ""), false);
    assert_eq!(["Wang", "Wang Li", "王伟", "汪洋", "Wanger", "万刚"].map(rank), [0, 2, 2, 2, 4, 5].map(Some));
}

/// Fails when: everybody who is called by the word is opened to find those with the letter.
#[test]
fn a_letter_is_asked_for_together_with_a_word_beside_it() {
    let objects = Objects::standard(Currency::USD).unwrap();
    let object = objects.get("contact").unwrap();
    let proposes = |name: &str, question: &str, paired: bool| {
        let indexed = terms(object, &contact(name, "", ""));
        let ways = Question::parse(question).unwrap().ways(paired);
        ways.iter().flat_map(|way| &way.any).any(|groups| proposed(groups, &indexed))
    };
    for (name, question) in [
        ("Theo Wagner", "theo w"),
        ("Theo Wagner", "wagner t"),
        ("王伟 Theo", "theo w"),
        ("Theo E. Wagner", "theo e w"),
    ] {
        assert!(proposes(name, question, true), "{question} of {name}");
        assert!(found(object, &contact(name, "", ""), question), "{question} of {name}");
    }
    for (name, question) in [("Theo Maier", "theo w"), ("Theo Theis", "wagner t"), ("Theo Wagner", "theo e w")] {
        assert!(!proposes(name, question, true), "{question} of {name}");
    }
    assert!(proposes("Theo Maier", "theo w", false), "an index without pairs is asked for the word");
    // A letter and the word beside it are not two sounds of one run.
    assert!(found(object, &contact("阿丽 Anna", "", ""), "li a"));
    let long = "Theo and six more words of no use Wagner";
    assert!(found(object, &contact(long, "", ""), "theo w"), "so many words are not paired, but opened");
    let indexed = terms(object, &contact(long, "", ""));
    let ways = Question::parse("theo w").unwrap().ways(true);
    let proposing: Vec<&Way> =
        ways.iter().filter(|way| way.any.iter().any(|groups| proposed(groups, &indexed))).collect();
    assert!(
        matches!(proposing.as_slice(), [alone] if alone.any.len() == 1),
        "texts do not push names out: {proposing:?}"
    );
    let note = objects.get("note").unwrap();
    let text = note.field(note.title.as_str()).unwrap();
    let short: Values = [(text.name.clone(), Value::Text("Theo: plan B".to_owned()))].into_iter().collect();
    assert!(found(note, &short, "plan b"));
    assert_eq!(
        terms(note, &short).iter().filter(|term| matches!(term, Term::With(_))).count(),
        1,
        "a text is not paired"
    );
}

#[test]
fn what_was_meant_is_pointed_out() {
    for (question, text, shown) in [
        ("zo fitz", "Zoë Fitzgerald", "[Zo]ë [Fitz]gerald"),
        ("zoe", "Zoë Fitzgerald", "[Zoë] Fitzgerald"),
        ("ftizgerald", "Zoë Fitzgerald", "Zoë [Fitzgerald]"),
        ("strasse 9", "Große Straße 9", "Große [Straße] [9]"),
        ("zhangw", "张伟民", "[张伟]民"),
        ("weimin", "张伟民", "张[伟民]"),
        ("zwm", "张伟民", "[张伟民]"),
        ("zhagnweimin", "张伟民", "[张伟民]"),
        ("伟民", "张伟民 (Wei)", "张[伟民] (Wei)"),
        ("nobody", "Zoë", "Zoë"),
    ] {
        let mut said = text.to_owned();
        for part in Question::parse(question).unwrap().hits(text).into_iter().rev() {
            said.insert(part.end, ']');
            said.insert(part.start, '[');
        }
        assert_eq!(said, shown, "{question}");
    }
}

#[test]
fn spellings_of_one_value_have_one_normal_form() {
    let objects = Objects::standard(Currency::USD).unwrap();
    let normal = |object: &str, field: &str, text: &str| {
        normals(objects.get(object).unwrap().field(field).unwrap(), &Value::Text(text.to_owned()))
    };
    assert_eq!(normal("contact", "email", "Ann@Example.org"), normal("contact", "email", "ann@example.ORG"));
    assert_eq!(normal("contact", "phone", "+44 20 496-0786"), normal("contact", "phone", "0044 (20) 4960786"));
    assert_eq!(
        normal("company", "name", "Terry, Proctor  and Lawrence"),
        normal("company", "name", "terry proctor AND lawrence")
    );
    assert_eq!(normal("company", "website", "http://www.shea.biz/x"), normal("company", "website", "Shea.biz"));
}

proptest! {
    #[test]
    fn a_record_is_found_by_the_beginning_of_any_of_its_words(name in "[a-zA-Zà-ü刘明哲李娜 '-]{2,30}", cut in 2..12_usize) {
        let objects = Objects::standard(Currency::USD).unwrap();
        let object = objects.get("contact").unwrap();
        for word in kernel::text::words(&name) {
            let begin: String = word.chars().take(cut).collect();
            if begin.chars().count() >= 2 {
                prop_assert!(found(object, &contact(&name, "", ""), &begin), "{} in {}", begin, name);
            }
        }
    }

    /// Fails when: a way says less of what it finds than is true, and the search would stop before it.
    #[test]
    fn no_way_finds_what_ranks_better_than_it_says(
        names in proptest::collection::vec("[abo]{1,3}|[a-c]{1,12}|[王小明李娜]{1,3}|li|wang|xiaoming|o'b|b-a", 1..4),
        email in "[abo.]{1,6}",
        cuts in proptest::collection::vec((0..4_usize, 1..13_usize), 1..4),
    ) {
        let objects = Objects::standard(Currency::USD).unwrap();
        let object = objects.get("contact").unwrap();
        let values = contact(&names.join(" "), &format!("{email}@b.example"), "(422)787-2331");
        let mut held = kernel::text::words(&names.join(" "));
        held.extend(names.iter().filter(|name| !name.is_ascii()).flat_map(|_| ["li", "wang", "xm", "wangxiao"].map(str::to_owned)));
        let cut = |(word, end): &(usize, usize)| held[word % held.len()].chars().take(*end).collect::<String>();
        let typed: Vec<String> = cuts.iter().map(cut).collect();
        let _ = found(object, &values, &typed.join(" "));
        let _ = found(object, &values, &typed.concat());
    }

    #[test]
    fn any_question_is_answered(question in ".{0,80}", name in ".{0,80}") {
        if let Some(question) = Question::parse(&question) {
            let mut end = 0;
            for part in question.hits(&name) {
                prop_assert!(part.start >= end && name.get(part.clone()).is_some());
                end = part.end;
            }
        }
        let objects = Objects::standard(Currency::USD).unwrap();
        let _ = found(objects.get("contact").unwrap(), &contact(&name, &name, &name), &question);
    }
}
