//! Words of what people are told about their accounts.

super::messages! {
    /// What notices, and the pages that come of them, say.
    N {
        Notices: "Notices", "通知";
        Lead: "What happened to your account. Custos sends no e-mail yet: look here.", "您的账户动态。守客暂不发送邮件，请在此查看。";
        Nothing: "Nothing happened to your account", "您的账户暂无动态";
        NothingHint: "New sign-ins and changes to how you sign in are shown here.", "新的登录以及登录方式的变更会显示在这里。";
        SeenAll: "Mark all as seen", "全部标为已读";
        Unseen: "not seen yet", "未读";
        WasMe: "It was me", "是我本人";
        GotIt: "Got it", "知道了";
        NotMe: "This was not me", "不是我";
        Ended: "You are signed out everywhere else", "您已在其他所有设备上退出登录";
        EndedHint: "Now change your password, and remove every passkey and app below that is not yours. If you cannot, call an administrator.", "请立即更改密码，并移除下方不属于您的通行密钥和应用。如无法操作，请联系管理员。";
        Entries: "Last sign-ins", "最近登录";
        NotYou: "Not you?", "不是您？";
    }
}
