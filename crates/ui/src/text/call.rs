//! Who is on the phone.

use super::messages;

messages! {
    /// Words about checking a caller. `{}` is a name.
    C {
        Title: "Verify a call", "核实来电";
        Lead: "Somebody calls and says they are a colleague, or from IT? Read a code to each other. Only the real person, signed in, can see theirs.", "有人来电自称是同事或 IT 部门？互相读出验证码即可核实，只有已登录的本人才能看到自己的验证码。";
        Begin: "Who is on the phone?", "对方是谁？";
        Colleague: "Colleague", "同事";
        BeginHint: "Choose the person they say they are.", "请选择对方自称的人。";
        Start: "Verify", "开始核实";
        Nobody: "There is nobody else here yet.", "暂无其他成员。";
        With: "Is it {}?", "对方是{}吗？";
        From: "{} wants to verify a call with you", "{}想与您核实通话";
        OnPhone: "On the phone: prove that it is you", "通话中：证明您的身份";
        WithCustomer: "A customer checks that it is you", "客户核实您的身份";
        ReadOut: "Read this out", "请读出";
        Heard: "Type the code they read to you", "输入对方读出的验证码";
        Check: "Check", "核实";
        Look: "Refresh", "刷新";
        OneLeft: "That was wrong. One try is left.", "验证码不正确，还剩 1 次机会。";
        TwoLeft: "That was wrong. Two tries are left.", "验证码不正确，还剩 2 次机会。";
        Verified: "This is {}", "已确认是{}";
        VerifiedHint: "The code came from their own session. What they ask for can still be wrong: see below.", "验证码来自对方本人的会话。但请求本身仍可能有问题，请参阅下文。";
        Confirmed: "{} knows that it is you", "{}已确认是您本人";
        Over: "The time is up", "已超时";
        OverHint: "A code is good for two minutes. Begin again.", "验证码两分钟内有效，请重新开始。";
        Void: "Too many wrong codes", "错误次数过多";
        VoidHint: "Hang up, and call the person under a number you know.", "请挂断电话，并拨打您已知的号码联系本人。";
        CustomerLead: "Ask the customer to open your company's own address, not one you send, and to type this code there.", "请客户自行打开贵公司的网址（不要发送链接），并在页面上输入此验证码。";
        PublicPage: "Where they type it", "输入验证码的网址";
        CustomerFirst: "Did they call you? Hang up first, and dial the number in their record: somebody in between could pass codes on.", "如果是对方打来的，请先挂断，再拨打记录中的号码：中间人可能会转述验证码。";
        CustomerDone: "The customer knows that it is you", "客户已确认是您";
        CustomerDoneHint: "Their page now shows a code. Ask them to read it back to you.", "对方的页面上现已显示一个验证码，请对方读给您听。";
        Dialled: "I dialled the number in the record", "我拨打的是记录中的号码";
        DialledHint: "Leave this empty if they called you, or told you the number.", "如果是对方打来的，或号码由对方告知，请勿勾选。";
        CustomerRight: "You are talking to the person at the number in the record", "您正在与记录中号码的持有人通话";
        CustomerRightHint: "They read back what only their own page shows. What they ask for can still be wrong: see below.", "对方读出了只有其页面才显示的验证码。但请求本身仍可能有问题，请参阅下文。";
        CustomerHeard: "Who is on the phone is who typed your code", "电话中的人就是输入您验证码的人";
        CustomerHeardHint: "That does not prove who they are. Before you tell or change anything, call them under the number in the record.", "这并不能证明对方的身份。在告知或更改任何内容之前，请拨打记录中的号码联系对方。";
        NeverTitle: "What IT will never ask you for", "IT 部门绝不会向您索取或要求";
        NeverPassword: "Your password, spoken or typed anywhere but the sign-in page", "您的密码，无论口头告知或在登录页以外输入";
        NeverCode: "A code from your app, a text message or your recovery codes", "应用、短信中的验证码或恢复码";
        NeverPasskey: "To add or confirm a passkey while you are on the phone", "在通话期间添加或确认通行密钥";
        NeverRemote: "To let them control your screen without an appointment", "未经预约远程控制您的屏幕";
        NeverInstall: "To install a program or open a link they name", "安装对方指定的程序或打开其链接";
        NeverPay: "To buy gift cards, or to change where money goes", "购买礼品卡或更改收款账户";
        NeverHint: "Whoever asks for one of these is not from IT, whatever their code says. Hang up and tell your security officer.", "提出上述任何要求的人都不是 IT 部门人员，无论验证码是否正确。请挂断电话并告知安全官。";
        PublicTitle: "Is it really {}?", "真的是{}吗？";
        PublicLead: "Somebody who says they call for this company can read you a code. Type it here.", "自称代表本公司来电的人可以向您读出一个验证码，请在此输入。";
        PublicCode: "The code you hear", "您听到的验证码";
        PublicYes: "Yes: somebody of {} reads this code to you now", "是的：{}的员工此刻正向您读出此验证码";
        PublicYesHint: "The code works once. If nobody is reading it to you, call the company.", "验证码只能使用一次。如果没有人正向您读出它，请致电该公司。";
        PublicBack: "If they ask who you are, read this back", "如果对方要确认您的身份，请读出";
        PublicNever: "We never ask for passwords, codes of your bank, or remote control.", "我们绝不会索取密码、银行验证码或要求远程控制。";
        PublicType: "Open this page by an address you know, never by a link from the caller.", "请通过您已知的网址打开此页，切勿点击来电者提供的链接。";
    }
}
