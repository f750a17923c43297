//! What is said of signing in, of accounts and of people.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    (
        "prove-device",
        [
            "Checking that this is your browser",
            "This takes a moment. Custos asks your browser now and then, so that nobody else can use your session.",
            "正在确认这是您的浏览器",
            "请稍候。守客会不时向您的浏览器确认，以防他人使用您的会话。",
        ],
    ),
    (
        "sign-device",
        [
            "Your browser has to confirm this",
            "Go back, reload the page and try again. With scripts switched off, sign out and sign in again.",
            "需要您的浏览器确认此操作",
            "请返回并重新加载页面后再试。如已停用脚本，请退出后重新登录。",
        ],
    ),
    (
        "signed-out",
        [
            "You are signed out",
            "Sign in again; what you typed is still in the other tab.",
            "您已退出登录",
            "请重新登录，您输入的内容仍保留在原标签页中。",
        ],
    ),
    (
        "proof-refused",
        [
            "The proof of the key does not hold",
            "The program has to sign each request anew with the key that its token is bound to, and its clock must be right.",
            "密钥证明无效",
            "程序必须使用令牌绑定的密钥为每个请求重新签名，且时钟必须准确。",
        ],
    ),
    (
        "wrong-credentials",
        [
            "E-mail address or password is wrong",
            "Check both. After several tries there is a pause.",
            "邮箱或密码不正确",
            "请检查后重试。多次失败后需要等待。",
        ],
    ),
    (
        "wrong-passkey",
        [
            "This passkey did not work",
            "Try another one, or sign in with your password.",
            "通行密钥验证未通过",
            "请使用其他通行密钥，或使用密码登录。",
        ],
    ),
    (
        "passkey-refused",
        [
            "This passkey could not be added",
            "Reload the page and try again.",
            "无法添加此通行密钥",
            "请重新加载页面后再试。",
        ],
    ),
    (
        "no-passkeys-here",
        [
            "No passkeys at this address",
            "Open Custos under its name and over HTTPS, or as localhost on its own machine.",
            "此地址不支持通行密钥",
            "请通过域名和 HTTPS 访问守客，或在本机使用 localhost。",
        ],
    ),
    (
        "step-up",
        [
            "Confirm that it is you",
            "Go back, try again, and confirm when you are asked.",
            "请确认是您本人操作",
            "请返回重试，并按提示确认身份。",
        ],
    ),
    (
        "prove-first",
        [
            "Your sign-in is not finished",
            "Confirm first that it is you. Open any page to see what is missing.",
            "登录尚未完成",
            "请先确认身份。打开任意页面即可查看还缺少什么。",
        ],
    ),
    (
        "policy-beyond",
        [
            "You would shut yourself out",
            "This asks more of your own role than you have confirmed in this session. Sign in as strongly as you would ask for, then save again.",
            "这样会把您自己挡在门外",
            "该设置对您自己角色的要求高于您本次登录的验证强度。请先以同样的强度登录，然后再保存。",
        ],
    ),
    ("caller-oneself", ["That is you", "Choose the person who is on the phone.", "这是您自己", "请选择电话中的对方。"]),
    (
        "caller-over",
        [
            "This check is over",
            "A code is good for two minutes and for three tries. Begin again.",
            "此次核实已结束",
            "验证码两分钟内有效，最多可输入 3 次。请重新开始。",
        ],
    ),
    (
        "caller-wrong",
        [
            "Nobody of this company reads this code to you now",
            "Check what you heard. If it stays like this, hang up and call the company under a number you know.",
            "本公司此刻没有人向您读出此验证码",
            "请核对您听到的内容。如仍不正确，请挂断电话，并拨打您已知的公司号码。",
        ],
    ),
    (
        "sso-down",
        [
            "Your company's sign-in does not answer",
            "Try again in a few minutes, or sign in another way. If it stays like this, tell whoever runs the server.",
            "企业登录服务没有响应",
            "请几分钟后再试，或使用其他方式登录。如持续出现，请告知服务器管理员。",
        ],
    ),
    (
        "sso-busy",
        ["Many people are signing in at this moment", "Try again in a moment.", "当前登录人数较多", "请稍后再试。"],
    ),
    (
        "sso-lost",
        [
            "This sign-in belongs to another tab, or took too long",
            "Begin again here. Nothing was changed.",
            "此次登录属于其他标签页，或已超时",
            "请在此重新开始，未做任何更改。",
        ],
    ),
    (
        "sso-refused",
        [
            "The sign-in was not completed",
            "It was cancelled, or your company's sign-in refused it. Begin again, or ask your IT department.",
            "登录未完成",
            "操作已取消，或被企业登录服务拒绝。请重新开始，或咨询 IT 部门。",
        ],
    ),
    (
        "sso-token",
        [
            "The answer of your company's sign-in cannot be trusted",
            "Begin again. If it happens twice, tell your IT department: somebody may be in between.",
            "企业登录服务的回复不可信",
            "请重新开始。如再次出现，请告知 IT 部门，可能有人从中拦截。",
        ],
    ),
    (
        "sso-clock",
        [
            "The clocks of the two servers are apart",
            "Tell whoever runs the server: its clock, or that of your company's sign-in, is wrong.",
            "两台服务器的时间不一致",
            "请告知服务器管理员：本服务器或企业登录服务的时钟有误。",
        ],
    ),
    (
        "sso-unknown",
        [
            "This company account is not connected to anybody here",
            "Sign in your usual way and connect it under My account. If you have never been here, ask an administrator for an invitation.",
            "此企业账户尚未关联任何成员",
            "请用平常的方式登录，然后在“我的账户”中关联。如果您是新成员，请向管理员索取邀请。",
        ],
    ),
    (
        "sso-no-role",
        [
            "Your company account gives you no role here",
            "Ask your IT department to put you into the right group.",
            "您的企业账户在此没有对应的角色",
            "请联系 IT 部门将您加入相应的群组。",
        ],
    ),
    (
        "sso-taken",
        [
            "This company account is connected already",
            "It belongs to you or to somebody else here. Disconnect it there first.",
            "此企业账户已被关联",
            "它已关联到您或其他成员，请先在原账户中取消关联。",
        ],
    ),
    (
        "last-factor",
        [
            "Nothing would be left to sign in with",
            "Add another passkey or set a password first.",
            "移除后将无法登录",
            "请先添加其他通行密钥或设置密码。",
        ],
    ),
    (
        "too-many-tries",
        ["Too many tries", "Wait a few minutes, then try again.", "尝试次数过多", "请等待几分钟后再试。"],
    ),
    (
        "link-spent",
        [
            "This link does not work any more",
            "It was used or its time is up. Ask for a new one.",
            "链接已失效",
            "链接已被使用或已过期，请索取新链接。",
        ],
    ),
    (
        "rescue-wrong-code",
        [
            "This code belongs to no request of this person",
            "Have it read to you again. If it stays wrong, somebody else may be asking: stop the request.",
            "该代码与此人的申请不符",
            "请让对方重新朗读。若仍不正确，可能是他人冒名申请，请中止。",
        ],
    ),
    (
        "rescue-agreed-already",
        [
            "You have agreed already",
            "Another administrator has to agree too.",
            "您已同意过",
            "还需要另一位管理员同意。",
        ],
    ),
    (
        "rescue-not-open",
        [
            "This link does not open yet",
            "Two administrators have to agree, and the wait has to be over.",
            "链接尚未开放",
            "需要两位管理员同意，且等待期已结束。",
        ],
    ),
    (
        "rescue-ask-administrators",
        [
            "There are two administrators",
            "They decide about it, on the recovery page.",
            "工作区有两位管理员",
            "请由他们在恢复页面决定。",
        ],
    ),
    (
        "already-set-up",
        [
            "This workspace is set up already",
            "Sign in, or ask for an invitation.",
            "工作区已设置完成",
            "请登录，或请求邀请。",
        ],
    ),
    (
        "email-taken",
        [
            "Somebody has this e-mail address already",
            "Use another one, or change that person's roles instead.",
            "该邮箱已被使用",
            "请使用其他邮箱，或修改该成员的角色。",
        ],
    ),
    (
        "on-oneself",
        [
            "Nobody does this to their own account",
            "Ask another administrator.",
            "不能对自己的账户执行此操作",
            "请联系其他管理员。",
        ],
    ),
    (
        "last-administrator",
        [
            "The workspace would have no administrator left",
            "Make somebody else administrator first.",
            "工作区将没有管理员",
            "请先指定另一位管理员。",
        ],
    ),
    (
        "wrong-state",
        ["This account is in another state", "Reload the page to see it.", "该账户状态已变化", "请重新加载页面查看。"],
    ),
    (
        "step-spent",
        ["That took too long", "Begin again. Nothing was changed.", "操作已超时", "请重新开始，未做任何更改。"],
    ),
    (
        "password-leans",
        [
            "Your password is too short to stand alone",
            "Choose one of at least 15 characters, then remove the second factor.",
            "您的密码过短，不能单独使用",
            "请先设置至少 15 个字符的密码，再移除第二验证因素。",
        ],
    ),
    (
        "breached-unavailable",
        [
            "The password cannot be checked at the moment",
            "Nothing was changed. Whoever runs the server finds the reason in its log.",
            "暂时无法检查密码",
            "未做任何更改，请服务器管理员查看日志。",
        ],
    ),
    (
        "nobody-there",
        ["There is no such person", "Reload the page to see who is there.", "没有此成员", "请重新加载页面查看。"],
    ),
];
