// Invented DingTalk groups: one ready, one at its limit, one that refuses; and a plain webhook.
import type { GroupForm, GroupNow, GroupView, Lang, TestView, WebhookReading } from "../bindings";
import { apiError, problem, type Trouble } from "./say";

export interface FakeGroup { view: Omit<GroupView, "problem" | "until_ms" | "attention">; trouble: Trouble | null; until: number | null; form?: Partial<GroupForm> }

export const emptyGroup: GroupForm = {
  name: "", webhook: null, keywords: [], sign_secret: null, mention: [], pc_slide: false, headers: [], username: "", password: null, insecure_skip_verify: false,
};

/** What the form of an invented group starts from. */
export const groupForm = (group: FakeGroup): GroupForm => ({ ...emptyGroup, ...group.form, name: group.view.name, keywords: [...group.view.keywords], webhook: null, sign_secret: null, password: null });

export const groupNow = (group: FakeGroup, refused: number, now: number): GroupNow => ({
  name: group.view.name, robot: group.view.robot, sent: group.view.state === "throttled" ? 18 : group.view.name.length % 7, limit: 18,
  until_ms: group.until === null ? null : now + group.until, refused,
});

export const noKeyword: Trouble = {
  code: "robot",
  what: ["DingTalk refuses: the message contains none of the robot's keywords (errcode 310000).", "钉钉拒收：消息中没有机器人要求的关键词（errcode 310000）。"],
  todo: ["Write the robot's keyword here, or choose Signing in the robot's security settings.", "在这里填写机器人的关键词，或在机器人的安全设置中改用“加签”。"],
};
const badSign: Trouble = {
  code: "robot",
  what: ["DingTalk refuses: the signature does not match (errcode 310000).", "钉钉拒收：签名不匹配（errcode 310000）。"],
  todo: ["Copy the secret from the robot's security settings again.", "请从机器人的安全设置中重新复制密钥。"],
};
const noToken: Trouble = {
  code: "bad_url", what: ["The address has no access_token.", "地址中没有 access_token。"],
  todo: ["Copy the whole webhook address from the robot's settings.", "请从机器人设置中复制完整的 Webhook 地址。"],
};
const noUrl: Trouble = { code: "bad_url", what: ["This is not an address.", "这不是一个地址。"], todo: ["It starts with https://.", "地址以 https:// 开头。"] };

export const initialGroups = (): FakeGroup[] => [
  { view: { name: "payments-alerts", robot: true, state: "refusing", waiting: 3, host: "oapi.dingtalk.com", keywords: ["告警"], signed: false, triggers: ["on-health-degraded", "on-sync-failed"], on: true }, trouble: noKeyword, until: null },
  { view: { name: "releases", robot: true, state: "throttled", waiting: 9, host: "oapi.dingtalk.com", keywords: [], signed: true, triggers: ["on-deployed"], on: true }, trouble: null, until: 41_000 },
  { view: { name: "platform-oncall", robot: true, state: "ready", waiting: 0, host: "oapi.dingtalk.com", keywords: ["ArgoCD", "Dinghy"], signed: true, triggers: ["on-health-degraded", "on-sync-failed", "on-sync-status-unknown", "on-deployed"], on: true }, trouble: null, until: null, form: { mention: [{ who: "alice", to: "13800000000" }, { who: "Bob Li", to: "manager7" }] } },
  { view: { name: "audit-log", robot: false, state: "ready", waiting: 0, host: "hooks.corp.internal", keywords: [], signed: false, triggers: [], on: true }, trouble: null, until: null, form: { headers: [{ name: "Authorization", value: "", secret: true, kept: true }] } },
];

export const groupView = (lang: Lang, group: FakeGroup, now: number): GroupView => ({
  ...group.view, attention: group.view.on && group.view.state === "refusing", until_ms: group.until === null ? null : now + group.until, problem: group.trouble && problem(lang, group.trouble),
});

export function readWebhook(lang: Lang, text: string): WebhookReading {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return { host: "", robot: false, foreign_host: false, problem: problem(lang, noUrl) };
  }
  const robot = url.pathname.endsWith("/robot/send");
  const missing = robot && !url.searchParams.get("access_token");
  return { host: url.host, robot, foreign_host: robot && url.host !== "oapi.dingtalk.com", problem: missing ? problem(lang, noToken) : null };
}

/** Invented answers: a signing secret `bad` and a webhook with `nokey` are refused. */
export function tryGroup(lang: Lang, form: GroupForm): TestView {
  const trouble = form.sign_secret === "bad" ? badSign : form.webhook?.includes("nokey") ? noKeyword : null;
  return trouble
    ? { ok: false, errcode: 310000, errmsg: trouble === badSign ? "sign not match" : "keywords not in content", problem: problem(lang, trouble), millis: 131 }
    : { ok: true, errcode: 0, errmsg: "ok", problem: null, millis: 168 };
}

/** As Rust does: a mobile or a user id, nothing else. */
export function checkPeople(lang: Lang, form: GroupForm): void {
  form.mention.forEach(({ who, to }, row) => {
    if (who.trim() + to.trim() !== "" && !/^(1\d{10}|\+\d+-\d+|[A-Za-z0-9][\w@.-]{0,63})$/.test(to.trim())) {
      throw apiError(lang, "form", ["Write a mobile or a DingTalk user id.", "请填写手机号或钉钉 userId。"], ["", ""], `mention.${row}.to`);
    }
  });
}
