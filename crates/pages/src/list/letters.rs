//! The letters of a list that is sorted by a name.

use maud::{Markup, html};
use records::filter::{Letter, rank_column};

use super::ListView;
use ui::text::{M, t};

/// Draws the letters, if the list is sorted by a name and is longer than its page.
pub(super) fn letters(view: &ListView<'_>) -> Markup {
    let lang = view.lang();
    let longer = view.query.after.is_some() || view.query.letter.is_some() || view.page.next.is_some();
    if !longer || rank_column(view.object, &view.query.sort).is_none() {
        return html! {};
    }
    let to = |letter: Letter| view.with(|p| p.push(("letter", letter.spelled().to_string())));
    html! {
        nav.letters aria-label=(t(lang, M::Letters)) {
            @for letter in Letter::all() {
                @let here = view.query.letter == Some(letter);
                @let other = (letter.shown() == '#').then(|| t(lang, M::OtherNames));
                a href=(to(letter)) data-swap aria-current=[here.then_some("true")] aria-label=[other] title=[other] { (letter.shown()) }
            }
        }
    }
}
