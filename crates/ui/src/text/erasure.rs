//! Words around erasing somebody.

use kernel::{Lang, Timestamp};

super::messages! {
    /// Words about erasing somebody.
    Z {
        Person: "Erased person", "已抹除的人";
        Nameless: "Name erased", "名称已抹除";
        Gone: "Everything about this person was erased", "此人的全部数据已被抹除";
        Title: "Erase this person", "抹除此人的数据";
        Open: "Erase or hold…", "抹除或保留…";
        Never: "This cannot be undone", "此操作无法撤销";
        NeverLead: "The key of this person is destroyed. Nobody can bring anything back afterwards: no administrator, no backup, no maker of this program.", "此人的密钥将被销毁。此后任何人都无法恢复：管理员不能，备份不能，开发者也不能。";
        Goes: "What goes", "删除的内容";
        Stays: "What stays", "保留的内容";
        StaysHint: "Amounts, dates and stages stay for the books, without names and texts.", "为满足账务要求，保留金额、日期和阶段，名称和文字内容将被清除。";
        AlsoHint: "Files that wait to be imported are removed, because any of them may hold this person. Exports that hold them and were not fetched are destroyed. A file that somebody has fetched is out of reach.", "等待导入的文件可能含有此人的数据，将全部移除。含有此人且尚未下载的导出会被销毁。已下载的文件无法收回。";
        Basis: "Why the law asks for it", "法律依据";
        Reason: "Reason", "理由";
        ReasonHint: "Whoever agrees reads it, and it stays on record. Write a case number, never the person’s name: what you write here is not erased.", "审批人会看到，并会留存记录。请填写案件编号，切勿填写此人姓名：此处的文字不会被抹除。";
        Sure: "I know that this cannot be undone", "我知道此操作无法撤销";
        Hold: "Legal hold", "法律保留";
        HoldLead: "While a hold stands, nobody can erase this person. Everybody who sees the record sees that it is held, and until when; only privacy officers see why.", "保留期间，任何人都不能抹除此人的数据。能查看此记录的人都会看到保留状态和截止日期，只有隐私官能看到原因。";
        HoldUntil: "Until the end of", "截止日期";
        HoldWhy: "Why it must be kept", "保留原因";
        HoldPlace: "Place the hold", "设置保留";
        HoldLift: "Lift the hold", "解除保留";
        Placed: "The hold stands", "已设置法律保留";
        Lifted: "The hold is lifted", "已解除法律保留";
        HoldStands: "A legal hold stands over this record", "此记录处于法律保留状态";
        HoldStandsLead: "It must be kept as it is and cannot be erased.", "必须原样保留，不能抹除。";
        By: "Placed by", "设置人";
        List: "Erasures", "抹除记录";
        ListLead: "Who was erased, by whom and when. What is kept here says nothing about the person.", "记录何人于何时执行了抹除。此处的信息不涉及被抹除者本人。";
        Nothing: "Nobody was erased yet", "还没有抹除任何人的数据";
        NothingHint: "A privacy officer begins on the page of a contact.", "隐私官可在联系人页面发起。";
        Back: "All erasures", "全部抹除记录";
        Record: "What is left of the record", "保留的记录页面";
        LookRecord: "Look at the record", "查看此记录";
        Asked: "Asked by", "申请人";
        Agreed: "Agreed by", "同意人";
        AloneWord: "Nobody: done alone", "无，单人执行";
        Decided: "Decided", "批准时间";
        Live: "Nothing opens since", "数据无法打开的时间";
        Backups: "In backups too, from", "备份同样失效的时间";
        BackupsHint: "Backups of the keys are kept so long; then no copy of any age opens this person’s data.", "密钥备份保留至此时间，此后任何时期的副本都无法打开此人的数据。";
        Exports: "Exports taken back", "撤回的导出";
        Imports: "Imports stopped", "停止的导入";
        Certificate: "Certificate", "证明";
        CertificateHint: "Signed with the key of the ledger. Whoever runs the server checks it with:", "由账本密钥签名。服务器管理员可用以下命令验证：";
        Download: "Download the certificate", "下载证明";
        StateBegun: "Under way", "进行中";
        StateDone: "Done", "已完成";
        Underway: "The rest happens by itself within a minute. You can leave this page.", "其余步骤会在一分钟内自动完成，您可以离开此页面。";
        GoneLead: "Nobody can open it any more, here or in a backup whose keys are due to be gone. This page stays so that links lead somewhere.", "任何人都无法再打开，密钥到期清除后的备份亦然。保留此页面是为了让指向它的链接有所归处。";
    }
}

/// Says when somebody was erased.
#[must_use]
pub fn erased_on(lang: Lang, at: Timestamp) -> String {
    match lang {
        Lang::En => format!("Erased on {}", at.date()),
        Lang::Zh => format!("已于 {} 抹除", at.date()),
    }
}

/// Says until when a record is held.
#[must_use]
pub fn held_until(lang: Lang, until: Timestamp) -> String {
    match lang {
        Lang::En => format!("The hold ends after {}.", until.date()),
        Lang::Zh => format!("保留截至 {}。", until.date()),
    }
}

/// Why the law asks for it: the stored word, and what it is called.
const BASES: &[(&str, &str, &str)] = &[
    ("request", "The person asked for it, or took their consent back", "本人要求删除，或撤回了同意"),
    ("purpose", "The data is not needed any more", "数据已不再需要"),
    ("objection", "The person objected", "本人提出了反对"),
    ("unlawful", "The data should never have been kept", "数据本不应被收集或保存"),
    ("law", "Another law demands it", "其他法律要求删除"),
];

/// Returns what a basis is called.
#[must_use]
pub fn basis(lang: Lang, word: &str) -> &str {
    let known = BASES.iter().find(|(known, ..)| *known == word);
    known.map_or(word, |(_, en, zh)| crate::either(lang, en, zh))
}
