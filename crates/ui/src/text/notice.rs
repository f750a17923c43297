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

super::messages! {
    /// What recovery by two administrators says.
    R {
        Unable: "I can’t sign in", "无法登录？";
        AskTitle: "Get back into your account", "恢复账户访问";
        AskLead: "Lost your password, passkeys and codes? Two administrators can let you in again. It takes a day, so that nobody can rush it in your name.", "密码、通行密钥和恢复码都丢失了？两位管理员可以帮您恢复访问。整个过程需要一天，以防他人冒用您的名义仓促办理。";
        RecoveryCode: "Recovery code, if you have one left", "恢复码（如果还有）";
        RecoveryCodeHint: "With a right one the wait is four hours instead of a day.", "填写正确的恢复码可将等待时间由一天缩短为四小时。";
        Ask: "Ask the administrators", "向管理员申请";
        AskedTitle: "Keep this page", "请保留此页面";
        AskedLead: "If there is an account with this address, its administrators are told now. Do these three things:", "如果该邮箱对应某个账户，管理员现在会收到通知。请完成以下三步：";
        AskedLink: "Keep this link. It is shown only here and to nobody else, and opens only on the last step.", "保存此链接。它只在这里显示，其他人看不到，最后一步才能使用。";
        AskedCall: "Let two administrators call you back on a number they know. Read this code to each of them:", "请两位管理员拨打他们已知的号码回电给您，并向他们各读一遍此代码：";
        AskedWait: "When both have agreed, wait 24 hours, or 4 with a recovery code. Then open the link and set a new password.", "两位管理员都同意后，请等待 24 小时（提供恢复码则为 4 小时），然后打开链接设置新密码。";
        AskedNever: "Nobody from your company will ever ask for the link, a password or a passkey. Only the code is read out, and only when they called you.", "公司任何人都不会向您索要链接、密码或通行密钥。只有在对方回电时才朗读代码。";
        NotYetTitle: "This link does not open yet", "链接尚未开放";
        NotYetLead: "It opens when two administrators have agreed and the wait is over, unless somebody stopped it. It closes again three days later.", "在两位管理员同意且等待期结束后，链接才会开放，除非有人中止了申请。开放三天后将再次关闭。";
        OpenTitle: "Set a new password", "设置新密码";
        OpenLead: "Every session, passkey, app, recovery code and access token you had ends with it.", "设置后，您原有的所有会话、通行密钥、应用、恢复码和访问令牌都将失效。";
        Open: "Set password and sign in", "设置密码并登录";
        Requests: "Recovery requests", "账户恢复申请";
        RequestsLead: "People who lost every way to sign in. Call them back on a number you know, never on one from the request. Be sure it is them, and have them read the code from their screen.", "失去所有登录方式的成员。请拨打您已知的号码回电，切勿使用申请中提供的号码。确认是本人后，请对方朗读其屏幕上的代码。";
        NoRequests: "Nobody asks to get back in", "暂无恢复申请";
        NoRequestsHint: "Requests come from the sign-in page, “I can’t sign in”.", "申请来自登录页面的“无法登录？”。";
        CodeHeard: "The code they read to you", "对方朗读的代码";
        Spoken: "I called this person back on a number I know, and I am sure it is them.", "我已拨打已知号码回电，并确认是本人。";
        Agree: "Agree", "同意";
        Stop: "Stop", "中止";
        StopIt: "Stop it", "立即中止";
        Strong: "gave a recovery code", "提供了恢复码";
        Weak: "no recovery code", "未提供恢复码";
        Stopped: "The recovery was stopped", "已中止账户恢复";
    }
}
