//! Whether everything stands as the program wrote it.

use super::messages;

messages! {
    /// Words about what somebody changed behind the program's back.
    X {
        Title: "Integrity", "数据完整性";
        Lead: "Every record and every file on one bears a mark that only this program can make, and every change stands in the access log. So does what says who may do what: accounts, roles, teams, sessions, tokens. Once a day the program looks through all of it: whether somebody altered, replaced or removed something directly in the database. What does not fit is never shown as genuine.", "每条记录及其附件都带有只有本程序才能生成的标记，每次更改都记入访问日志。账户、角色、团队、会话、令牌等决定权限的数据同样带有标记。程序每天全面检查一次：是否有人绕过程序，直接在数据库中篡改、替换或删除了内容。不相符的内容绝不会被当作真实数据显示。";
        Last: "Last looked through:", "上次检查：";
        Never: "not yet", "尚未检查";
        Running: "Looking now.", "正在检查。";
        Rows: "Records and files looked at:", "已检查记录和附件：";
        Entries: "entries of the access log:", "访问日志条目：";
        Now: "Look through it now", "立即检查";
        Begun: "It has begun", "已开始检查";
        AllWell: "Everything stands as it was written", "所有数据均与写入时一致";
        AllWellHint: "Security officers are told at once if that changes.", "一旦有变，将立即通知安全官。";
        Wrong: "Something does not stand as it was written", "有数据与写入时不一致";
        WhatToDo: "Somebody can write to the database past the program. Find out who, keep a copy of the database for whoever investigates, and bring back what is listed here from a backup. What stands again as it was written leaves this list when everything is looked through again.", "有人能够绕过程序直接写入数据库。请查明是谁，保留一份数据库副本以备调查，并从备份中恢复下列内容。恢复原状的条目在下次全面检查后会从列表中移除。";
        File: "File on a record", "记录的附件";
        User: "Account of a colleague", "同事账户";
        Session: "Session of a colleague", "同事的登录会话";
        Link: "One-time link", "一次性链接";
        Token: "Token of a program", "程序令牌";
        Identity: "Account of the identity provider", "身份提供方账户";
        Share: "Sharing of a record", "记录共享";
        Approval: "Request for a second person", "双人审批申请";
        App: "App of others", "第三方应用";
        Rescue: "Request for a way back in", "恢复登录申请";
        Roles: "Roles", "角色";
        Teams: "Teams", "团队";
        Policy: "Rules of sign-in", "登录规则";
        Export: "Limit of exports", "导出上限";
        Altered: "was altered outside of the program", "在程序之外被篡改";
        Older: "was put back to an older state", "被换回了旧版本";
        Missing: "was removed outside of the program", "在程序之外被删除";
        Back: "is back although it was removed", "已删除却又出现";
        KeyBack: "A destroyed key was put back into the keyring. Nothing was opened with it here, and it was deleted again.", "有人将一个已销毁的密钥放回了密钥库。本程序未用它解开任何内容，并已再次将其删除。";
        Unreadable: "cannot be looked through: the id of one was altered", "无法全部检查：其中一条的编号被篡改";
        Ledger: "The access log itself was altered. `custos ledger verify` says where.", "访问日志本身被篡改。运行 custos ledger verify 可查看具体位置。";
        Found: "Found", "发现于";
    }
}
