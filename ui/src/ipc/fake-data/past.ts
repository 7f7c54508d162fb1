// An invented week: every application on which the condition holds now came into that state at some time of it.
import type { AppRow, PastView, TriggerForm } from "../bindings";
import { holds, kept } from "./rule-forms";

const DAY = 86_400_000;

/** `now` null: nothing was kept yet. */
export function past(form: TriggerForm, rows: readonly AppRow[], to: readonly string[], now: number | null): PastView {
  const midnight = new Date(now ?? 0).setHours(0, 0, 0, 0);
  const view: PastView = {
    from_ms: null, states: 0, apps: 0, messages: 0, rows: [], held_by_once: 0, held_by_for: 0, failed: 0, failure: "", missing: [], imagined: to.length === 0, cut: false, overtaken: false,
    days: Array.from({ length: 7 }, (_, i) => ({ at_ms: midnight - (6 - i) * DAY, messages: 0 })),
  };
  if (now === null) return view;
  view.missing = form.conditions.flatMap((one) => [...one.when.matchAll(/app(?:\??\.\w+)+/g)].map(([path]) => path.replaceAll("?", ""))).filter((path) => !kept(path));
  if (view.missing.length > 0) return view;
  view.from_ms = now - 6 * DAY;
  view.states = rows.length * 4;
  view.apps = rows.length;
  rows.filter((row) => form.conditions.some((one) => holds(one.when, row))).forEach((row, i) => {
    const at = now - (i % 6) * DAY - i * 300_000;
    view.rows.push({ at_ms: at, app: row.id, condition: 0, to: [...to], resolved: false, once_per: null });
    const day = view.days.findLast((one) => one.at_ms <= at);
    if (day) day.messages += Math.max(1, to.length);
    view.messages += Math.max(1, to.length);
  });
  view.rows.sort((a, b) => b.at_ms - a.at_ms);
  view.held_by_once = form.conditions.some((one) => one.once_per !== "") ? 3 : 0;
  return view;
}
