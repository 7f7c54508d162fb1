// Every page, form, dialog and state of the window that is looked at, each by its address.

export interface View {
  name: string;
  path: string;
  /** The test id of what shows that the page is there. */
  ready: string;
  /** More for the window's own address: `empty`, `apps=5000`, `demo`. */
  query?: string;
  /** What is clicked or pressed then (`click:ID`, `first:ID`, `show:ID`, `keys:TEXT`, `wait:ID`). */
  steps?: readonly string[];
}

const TAB = "\ue004";
const DOWN = "\ue015";

export const views: readonly View[] = [
  { name: "overview", path: "/overview", ready: "timeline" },
  { name: "overview-week", path: "/overview?period=week", ready: "timeline" },
  { name: "overview-row", path: "/overview", ready: "timeline", steps: ["focus:attention-open"] },
  { name: "overview-empty", path: "/overview", ready: "start", query: "empty" },
  { name: "apps", path: "/apps", ready: "app-row" },
  { name: "apps-details", path: "/apps/prod-cn/argocd/payments-gateway", ready: "app-history" },
  { name: "apps-rules", path: "/apps/prod-cn/argocd/payments-gateway", ready: "app-rule", steps: ["show:app-rules", "first:app-rule", "wait:explained"] },
  { name: "apps-mute", path: "/apps/prod-cn/argocd/payments-gateway", ready: "app-history", steps: ["click:mute", "wait:mute-hour"] },
  { name: "apps-old", path: "/apps?server=prod-eu", ready: "app-row" },
  { name: "apps-none", path: "/apps?q=zzz", ready: "filter-clear" },
  { name: "apps-focus", path: "/apps", ready: "app-row", steps: ["keys:/", `keys:${TAB}`, "focus:app-list", `keys:${DOWN}`] },
  { name: "events", path: "/events", ready: "event-row" },
  { name: "events-open", path: "/events", ready: "event-row", steps: ["first:event-row"] },
  { name: "events-why", path: "/events", ready: "event-row", steps: ["first:event-row", "click:event-why", "wait:explained"] },
  { name: "events-none", path: "/events?q=zzz", ready: "events-search" },
  { name: "groups", path: "/groups", ready: "group-row" },
  { name: "groups-details", path: "/groups/releases", ready: "group-details" },
  { name: "groups-webhook", path: "/groups/audit-log", ready: "group-details" },
  { name: "groups-desktop", path: "/groups", ready: "desktop-row", steps: ["click:desktop-set", "wait:desktop-switch", "click:desktop-more"] },
  { name: "groups-add", path: "/groups?add=1", ready: "group-form" },
  { name: "groups-edit", path: "/groups/platform-oncall?edit=1", ready: "group-form" },
  { name: "groups-remove", path: "/groups/releases", ready: "group-details", steps: ["click:group-remove", "wait:dialog"] },
  { name: "servers", path: "/servers", ready: "server-row" },
  { name: "servers-details", path: "/servers/prod-eu", ready: "server-details" },
  { name: "servers-add", path: "/servers?add=1", ready: "server-form", steps: ["click:server-url", "keys:https://self.lab", "click:server-test", "wait:probe-step"] },
  { name: "servers-trust", path: "/servers?add=1", ready: "server-form", steps: ["click:server-url", "keys:https://self.lab", "click:server-test", "wait:certificate-look", "click:certificate-look", "wait:certificate"] },
  { name: "servers-empty", path: "/servers", ready: "server-add", query: "empty" },
  { name: "rules", path: "/rules", ready: "rules-problems" },
  { name: "rules-import", path: "/rules?import=1", ready: "import-form" },
  { name: "triggers", path: "/rules/triggers", ready: "rule-row" },
  { name: "templates", path: "/rules/templates", ready: "rule-row" },
  { name: "subscriptions", path: "/rules/subscriptions", ready: "rule-row" },
  { name: "catalog", path: "/rules/catalog", ready: "ready-row" },
  { name: "trigger", path: "/rules/triggers/on-deployed", ready: "value-0" },
  { name: "trigger-new", path: "/rules/triggers?new=1", ready: "trigger-name" },
  { name: "trigger-begun", path: "/rules/triggers?new=1", ready: "trigger-name", steps: ["focus:trigger-name", "keys:on-broken", "wait:no-subscription", "show:told"] },
  { name: "trigger-template", path: "/rules/triggers?new=1&for=0", ready: "bubble" },
  { name: "trigger-rename", path: "/rules/triggers/on-deployed", ready: "value-0", steps: ["click:rename", "wait:dialog"] },
  { name: "template", path: "/rules/templates/app-health-degraded", ready: "bubble" },
  { name: "subscription", path: "/rules/subscriptions/0", ready: "sentence" },
  { name: "file", path: "/rules/file", ready: "file-text-field" },
  { name: "export", path: "/rules/export", ready: "export-text" },
  { name: "settings", path: "/settings", ready: "diagnostics" },
  { name: "settings-demo", path: "/settings", ready: "lang-zh", query: "demo&notray" },
  { name: "start-server", path: "/start", ready: "server-form", query: "empty" },
  { name: "start-group", path: "/start/group", ready: "group-form", query: "empty" },
  { name: "start-rules", path: "/start/rules", ready: "start-test" },
  { name: "palette", path: "/apps", ready: "app-row", steps: ["click:palette-open", "wait:palette", "keys:pa"] },
  { name: "toast", path: "/groups/releases", ready: "group-details", steps: ["click:sending", "wait:banner-paused"] },
  { name: "unsaved", path: "/rules/templates/app-deployed", ready: "bubble", steps: ["click:kind-text", "click:nav-apps", "wait:dialog"] },
];

export type Size = "wide" | "small";
export const sizes: Record<Size, [width: number, height: number]> = { wide: [1100, 720], small: [900, 600] };
export const languages = ["en", "zh"] as const;
