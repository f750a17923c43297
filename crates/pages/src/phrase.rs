//! What the ledger says, in words: who did what to which things.

use authz::Role;
use kernel::Lang;
use ledger::verbs;
use records::history::Event;
use records::{Object, Objects, Records};
use ui::either;

/// Says a role.
#[must_use]
pub const fn role_text(lang: Lang, role: Role) -> &'static str {
    match role {
        Role::Administrator => ui::either(lang, "Administrator", "管理员"),
        Role::SecurityOfficer => ui::either(lang, "Security officer", "安全官"),
        Role::PrivacyOfficer => ui::either(lang, "Privacy officer", "隐私官"),
        Role::Auditor => ui::either(lang, "Auditor", "审计员"),
        Role::Manager => ui::either(lang, "Manager", "经理"),
        Role::Agent => ui::either(lang, "Agent", "业务员"),
        Role::Marketer => ui::either(lang, "Marketer", "市场人员"),
        Role::Viewer => ui::either(lang, "Viewer", "只读成员"),
        Role::Made(_) => ui::either(lang, "A role of your own", "自定义角色"),
    }
}

/// A verb of the ledger, and how it is said; `{}` is what it was done to.
type Phrase = (&'static str, &'static str, &'static str);

const PHRASES: &[Phrase] = &[
    (verbs::READ, "viewed {}", "查看了{}"),
    (verbs::LIST, "saw {} in a list", "在列表中看到{}"),
    (verbs::SEARCH, "found {} by search", "通过搜索找到{}"),
    (verbs::REVEAL, "opened a sealed field of {}", "查看了{}的密封字段"),
    (verbs::CREATE, "created {}", "新建了{}"),
    (verbs::UPDATE, "changed {}", "修改了{}"),
    (verbs::DELETE, "moved {} to the bin", "将{}移入回收站"),
    (verbs::RESTORE, "restored {}", "恢复了{}"),
    (verbs::MERGE, "merged {}", "合并了{}"),
    (verbs::SHARE, "shared {}", "共享了{}"),
    (verbs::ASSIGN, "gave {} another owner", "更换了{}的负责人"),
    (verbs::IMPORT, "imported {}", "导入了{}"),
    (verbs::EXPORT, "exported {}", "导出了{}"),
    (verbs::DOWNLOAD, "downloaded {}", "下载了{}"),
    (verbs::UNDO, "undid a change of {}", "撤销了对{}的更改"),
    (verbs::DAMAGE, "was refused {}: it was altered outside Custos", "未能查看{}：它在守客之外被篡改"),
    (verbs::RIGHTS_ACCEPT, "took accounts and roles as they stand for genuine", "确认了当前的账户与角色为真实数据"),
    (verbs::ERASE, "erased a person's data", "抹除了一个人的数据"),
    (verbs::SIGN_IN, "signed in", "登录了"),
    (verbs::SIGN_IN_FAILED, "tried to sign in", "尝试登录"),
    (verbs::STEP_UP, "confirmed their identity", "再次验证了身份"),
    (verbs::SIGN_OUT, "signed out", "退出了登录"),
    (verbs::SESSION_END, "ended a session", "结束了一个会话"),
    (verbs::LOCK_OUT, "was locked out for a while", "被暂时锁定"),
    (verbs::PASSWORD_CHANGE, "changed a password", "更改了密码"),
    (verbs::FACTOR_ADD, "added a way to sign in", "添加了登录方式"),
    (verbs::FACTOR_REMOVE, "removed a way to sign in", "移除了登录方式"),
    (verbs::INVITE, "invited somebody", "邀请了成员"),
    (verbs::INVITE_ACCEPT, "accepted an invitation", "接受了邀请"),
    (verbs::INVITE_REVOKE, "withdrew an invitation", "撤回了邀请"),
    (verbs::USER_CREATE, "created an account", "创建了账户"),
    (verbs::USER_UPDATE, "changed an account", "修改了账户"),
    (verbs::USER_SUSPEND, "disabled an account", "停用了账户"),
    (verbs::USER_RESUME, "enabled an account", "启用了账户"),
    (verbs::ROLE_GRANT, "gave somebody a role", "授予了角色"),
    (verbs::ROLE_REVOKE, "took a role from somebody", "撤销了角色"),
    (verbs::ROLE_CHANGE, "changed what a role allows", "更改了角色权限"),
    (verbs::TEAM_CHANGE, "changed a team", "更改了团队"),
    (verbs::TOKEN_CREATE, "created an access token", "创建了访问令牌"),
    (verbs::TOKEN_REVOKE, "withdrew an access token", "撤销了访问令牌"),
    (verbs::APPROVAL_REQUEST, "asked for approval", "请求了审批"),
    (verbs::APPROVAL_GRANT, "approved a request", "批准了请求"),
    (verbs::APPROVAL_REFUSE, "refused a request", "拒绝了请求"),
    (verbs::DENIED, "tried something not allowed", "尝试了不允许的操作"),
    ("tell-apart", "said whether {} are the same", "判断了{}是否为同一条"),
    ("budget-pass", "gave a reason to see more people", "说明原因后继续查看"),
    ("budget-raise", "let somebody see more people for a day", "为成员追加了一天的查看额度"),
    ("budget-told", "told security that somebody reached their limit", "通知安全人员有成员达到查看上限"),
    ("token-renew", "renewed {}", "续期了{}"),
    ("app-register", "registered {}", "登记了{}"),
    ("app-consent", "gave {} access", "授权了{}"),
    ("app-code", "exchanged a code of {}", "使用了{}的授权码"),
    ("app-stop", "stopped {}", "停用了{}"),
    ("attach", "added a file to {}", "为{}添加了文件"),
    ("attachment-fetch", "downloaded a file of {}", "下载了{}的文件"),
    ("attachment-remove", "removed a file from {}", "移除了{}的文件"),
    ("attachment-restore", "took back a removed file of {}", "恢复了{}已移除的文件"),
    ("hold", "placed a legal hold on {}", "对{}设置了法律保留"),
    ("hold-lift", "lifted the legal hold on {}", "解除了{}的法律保留"),
    ("propose", "suggested a change", "提出了更改建议"),
    ("proposal-accept", "accepted a suggestion", "接受了建议"),
    ("proposal-reject", "rejected a suggestion", "拒绝了建议"),
    ("canary-touched", "told security that {} was touched", "通知安全人员{}被触碰"),
    ("integrity-check", "looked through everything for what was altered", "全面检查了数据是否被篡改"),
    ("integrity-told", "told security what was found altered", "通知安全人员发现被篡改的数据"),
    ("webhook-send", "told a webhook about {}", "通过事件推送发送了{}"),
    ("webhook-test", "sent a test to {}", "测试了{}"),
    ("webhook-again", "sent something to {} again", "通过{}重新发送了通知"),
    (verbs::CONFIGURE, "changed a setting", "更改了设置"),
    (verbs::DEFINE, "changed a definition", "更改了定义"),
    ("key-escrow", "split the root key into shares", "将根密钥拆分为份额"),
    ("key-recover", "put the root key together from its shares", "用份额恢复了根密钥"),
    ("key-root", "replaced the root key", "更换了根密钥"),
    (verbs::KEY_ROTATE, "replaced a key", "更换了密钥"),
    (verbs::LEDGER_VERIFY, "checked the access log", "校验了访问日志"),
    (verbs::LEDGER_READ, "opened the access log", "打开了访问日志"),
    (verbs::BACKUP, "made a backup", "创建了备份"),
    (verbs::BACKUP_RESTORE, "restored a backup", "从备份恢复"),
    (verbs::START, "started", "启动了"),
    (verbs::STOP, "stopped", "停止了"),
    ("export-trace", "looked up who took a file out", "追溯了文件的导出人"),
    ("approval-withdraw", "took back a request for approval", "撤回了审批申请"),
    ("approval-carry-out", "carried out what was approved", "执行了已批准的操作"),
    ("approval-end", "ended a request for approval", "结束了审批申请"),
    ("approval-alone", "went ahead without a second person", "未经第二人同意执行了操作"),
    ("approval-review", "reviewed what was done alone", "核查了单人执行的操作"),
    ("factor-rename", "renamed a passkey", "重命名了通行密钥"),
    (
        "factor-suspend",
        "presented a passkey that seems copied; it was suspended",
        "出示了疑似被复制的通行密钥，该密钥已停用",
    ),
    ("notice-seen", "saw a notice about their account", "查看了账户通知"),
    ("call-check", "began to verify a call", "发起了来电核实"),
    ("call-verify", "verified a call", "核实了来电"),
    ("caller-known", "recognised {} in a call to the number in the record", "拨打记录中的号码，确认了{}的身份"),
    (
        "caller-heard",
        "checked a call about {} that does not prove who it was",
        "核实了与{}有关的通话，但未证明对方身份",
    ),
    ("rescue-ask", "asked to get back into an account", "申请恢复账户访问"),
    ("rescue-settle", "looked up whose account a recovery is about", "核对了恢复申请所属的账户"),
    ("rescue-approve", "agreed to recover an account", "同意恢复账户"),
    ("rescue-stop", "stopped the recovery of an account", "中止了账户恢复"),
    ("rescue-use", "recovered an account", "恢复了账户访问"),
    ("hand-over", "handed over what somebody owned who left", "移交了离职成员的记录"),
    ("link-create", "made a one-time link", "生成了一次性链接"),
    ("session-bind", "tied a session to its browser", "将会话与浏览器绑定"),
    ("session-prove", "could not show that a browser is the session's own", "未能证明浏览器属于该会话"),
];

/// What is not an object of the CRM: its name, one of it, several of it.
const OTHERS: &[(&str, &str, &str, &str)] = &[
    ("user", "person", "people", "成员"),
    ("session", "session", "sessions", "会话"),
    ("token", "access token", "access tokens", "访问令牌"),
    ("factor", "way to sign in", "ways to sign in", "登录方式"),
    ("link", "one-time link", "one-time links", "一次性链接"),
    ("notice", "notice", "notices", "通知"),
    ("setting", "setting", "settings", "设置"),
    ("rescue", "recovery request", "recovery requests", "恢复申请"),
    ("workspace", "workspace", "workspaces", "工作区"),
    ("import", "import", "imports", "导入任务"),
    ("call", "call check", "call checks", "来电核实"),
    ("export", "export", "exports", "导出任务"),
    ("app", "app", "apps", "应用"),
    ("key", "key", "keys", "密钥"),
    ("proposal", "suggestion", "suggestions", "建议"),
    ("canary", "canary contact", "canary contacts", "金丝雀联系人"),
    ("integrity", "integrity of the data", "integrity of the data", "数据完整性"),
    ("approval", "request for approval", "requests for approval", "审批申请"),
    ("webhook", "webhook", "webhooks", "事件推送"),
    ("ledger", "access log", "access logs", "访问日志"),
    ("role", "role", "roles", "角色"),
    ("team", "team", "teams", "团队"),
];

/// Returns the symbol and tone of a verb. Amber is left to sensitive fields.
#[must_use]
pub fn look(verb: &str) -> (&'static str, u8) {
    match verb {
        verbs::READ | verbs::LIST | verbs::SEARCH => ("eye", 0),
        verbs::CREATE | verbs::IMPORT => ("plus", 3),
        verbs::UPDATE => ("edit", 1),
        verbs::DELETE => ("trash", 7),
        verbs::RESTORE => ("restore", 4),
        verbs::REVEAL => ("eye", 2),
        _ => ("bolt", 0),
    }
}

/// Says what was done to one known record.
#[must_use]
pub fn done_to(lang: Lang, verb: &str, object: &Object) -> String {
    let thing = match lang {
        Lang::En => format!("this {}", object.label(lang).to_lowercase()),
        Lang::Zh => format!("此{}", object.label(lang)),
    };
    say(lang, verb, &thing)
}

/// Says what one act did in the same way to one or several kinds of things.
#[must_use]
pub fn happened(lang: Lang, events: &[&Event], objects: &Records) -> String {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for event in events {
        match kinds.iter_mut().find(|(known, _)| *known == event.object.as_str()) {
            Some((_, n)) => *n += event.ids.len(),
            None => kinds.push((event.object.as_str(), event.ids.len())),
        }
    }
    let mut all: Vec<String> = kinds.iter().map(|(name, n)| things(lang, name, *n, objects)).collect();
    let last = all.pop().unwrap_or_default();
    let verb = events.first().map_or("", |event| event.verb.as_str());
    let named = match (all.is_empty(), lang) {
        (true, _) => last,
        (false, Lang::En) => format!("{} and {last}", all.join(", ")),
        (false, Lang::Zh) => format!("{}和{last}", all.join("、").replace("、 ", "、")),
    };
    say(lang, verb, &named)
}

/// Says one thing that was done.
#[must_use]
pub fn deed(lang: Lang, verb: &str, (object, count): (&str, usize), objects: &Records) -> String {
    say(lang, verb, &things(lang, object, count, objects))
}

fn say(lang: Lang, verb: &str, thing: &str) -> String {
    let Some((_, en, zh)) = PHRASES.iter().find(|(known, ..)| *known == verb) else { return verb.replace('-', " ") };
    ui::either(lang, en, zh).replace("{}", thing)
}

/// Names what something was done to: `a contact`, `12 deals`, `3 个商机`.
#[must_use]
pub fn things(lang: Lang, name: &str, count: usize, objects: &Records) -> String {
    let (one, several) = called(lang, name, objects.objects());
    match (lang, count) {
        (Lang::En, 0) => several,
        (Lang::Zh, 0) => one,
        (Lang::En, 1) if one.starts_with(['a', 'e', 'i', 'o']) => format!("an {one}"),
        (Lang::En, 1) => format!("a {one}"),
        (Lang::En, _) => number_of(lang, name, count as u64, objects.objects()),
        (Lang::Zh, _) => format!(" {}", number_of(lang, name, count as u64, objects.objects())),
    }
}

/// Says how many there are of something: `1 contact`, `12 deals`, `3 位联系人`.
#[must_use]
pub fn number_of(lang: Lang, name: &str, count: u64, objects: &Objects) -> String {
    let ((one, several), n) = (called(lang, name, objects), ui::format::count(count));
    match (lang, count) {
        (Lang::En, 1) => format!("{n} {one}"),
        (Lang::En, _) => format!("{n} {several}"),
        (Lang::Zh, _) => format!("{n} {}{one}", measure(name)),
    }
}

/// Returns the word that stands between a number and what is counted in Chinese.
fn measure(name: &str) -> &'static str {
    match name {
        "contact" | "user" => "位",
        "company" => "家",
        "note" | "notice" | "proposal" => "条",
        "task" => "项",
        _ => "个",
    }
}

/// Returns what one and several of something are called within a sentence.
fn called(lang: Lang, name: &str, objects: &Objects) -> (String, String) {
    match (objects.get(name), OTHERS.iter().find(|(known, ..)| *known == name)) {
        (Some(object), _) => (object.label(lang).to_lowercase(), object.plural_label(lang).to_lowercase()),
        (None, Some((_, one, several, zh))) => match lang {
            Lang::En => ((*one).to_owned(), (*several).to_owned()),
            Lang::Zh => ((*zh).to_owned(), (*zh).to_owned()),
        },
        (None, None) => (name.to_owned(), name.to_owned()),
    }
}

/// Says what a program may do: `contact:read`, `contact:update` and the like, in words.
#[must_use]
pub fn scopes(lang: Lang, scopes: &[String], records: &Records) -> String {
    let mut said: Vec<(String, Vec<&str>)> = Vec::new();
    for (object, verb) in scopes.iter().filter_map(|scope| scope.split_once(':')) {
        let name = scope_object(lang, object, records);
        match said.iter_mut().find(|(known, _)| *known == name) {
            Some((_, verbs)) => verbs.push(scope_verb(lang, verb)),
            None => said.push((name, vec![scope_verb(lang, verb)])),
        }
    }
    let one = |(name, verbs): &(String, Vec<&str>)| {
        format!("{name}{}{}", either(lang, ": ", "："), verbs.join(either(lang, ", ", "、")))
    };
    said.iter().map(one).collect::<Vec<_>>().join(either(lang, "; ", "；"))
}

/// Names what a program is let at: `Contacts`, `People`.
#[must_use]
pub fn scope_object(lang: Lang, name: &str, records: &Records) -> String {
    if let Some(object) = records.objects().get(name) {
        return object.plural_label(lang).to_owned();
    }
    let word = things(lang, name, 0, records);
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Says one action of a program.
#[must_use]
pub fn scope_verb(lang: Lang, verb: &str) -> &'static str {
    match verb {
        "read" => either(lang, "read", "读取"),
        "create" => either(lang, "create", "新建"),
        "update" => either(lang, "change", "修改"),
        _ => either(lang, "delete", "删除"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_verb_is_said_in_both_languages() {
        for verb in verbs::ALL {
            assert!(PHRASES.iter().any(|(known, ..)| known == verb), "{verb}");
        }
    }

    #[test]
    fn what_is_counted_reads_as_part_of_a_sentence() {
        let objects = Objects::standard(kernel::Currency::EUR).unwrap();
        for (name, count, en, zh) in [
            ("contact", 1, "1 contact", "1 位联系人"),
            ("company", 2, "2 companies", "2 家公司"),
            ("deal", 1200, "1,200 deals", "1,200 个商机"),
            ("note", 3, "3 notes", "3 条记录"),
            ("task", 1, "1 task", "1 项任务"),
            ("session", 1, "1 session", "1 个会话"),
        ] {
            assert_eq!(number_of(Lang::En, name, count, &objects), en);
            assert_eq!(number_of(Lang::Zh, name, count, &objects), zh);
        }
    }
}
