//! Records that look like another.

use super::messages;

messages! {
    /// Words about records that look like another.
    L {
        Title: "Duplicates", "重复记录";
        Lead: "Records that look alike, the surest first. You see only those that you may see.", "看起来相似的记录，最可能重复的排在最前。仅显示您有权查看的记录。";
        Nothing: "No duplicates found", "未发现重复记录";
        NothingHint: "New and changed records are compared within a few seconds.", "新建和修改的记录会在几秒内完成比对。";
        Certain: "Almost certainly the same", "几乎可以确定为同一条";
        Likely: "Probably the same", "很可能为同一条";
        Possible: "Perhaps the same", "可能为同一条";
        Same: "Same", "相同的";
        Colleague: "Same name in the same company", "同一公司同名";
        Address: "Same name, nearly the same e-mail address", "同名且邮箱仅差一处";
        Spelling: "Nearly the same name in the same company", "同一公司且姓名仅差一处";
        Apart: "Not the same", "不是同一条";
        ApartDone: "Remembered: these are not the same", "已记住：这些不是同一条";
        Merge: "Merge", "合并";
        MergeLead: "Choose which record stays, and for each field which value it gets. The others go to the bin and point to it. Notes, tasks, deals and whatever else belongs to them move to the one that stays.", "选择保留哪条记录，以及各字段采用哪个值。其余记录移入回收站，并指向保留的记录。其名下的笔记、任务、商机等会转到保留的记录。";
        Stays: "Stays", "保留";
        Together: "of all", "合并所有";
        SealedStay: "Sealed fields do not move: each stays with its record.", "密封字段不会移动，仍留在各自的记录中。";
        MergeNow: "Merge into one", "合并为一条";
        Merged: "Merged", "已合并";
        Into: "Became one with another record", "已与另一条记录合并";
        IntoHint: "Go on with the record that stayed:", "请使用保留的记录：";
        Changed: "Changed", "修改于";
    }
}
