//! Words of what takes a second person.

use kernel::Lang;

super::messages! {
    /// What the pages of approvals say.
    V {
        Title: "Approvals", "审批";
        Lead: "Some things take two people. Whoever agrees has looked at exactly what is written here: if anything of it changes, it has to be asked again.", "有些操作需要两个人共同完成。同意者核对的正是此处所写的内容，如有任何改动，必须重新申请。";
        Waiting: "Waiting for you", "等待您处理";
        Own: "What you asked for", "您的申请";
        Over: "Decided", "已处理";
        Nothing: "Nothing waits for you", "没有需要您处理的申请";
        NothingHint: "When a colleague needs a second person, you find it here.", "同事需要第二个人同意时，您会在这里看到。";
        Asked: "Asked by", "申请人";
        Reason: "Reason", "理由";
        Until: "Open until", "有效期至";
        By: "Decided by", "处理人";
        Answer: "Why not", "拒绝理由";
        Why: "What happened", "情况说明";
        Approve: "Agree", "同意";
        ApproveHint: "You are asked for your passkey. It is done at once, in the name of whoever asked.", "需要使用您的通行密钥。同意后立即以申请人的名义执行。";
        Refuse: "Refuse", "拒绝";
        RefuseLabel: "Why you refuse", "拒绝理由";
        Withdraw: "Take it back", "撤回申请";
        OwnHint: "Somebody else has to agree. Tell a colleague, or wait until one looks here.", "需要其他人同意。请告知同事，或等待同事查看此页面。";
        Alone: "Done alone", "单人执行";
        AloneHint: "Nobody agreed beforehand. Look at what was done and write what you found: until then this stays here.", "此操作事先未经他人同意。请核查所做的操作并写下结论，在此之前它会一直显示在这里。";
        Review: "What you found", "核查结论";
        ReviewSend: "Close the review", "完成核查";
        Reviewed: "Reviewed by", "核查人";
        ReviewedWords: "Found", "核查结论";
        ToReview: "Review", "待核查";
        Back: "All approvals", "全部审批";
        StateWaiting: "Waiting", "等待中";
        StateApproved: "Agreed", "已同意";
        StateDone: "Done", "已执行";
        StateRefused: "Refused", "已拒绝";
        StateWithdrawn: "Taken back", "已撤回";
        StateExpired: "Expired", "已过期";
        StateVoid: "Void", "已失效";
        StateFailed: "Failed", "执行失败";
        AskReason: "Why this is needed", "为何需要";
        AskReasonHint: "Whoever agrees reads it, and it stays on record.", "审批人会看到，并会留存记录。";
        Ask: "Ask a second person", "请第二个人同意";
        GoAlone: "Go ahead alone", "单人执行";
        GoAloneHint: "Every administrator and security officer is told at once, and somebody else has to look at it afterwards.", "所有管理员和安全官会立即收到通知，事后须由他人核查。";
    }
}

super::messages! {
    /// What the pages of exports say.
    E {
        Title: "Export", "导出";
        Lead: "A file leaves the place where everything is sealed and every look is on record. Take only what you need.", "文件一旦导出，便离开了数据密封、查阅留痕的环境。请只导出必要的内容。";
        TakesTwo: "This takes a second person", "此导出需要第二个人同意";
        Fields: "Fields that go along", "导出的字段";
        FieldsHint: "Sealed fields stay here. Every row carries a mark that says who took it out.", "密封字段不会导出。每一行都带有标记，可追溯导出人。";
        Start: "Take them out", "开始导出";
        Own: "Your exports", "我的导出";
        OwnLead: "A file waits a day for you and for nobody else, then its rows are destroyed.", "文件仅供您本人下载，保留一天后销毁。";
        Wait: "Rows are taken in the background. You can leave this page.", "系统正在后台处理，您可以离开此页面。";
        LookAgain: "Look again", "刷新";
        Passphrase: "Passphrase of the file", "文件密码";
        KeyInstead: "For your own key of age instead", "改用您的 age 公钥";
        Key: "Public key", "公钥";
        KeyHint: "Then there is no passphrase: only your identity opens the file (age -d -i).", "此时无需文件密码，只有您的 age 身份文件能打开（age -d -i）。";
        Form: "Form of the file", "文件格式";
        Csv: "CSV, for every program", "CSV（通用）";
        Xlsx: "Excel workbook", "Excel 工作簿";
        XlsxHint: "A workbook cuts texts at 32,767 characters; CSV holds everything.", "Excel 工作簿中的文本最多 32,767 个字符，CSV 则完整保留。";
        PassphraseHint: "At least 15 characters. It is not kept here: without it nobody opens the file. Open it with age (age -d).", "至少 15 个字符。系统不会保存，没有它任何人都无法打开文件。请使用 age 工具打开（age -d）。";
        Download: "Download", "下载";
        Until: "Destroyed on", "销毁时间：";
        Discard: "Destroy it now", "立即销毁";
        StatePlanned: "Not begun", "未开始";
        StateRunning: "Under way", "进行中";
        StateReady: "Ready", "可下载";
        StateFailed: "Failed", "失败";
        StateGone: "Destroyed", "已销毁";
    }
}

/// A word that is stored, and what it is called.
type Called = (&'static str, &'static str, &'static str);

const RULES: &[Called] = &[
    ("export", "Export of many records", "导出大量记录"),
    ("export-limit", "More rows taken out by one person alone", "提高一人可单独导出的行数"),
    ("role-grant", "A role that watches over others", "授予监督类角色"),
    ("app", "An app of somebody else", "接入第三方应用"),
    ("erase", "Erasing a person", "抹除一个人的数据"),
    ("budget", "Reading more than usual", "超出查阅额度"),
];

const TERMS: &[Called] = &[
    ("object", "What", "对象"),
    ("before", "Until now", "原值"),
    ("rows", "How many", "数量"),
    ("fields", "Fields", "字段"),
    ("sensitive", "Sealed fields", "密封字段"),
    ("filter", "Which ones", "筛选条件"),
    ("format", "File", "文件格式"),
    ("recipient", "Sealed for", "密封方式"),
    ("person", "Person", "成员"),
    ("held", "Roles now", "现有角色"),
    ("roles", "Roles", "角色"),
    ("app", "App", "应用"),
    ("maker", "Made by", "开发方"),
    ("addresses", "Answers at", "回调地址"),
    ("scopes", "May", "权限"),
    ("until", "Until", "截止时间"),
    ("network", "From", "来源网络"),
    ("people", "People", "人数"),
    ("basis", "Basis in law", "法律依据"),
    ("records", "Records that go or are emptied", "将被删除或清空的记录"),
];

fn called(table: &[Called], lang: Lang, word: &str) -> Option<&'static str> {
    let (_, en, zh) = table.iter().find(|(known, ..)| *known == word)?;
    Some(crate::either(lang, en, zh))
}

/// Returns what a rule is called.
#[must_use]
pub fn rule(lang: Lang, name: &str) -> &str {
    called(RULES, lang, name).unwrap_or(name)
}

/// Returns what a term is called.
#[must_use]
pub fn term(lang: Lang, name: &str) -> &str {
    called(TERMS, lang, name).unwrap_or(name)
}
