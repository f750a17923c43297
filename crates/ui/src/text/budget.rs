//! How many people somebody may see.

use super::messages;

messages! {
    /// Words about the reading budget.
    B {
        Title: "Reading limits", "查看上限";
        OwnTitle: "People you have seen", "您查看过的人";
        OwnLead: "Custos counts whose data you see, so that a stolen session or a mistake cannot empty the address book. Looking at somebody again does not count.", "守客会统计您查看了多少人的资料，以免被盗的会话或失误导致客户资料外泄。再次查看同一个人不重复计数。";
        Hour: "Last hour", "最近 1 小时";
        Day: "Last 24 hours", "最近 24 小时";
        Seen: "People seen", "已查看人数";
        AskFrom: "Reason beyond", "超过后需说明原因";
        StopAt: "Stopped at", "上限";
        AskTitle: "You have seen many people", "您已查看了许多人";
        AskLead: "To see more people you have not seen yet, say what it is for. Security can read your reason. Everybody you have seen stays open to you.", "如需查看更多尚未查看过的人，请说明用途，安全人员可以看到您填写的原因。已查看过的人不受影响。";
        Reason: "What do you need it for?", "用途";
        ReasonHint: "For example: call list for the Lublin event, agreed with my manager.", "例如：经主管同意，为上海活动准备电话名单。";
        GoOn: "Go on for an hour", "继续查看 1 小时";
        Passed: "You can go on", "您可以继续了";
        PassedHint: "What you were about to do goes on as it was.", "刚才的操作将继续进行。";
        PassHolds: "You gave a reason. No other is asked for until", "您已说明原因，在此时间之前无需再次说明：";
        MoreHint: "At the limit an administrator can let you see as many again for a day.", "达到上限后，管理员可以为您追加一天的同等额度。";
        SetLead: "How many different people whoever holds a role may see, on pages, in searches, exports and through tokens together. With several roles the lowest limit counts. Beyond the first number a reason is asked for; at the second it stops until an administrator agrees.", "各角色可查看的不同人数，页面、搜索、导出和访问令牌合并计算。拥有多个角色时以最低上限为准。超过第一个数字需说明原因；达到第二个数字即停止，须经管理员同意。";
        SoftHour: "Reason, per hour", "每小时需说明原因";
        SoftDay: "Reason, per day", "每天需说明原因";
        HardHour: "Stop, per hour", "每小时上限";
        HardDay: "Stop, per day", "每天上限";
        Alone: "Exports without a second person", "无需他人同意的导出";
        AloneLead: "So many rows a day may one person take out alone; beyond, somebody else has to agree. Fewer counts at once. More takes a second person, and a reason.", "每人每天可单独导出的行数，超出须经他人同意。调低立即生效；调高须说明原因并经他人同意。";
        AloneRows: "Rows a day", "每天行数";
        AloneReason: "Reason, for more", "原因（调高时填写）";
        Readers: "Who has seen how many", "成员查看人数";
        ReadersHint: "Within the last 24 hours. Letting somebody see more is recorded, and they are told.", "最近 24 小时。追加额度会被记录，并通知该成员。";
        NoReaders: "Nobody has seen anybody within the last 24 hours.", "最近 24 小时内无人查看过资料。";
        Raise: "Let them see as many again for a day", "追加一天的同等额度";
        Raised: "Raised until tomorrow", "已追加额度";
    }
}
