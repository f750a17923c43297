//! The frame around every page.

use std::time::Duration;

use accounts::{SignedUser, Theme};
use authz::{Configure, Cx, Erase, Export, Grant, Import, Read};
use kernel::{Lang, Timestamp};
use maud::{DOCTYPE, Markup, html};
use notices::Waiting;

use ui::asset::url;
use ui::text::{C, E, M, N, S, V, t};
use ui::{avatar, csrf, icon};

/// What the frame shows of whom.
pub struct Frame<'a> {
    /// The language of the page.
    pub lang: Lang,
    /// Who looks at it.
    pub user: &'a SignedUser,
    /// Their rights: what they may not do is not offered.
    pub cx: &'a Cx,
    /// The token of their forms.
    pub csrf: &'a str,
    /// How long the browser need not sign; nothing if the session is tied to none.
    pub fresh: Option<Duration>,
    /// The workspace.
    pub workspace: &'a str,
    /// The title of the window.
    pub title: &'a str,
    /// Which entry of the sidebar is the present one.
    pub here: &'a str,
    /// What the person is to be told.
    pub waiting: &'a Waiting,
    /// How many requests wait for the person to agree, or to look at.
    pub to_approve: usize,
    /// How many changes programs suggest to the person.
    pub suggested: i64,
    /// The present moment.
    pub now: Timestamp,
    /// The script of the page, if it has one of its own.
    pub script: Option<&'static str>,
}

const fn theme(user: &SignedUser) -> Option<&'static str> {
    match user.preferences.theme {
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
        _ => None,
    }
}

/// Draws a whole page around `body`, which goes into `main`.
#[must_use]
pub fn frame(view: &Frame<'_>, body: &Markup) -> Markup {
    let lang = view.lang;
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) data-theme=[theme(view.user)] {
            (head(view.title, lang, view.script))
            body data-fresh=[view.fresh.map(|fresh| fresh.as_secs())] data-keys=(if view.user.preferences.single_keys { "on" } else { "off" })
                data-say-undo=(t(lang, M::Undo)) data-say-close=(t(lang, M::Close)) data-say-offline=(t(lang, M::Offline))
                data-say-moved=(t(lang, M::Moved)) {
                a.skip href="#main" { (t(lang, M::Skip)) }
                (side(view))
                main id="main" tabindex="-1" data-unseen[view.waiting.unseen > 0] {
                    (crate::notice::strips(lang, view.csrf, view.waiting, view.now))
                    (body)
                }
                (tabbar(view))
                (crate::search::palette(lang))
                (keys_sheet(lang))
                div id="toasts" class="toasts" popover="manual" {}
            }
        }
    }
}

fn head(title: &str, lang: Lang, script: Option<&'static str>) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
            meta name="color-scheme" content="light dark";
            title { (title) " · " (t(lang, M::Product)) }
            link rel="icon" href=(url("mark.svg")) type="image/svg+xml";
            link rel="stylesheet" href=(url("app.css"));
            script type="module" src=(url("shell.js")) {}
            script type="module" src=(url("palette.js")) {}
            @if let Some(script) = script { script type="module" src=(url(script)) {} }
        }
    }
}

struct Entry {
    key: &'static str,
    href: &'static str,
    symbol: &'static str,
    label: M,
}

fn nav(view: &Frame<'_>, href: &str, symbol: &str, label: &str, go: &str) -> Markup {
    html! {
        a.nav href=(href) data-swap data-go=[(!go.is_empty()).then_some(go)] aria-current=[(view.here == href).then_some("page")] {
            (icon(symbol)) span { (label) }
        }
    }
}

/// The objects of the sidebar: address, symbol, key after G, labels.
const OBJECTS: &[(&str, &str, &str, &str, &str)] = &[
    ("/contacts", "users", "c", "Contacts", "联系人"),
    ("/companies", "building", "o", "Companies", "公司"),
    ("/deals", "deals", "d", "Deals", "商机"),
    ("/tasks", "tasks", "t", "Tasks", "任务"),
];

fn side(view: &Frame<'_>) -> Markup {
    let (lang, cx) = (view.lang, view.cx);
    let security: &[(bool, Entry)] = &[
        (cx.may::<Read>("ledger"), Entry { key: "l", href: "/ledger", symbol: "history", label: M::AccessLog }),
        (cx.may::<Read>("contact"), Entry { key: "b", href: "/bin", symbol: "trash", label: M::Bin }),
        (
            cx.may::<Grant>("user") || cx.may::<Configure>("setting"),
            Entry { key: "", href: "/settings/people", symbol: "team", label: M::People },
        ),
        (
            cx.may::<Configure>("role"),
            Entry { key: "", href: "/settings/roles", symbol: "shield", label: M::RolesAndTeams },
        ),
        (
            cx.may::<Configure>("app") || cx.may::<Read>("canary"),
            Entry { key: "", href: "/settings/apps", symbol: "link", label: M::Apps },
        ),
        (cx.may::<Erase>("contact"), Entry { key: "", href: "/erasures", symbol: "shield", label: M::Erasures }),
        (cx.may::<Read>("canary"), Entry { key: "", href: "/settings/canaries", symbol: "warn", label: M::Canaries }),
        (
            cx.may::<Read>("integrity"),
            Entry { key: "", href: "/settings/integrity", symbol: "shield", label: M::Integrity },
        ),
        (cx.may::<Read>("key"), Entry { key: "", href: "/settings/keys", symbol: "lock", label: M::Keyring }),
        (
            cx.may::<Configure>("setting"),
            Entry { key: "", href: "/settings/policy", symbol: "key", label: M::SignInRules },
        ),
        (
            cx.may::<Configure>("setting"),
            Entry { key: "", href: "/settings/budget", symbol: "shield", label: M::ReadingLimits },
        ),
    ];
    html! {
        nav.side id="side" aria-label=(t(lang, M::Menu)) data-keep="side" {
            a."ws-btn" href="/" data-swap { span.mark {} span { (view.workspace) } }
            a.find href="/search" data-palette aria-current=[(view.here == "/search").then_some("page")] { (icon("search")) span { (t(lang, M::Search)) } kbd data-mac="⌘ K" { "Ctrl K" } }
            div.navs {
                (nav(view, "/", "home", t(lang, M::Home), "h"))
                a.nav href="/notices" data-swap data-go="n" aria-current=[(view.here == "/notices").then_some("page")] {
                    (icon("bell")) span { (t(lang, N::Notices)) }
                    @if view.waiting.unseen > 0 { span.due-n { (view.waiting.unseen) span.vh { " " (t(lang, N::Unseen)) } } }
                }
                a.nav href="/approvals" data-swap aria-current=[(view.here == "/approvals").then_some("page")] {
                    (icon("shield")) span { (t(lang, V::Title)) }
                    @if view.to_approve > 0 { span.due-n { (view.to_approve) span.vh { " " (t(lang, V::Waiting)) } } }
                }
            }
            @if cx.may::<Read>("contact") {
                div.navs {
                    a.nav href="/suggestions" data-swap aria-current=[(view.here == "/suggestions").then_some("page")] {
                        (icon("check")) span { (t(lang, S::Title)) }
                        @if view.suggested > 0 { span.due-n { (view.suggested) span.vh { " " (t(lang, V::Waiting)) } } }
                    }
                }
                h2 { (t(lang, M::Records)) }
                div.navs {
                    @for (href, symbol, go, en, zh) in OBJECTS {
                        (nav(view, href, symbol, if lang == Lang::En { en } else { zh }, go))
                    }
                    @if cx.may::<Export>("contact") { (nav(view, "/exports", "download", t(lang, E::Own), "")) }
                    @if cx.may::<Import>("contact") { (nav(view, "/import", "upload", t(lang, M::Import), "i")) }
                }
            }
            @if security.iter().any(|(may, _)| *may) {
                h2 { (t(lang, M::Security)) }
                div.navs {
                    @for (_, entry) in security.iter().filter(|(may, _)| *may) {
                        (nav(view, entry.href, entry.symbol, t(lang, entry.label), entry.key))
                    }
                }
            }
            (foot(view))
        }
    }
}

fn foot(view: &Frame<'_>) -> Markup {
    let lang = view.lang;
    let (other_theme, symbol) = if theme(view.user) == Some("dark") { ("light", "sun") } else { ("dark", "moon") };
    let other_lang = if lang == Lang::En { "zh" } else { "en" };
    html! {
        div."side-foot" {
            a.me href="/settings/account" data-swap title=(t(lang, M::Account)) {
                (avatar(&view.user.name, view.user.id.uuid(), false, "sm")) span { (view.user.name) }
            }
            form method="post" action="/preferences" {
                (csrf(view.csrf))
                button.ib name="theme" value=(other_theme) aria-label=(t(lang, M::SwitchTheme)) title=(t(lang, M::SwitchTheme)) { (icon(symbol)) }
            }
            form method="post" action="/preferences" {
                (csrf(view.csrf))
                button.ib name="lang" value=(other_lang) aria-label=(t(lang, M::OtherLanguage)) title=(t(lang, M::OtherLanguage)) { (icon("globe")) }
            }
        }
    }
}

fn tabbar(view: &Frame<'_>) -> Markup {
    let lang = view.lang;
    let tab = |href: &str, symbol: &str, label: &str| {
        html! {
            a href=(href) data-swap aria-current=[(view.here == href).then_some("page")] { (icon(symbol)) span { (label) } }
        }
    };
    html! {
        nav.tabbar id="tabbar" aria-label=(t(lang, M::Menu)) {
            (tab("/", "home", t(lang, M::Home)))
            (tab("/contacts", "users", if lang == Lang::En { "Contacts" } else { "联系人" }))
            a href="/search" data-palette aria-current=[(view.here == "/search").then_some("page")] { (icon("search")) span { (t(lang, M::Search)) } }
            (tab("/deals", "deals", if lang == Lang::En { "Deals" } else { "商机" }))
            (tab("/tasks", "tasks", if lang == Lang::En { "Tasks" } else { "任务" }))
        }
    }
}

fn keys_sheet(lang: Lang) -> Markup {
    let keys: &[(&[&str], M)] = &[
        (&["Ctrl K", "/"], M::KeyPalette),
        (&["G", "H N C O D T L"], M::KeyGo),
        (&["N"], M::KeyNew),
        (&["J", "K"], M::KeyRows),
        (&["X"], M::KeySelect),
        (&["E"], M::KeyEdit),
        (&["Alt ←", "Alt →"], M::KeyMove),
        (&["["], M::KeySide),
        (&["?"], M::KeyHelp),
    ];
    html! {
        dialog.sheet id="keys-sheet" aria-labelledby="keys-title" {
            h2 id="keys-title" { (t(lang, M::Keys)) }
            div.keys {
                @for (strokes, what) in keys {
                    span { @for stroke in *strokes { kbd { (stroke) } " " } }
                    span { (t(lang, *what)) }
                }
            }
            p.acts {
                a.btn href="/verify-call" { (icon("phone")) (t(lang, C::Title)) }
                button.btn type="button" data-close { (t(lang, M::Close)) }
            }
        }
    }
}

/// Draws a page for somebody who is not signed in.
#[must_use]
pub fn door(lang: Lang, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (t(lang, M::Product)) }
                link rel="icon" href=(url("mark.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(url("app.css"));
                script type="module" src=(url("device.js")) {}
            }
            body.door { main id="main" { (body) } }
        }
    }
}

/// Draws the bar on top of a page: the button for the drawer, a title, and what can be done.
#[must_use]
pub fn top(lang: Lang, title: &Markup, acts: &Markup) -> Markup {
    html! {
        header.top {
            button.ib.burger type="button" data-drawer aria-label=(t(lang, M::Menu)) { (icon("menu")) }
            (title)
            span.sp {}
            (acts)
        }
    }
}
