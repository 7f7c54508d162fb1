// An invented rules file with one mistake, and a rough import: enough to see the page work.
import type { ImportView, Lang, ProblemView } from "../bindings";
import { problem, type Trouble } from "./say";

const text = `apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-notifications-cm
data:
  service.webhook.platform-oncall: |
    url: $platform-oncall-url
    headers: [{name: Content-Type, value: application/json}]
    dingtalk: {signSecret: $platform-oncall-sign, keywords: [ArgoCD, Dinghy]}
  service.webhook.releases: |
    url: $releases-url
  template.app-deployed: |
    webhook:
      releases:
        method: POST
        body: |
          {"msgtype": "text", "text": {"content": "{{.app.metadata.name}} 已部署 {{.app.status.sync.revision}}"}}
  template.app-health-degraded: |
    dingtalk: {msgtype: markdown, title: "{{.app.metadata.name}} 降级", text: "### {{.app.metadata.name}}"}
  trigger.on-deployed: |
    - when: app.status.operationState.phase in ['Succeeded'] and app.status.health.status == 'Healthy'
      oncePer: app.status.sync.revision
      send: [app-deployed]
  trigger.on-health-degraded: |
    - when: app.status.health.status = 'Degraded'
      send: [app-health-degraded]
  subscriptions: |
    - recipients: [releases, platform-oncall]
      triggers: [on-deployed, on-health-degraded]
`;

const mistake: Trouble = {
  code: "file", file: "notifications.yaml", line: 25, column: 38,
  what: ["trigger.on-health-degraded: = is not an operator.", "trigger.on-health-degraded：= 不是运算符。"],
  todo: ["Write == to compare.", "比较请写 ==。"],
};
const notYaml: Trouble = {
  code: "file", line: 1, column: 1,
  what: ["This is not a Kubernetes manifest: kind is missing.", "这不是 Kubernetes 清单：缺少 kind。"],
  todo: ["Paste the whole ConfigMap, starting at apiVersion.", "请粘贴完整的 ConfigMap，从 apiVersion 开始。"],
};

export const rulesText = text;
export const mistakeOf = (lang: Lang): ProblemView => problem(lang, mistake);

export function importView(lang: Lang, pasted: string): ImportView {
  if (pasted.trim() === "") return { added: [], replaced: [], secrets: [], problems: [], text, diff: [] };
  if (!/^kind:/m.test(pasted)) return { added: [], replaced: [], secrets: [], problems: [problem(lang, notYaml)], text, diff: [] };
  const found = [...pasted.matchAll(/^ {2}((?:trigger|template|service)\.[\w.-]+|context|subscriptions):/gm)].map((match) => match[1] ?? "");
  const known = new Set([...text.matchAll(/^ {2}([\w.-]+):/gm)].map((match) => match[1]));
  const secrets = [...new Set([...pasted.matchAll(/\$([\w-]+)/g)].map((match) => match[1] ?? ""))];
  return { added: found.filter((key) => !known.has(key)), replaced: found.filter((key) => known.has(key)), secrets, problems: [], text: pasted, diff: pasted.split("\n").filter((line) => line !== "").map((line) => ({ sign: "+", text: line })) };
}
