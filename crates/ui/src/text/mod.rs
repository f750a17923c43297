//! Every word of the interface, in both languages side by side. A missing translation does not build.
//!
//! [`M`]: the frame, records, import, the ledger. [`A`]: sign-in, accounts, people. [`N`]: notices. [`R`]: recovery. [`V`], [`E`]: what takes a
//! second person, and exports. [`B`]: how many people somebody may see.
//! [`I`]: the API. [`S`]: what assistants propose. [`W`]: canary contacts. [`Z`]: erasing somebody. [`Q`]: apps of others. [`H`]: webhooks. [`F`]: files on records.
//! [`L`]: records that look alike. [`O`]: roles that watch over others. [`X`]: whether everything stands as it was written. [`Y`]: keys.
//!
//! # How to add one more
//! A line in the file of its area. A new area: a file with its own enum made by `messages!`.

mod account;
pub mod api;
pub mod approval;
pub mod apps;
mod attachment;
mod budget;
mod call;
mod canary;
mod common;
mod duplicate;
pub mod erasure;
mod integrity;
mod key;
mod notice;
mod oversight;
mod proposal;
pub mod reveal;
mod token;
pub mod webhook;

use kernel::Lang;

pub use account::A;
pub use api::I;
pub use approval::{E, V};
pub use apps::Q;
pub use attachment::F;
pub use budget::B;
pub use call::C;
pub use canary::W;
pub use common::M;
pub use duplicate::L;
pub use erasure::Z;
pub use integrity::X;
pub use key::Y;
pub use notice::{N, R};
pub use oversight::O;
pub use proposal::S;
pub use reveal::J;
pub use token::K;
pub use webhook::H;

/// A message without parts.
pub trait Message: Copy {
    /// Returns it in a language.
    fn words(self, lang: Lang) -> &'static str;
}

/// Makes an enum of messages out of a list of their names and words.
macro_rules! messages {
    ($(#[$about:meta])* $area:ident { $($name:ident: $en:literal, $zh:literal;)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $area { $(#[doc = $en] $name,)* }

        impl $crate::text::Message for $area {
            fn words(self, lang: kernel::Lang) -> &'static str {
                match (lang, self) {
                    $((kernel::Lang::En, Self::$name) => $en, (kernel::Lang::Zh, Self::$name) => $zh,)*
                }
            }
        }
    };
}
use messages;

/// Returns a message in a language.
#[must_use]
pub fn t(lang: Lang, message: impl Message) -> &'static str {
    message.words(lang)
}

/// What is said of the company's identity provider, by its name.
pub struct Provider<'a>(pub &'a str);

impl Provider<'_> {
    /// Says that it leads in.
    #[must_use]
    pub fn go_on(&self, lang: Lang) -> String {
        let Self(name) = self;
        if lang == Lang::Zh { format!("使用{}登录", spaced(name)) } else { format!("Continue with {name}") }
    }

    /// Says where somebody is led.
    #[must_use]
    pub fn to(&self, lang: Lang) -> String {
        let Self(name) = self;
        if lang == Lang::Zh { format!("正在前往{}", spaced(name).trim_end()) } else { format!("On to {name}") }
    }

    /// Says that an account there is to belong to this one.
    #[must_use]
    pub fn connect(&self, lang: Lang) -> String {
        let Self(name) = self;
        if lang == Lang::Zh { format!("关联{}账户", spaced(name)) } else { format!("Connect {name}") }
    }

    /// Says what it is good for.
    #[must_use]
    pub fn lead(&self, lang: Lang) -> String {
        let Self(name) = self;
        match lang {
            Lang::En => format!("Connect your {name} account once, and sign in with it from then on."),
            Lang::Zh => format!("关联一次您的{}账户，以后即可用它登录。", spaced(name)),
        }
    }
}

/// Puts spaces between Chinese text and a name in another script.
fn spaced(name: &str) -> String {
    let edge = |c: Option<char>| if c.is_some_and(kernel::text::is_han) { "" } else { " " };
    format!("{}{name}{}", edge(name.chars().next()), edge(name.chars().last()))
}

/// Writes a message with a name in it.
#[must_use]
pub fn names(lang: Lang, message: impl Message, name: &str) -> String {
    t(lang, message).replace("{}", name)
}

/// Writes how long a code is still good.
#[must_use]
pub fn seconds_left(lang: Lang, seconds: u64) -> String {
    match lang {
        Lang::En => format!("Good for {seconds} more seconds."),
        Lang::Zh => format!("还有 {seconds} 秒有效。"),
    }
}

/// Writes how many records are selected, found and so on.
#[must_use]
pub fn count(lang: Lang, n: u64) -> String {
    let n = crate::format::number(i64::try_from(n).unwrap_or(i64::MAX));
    if lang == Lang::Zh { format!("{n} 条") } else { n }
}

/// Writes how many recovery codes are left.
#[must_use]
pub fn codes_left(lang: Lang, n: usize) -> String {
    match (lang, n) {
        (Lang::En, 0) => "None left: make new ones".to_owned(),
        (Lang::En, _) => format!("{n} left"),
        (Lang::Zh, 0) => "已全部用完，请生成新的恢复码".to_owned(),
        (Lang::Zh, _) => format!("剩余 {n} 个"),
    }
}

/// Writes how many deals there are.
#[must_use]
pub fn count_deals(lang: Lang, n: u64) -> String {
    let number = crate::format::count(n);
    match (lang, n) {
        (Lang::En, 1) => "1 open deal".to_owned(),
        (Lang::En, _) => format!("{number} open deals"),
        (Lang::Zh, _) => format!("{number} 个进行中的商机"),
    }
}

/// Writes the handle that shows fields without a value.
#[must_use]
pub fn empty_fields(lang: Lang, n: usize) -> String {
    match (lang, n) {
        (Lang::En, 1) => "Show 1 empty field".to_owned(),
        (Lang::En, _) => format!("Show {n} empty fields"),
        (Lang::Zh, _) => format!("显示 {n} 个空字段"),
    }
}

/// Writes what a dry run found, in one sentence.
#[must_use]
pub fn dry_run(lang: Lang, (rows, new, known, wrong): (u64, u64, u64, u64)) -> String {
    let n = |n: u64| crate::format::number(i64::try_from(n).unwrap_or(i64::MAX));
    match lang {
        Lang::En => format!("{} rows: {} new, {} already here, {} wrong", n(rows), n(new), n(known), n(wrong)),
        Lang::Zh => format!("共 {} 行：新增 {}，已存在 {}，有误 {}", n(rows), n(new), n(known), n(wrong)),
    }
}
