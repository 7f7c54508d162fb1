// A rough idea of why the invented rules would or would not send: enough to see every part of the page work.
import type { AppRow, AppRules, EventRow, ExplainDestination, ExplainView, Lang, QueueRow, RuleStanding, SubscriptionForm, Tone, TriggerForm } from "../bindings";
import { fill, holds, isMeant, parts } from "./rule-forms";
import { say, type Said } from "./say";

/** What is invented, as far as it is asked. */
export interface Known { lang: Lang; subscriptions: readonly SubscriptionForm[]; events: readonly EventRow[]; queue: readonly QueueRow[]; paused: boolean }

/** The mistake in the invented file is mended in the version that is in force. */
const inForce = (text: string): string => text.replace(/(?<![=!<>])=(?!=)/g, "==");

const words: Record<"sent" | "refused" | "first" | "none", { tone: Tone; word: Said; why: Said }> = {
  sent: { tone: "ok", word: ["Sent", "已发送"], why: ["was sent before; due again when its once-per value changes", "此前已发送；去重依据变化后才会再次触发"] },
  refused: { tone: "bad", word: ["Refused", "被拒绝"], why: ["was queued, and the destination refused it", "已排队，发送目标拒绝接收"] },
  first: {
    tone: "hold", word: ["Not sent: first contact", "未发送：首次见到"],
    why: ["was only remembered, not sent: it was true at first contact with the application or the rules", "只记录未发送：首次见到该应用或规则时条件已成立"],
  },
  none: { tone: "info", word: ["Does not hold", "不成立"], why: ["the condition is not true", "条件不成立"] },
};

const of = (known: Known, trigger: string, row: AppRow) => known.events.filter((one) => one.trigger === trigger && one.app?.name === row.id.name && one.app.server === row.id.server);

function notes({ lang, paused }: Known, row: AppRow): string[] {
  const all: string[] = [];
  if (row.stale) all.push(say(lang, [`${row.id.server} has not been heard for a while: nothing new is judged until it answers.`, `${row.id.server} 没有新数据：恢复之前不会判断新的变化。`]));
  if (paused) all.push(say(lang, ["Sending is paused: messages wait in the queue.", "发送已暂停：消息会先排队。"]));
  return all;
}

/** Why a subscription is not about it. */
function otherwise(one: SubscriptionForm, row: AppRow): readonly [string, string] {
  const [servers, projects] = [one.servers.join(", "), one.projects.join(", ")];
  if (servers !== "" && !one.servers.includes(row.id.server)) return [`only for server ${servers}; this one is on ${row.id.server}`, `只针对服务器 ${servers}；此应用在 ${row.id.server}`];
  if (projects !== "" && !one.projects.includes(row.project)) return [`only for project ${projects}; this one is in ${row.project}`, `只针对项目 ${projects}；此应用属于 ${row.project}`];
  return [`${one.selector} does not match`, `${one.selector} 不匹配`];
}

export function explained(known: Known, form: TriggerForm, row: AppRow): ExplainView {
  const { lang } = known;
  const events = of(known, form.name, row);
  const queue = known.queue.filter((one) => one.trigger === form.name && one.app?.name === row.id.name);
  const subscribed = known.subscriptions.filter((one) => one.triggers.includes(form.name) && isMeant(one, row));
  const destinations: ExplainDestination[] = form.conditions.flatMap((condition, at) => subscribed.flatMap((one) => one.recipients).map((to) => {
    const triggered = holds(inForce(condition.when), row);
    const last = events.find((event) => event.service === to && (event.kind.kind === "sent" || event.kind.kind === "refused"));
    const fate = words[!triggered ? "none" : last?.kind.kind === "sent" ? "sent" : last?.kind.kind === "refused" ? "refused" : "first"];
    return { condition: at, to, by_annotation: false, sends: false, tone: fate.tone, word: say(lang, fate.word), why: say(lang, fate.why), message: "", problem: null };
  }));
  return {
    trigger: form.name, app: row.id, sends: false, is_fresh: true, notes: notes(known, row), destinations, queue, events: events.slice(0, 5),
    conditions: form.conditions.map((condition, at) => {
      const triggered = holds(inForce(condition.when), row);
      const once = triggered && condition.once_per ? fill(`{{.${condition.once_per}}}`, row) : null;
      return {
        index: at, when: inForce(condition.when), triggered, failed: false, value: String(triggered), parts: parts(condition.when, row).map((part) => ({ ...part, rounds: [], failed: false })), skipped: [],
        once_per: once, once_seen: once !== null && events.length > 0, once_per_problem: null, since: null, templates: condition.send,
      };
    }),
    subscriptions: known.subscriptions.map((one, at) => ({
      place: `subscriptions[${at}]`, to: one.recipients, counts: subscribed.includes(one),
      why: subscribed.includes(one) ? say(lang, ["counts", "匹配"]) : one.triggers.includes(form.name) ? say(lang, otherwise(one, row)) : say(lang, ["is about ", "只针对 "]) + one.triggers.join(", "),
    })),
  };
}

export function standings(known: Known, triggers: readonly TriggerForm[], row: AppRow): AppRules {
  const rules = triggers.map((form): RuleStanding => {
    const view = explained(known, form, row);
    const holdsNow = view.conditions.some((one) => one.triggered);
    const order: Tone[] = ["bad", "wait", "ok", "hold", "info"];
    const worst = [...view.destinations].sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone))[0];
    const base = { trigger: form.name, description: form.conditions[0]?.description || (form.conditions[0]?.when ?? ""), holds: holdsNow };
    if (!holdsNow) return { ...base, tone: "info", text: say(known.lang, words.none.word), detail: "" };
    if (!worst) return { ...base, tone: "hold", text: say(known.lang, ["Holds, nobody is subscribed", "成立，没有人订阅"]), detail: "" };
    return { ...base, tone: worst.tone, text: worst.word, detail: worst.to };
  });
  return { notes: notes(known, row), rules: rules.sort((a, b) => Number(b.holds) - Number(a.holds)) };
}
