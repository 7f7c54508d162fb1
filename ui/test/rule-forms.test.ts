// Rules from typing to saving: mistakes, previews, matches, conflicts, undo.
import { EditorView } from "@codemirror/view";
import { expect, onTestFinished, test } from "vitest";
import { sentence } from "../src/forms/sentence";
import { en } from "../src/i18n/en";
import { zh } from "../src/i18n/zh";
import { all, byId, open, path, text, until } from "./harness";

/** The code field's editor, once it is there. */
const editor = (id: string): Promise<EditorView> => until(() => {
  const view = EditorView.findFromDOM(byId(`${id}-code`).shadowRoot?.querySelector(".cm-editor") as HTMLElement);
  if (!view) throw new Error("no editor yet");
  return view;
});
async function write(id: string, content: string): Promise<void> {
  const view = await editor(id);
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: content } });
}
const disabled = (id: string): boolean => (byId(id) as HTMLButtonElement).disabled;

test("a template: a typo is said under its line, mended, seen, sent and saved", async () => {
  const { user } = await open("/rules/templates/app-health-degraded");
  await until(() => expect(text("device-phone")).toContain("is degraded"));
  expect(text("size")).toMatch(/\d+ \/ 20,000 B/);
  await write("template-text", "### {{.app.metadata.name}}\n{{.app.spec.project");
  await until(() => expect(text("template-text-diag")).toContain("1 error2:1"));
  expect(text("preview")).toContain("This is the last message without errors.");
  expect(disabled("send-test")).toBe(true);
  await write("template-text", "### {{.app.metadata.name}}\n\nof **{{.app.spec.project}}**");
  await until(() => expect(text("device-phone")).toContain("of billing"));
  await until(() => expect(disabled("send-test")).toBe(false));
  await user.click(byId("send-test"));
  await until(() => expect(text("test-result")).toContain("143"));
  await user.click(byId("form-save"));
  await until(() => expect(path()).toBe("#/rules/templates"));
  expect(text("toast")).toBe("app-health-degraded saved");
});

test("a template is tried on an application that it is sent about, until another is chosen", async () => {
  const { user, backend } = await open("/rules/templates");
  await backend.onDisk((kept) => {
    for (const condition of kept.triggers.flatMap((trigger) => trigger.conditions)) if (condition.send.includes("app-deployed")) condition.when = "app.status.health.status == 'Suspended'";
  });
  const tried = () => (byId("pick-app") as HTMLInputElement).value;
  backend.navigate("/rules/templates/app-deployed");
  await until(() => expect(tried()).toBe("order-timeline"));
  await user.type(byId("pick-app"), "checkout-api");
  await until(() => expect(all("pick-option").map((option) => option.textContent)).toEqual([expect.stringContaining("checkout-api")]));
  await user.keyboard("{Enter}");
  backend.navigate("/rules/triggers/on-deployed");
  await until(() => expect(text("matches")).toContain("1 of 30"));
  expect(tried()).toBe("checkout-api");
});

test("a trigger is tried on an application that matches it", async () => {
  await open("/rules/triggers/on-deployed");
  await write("when-0", "app.status.health.status == 'Missing'");
  await until(() => expect(text("values")).toContain("health.status'Missing'"));
  await write("when-0", "app.status.health.status == 'Suspended'");
  await until(() => expect(text("value-0")).toBe("true"));
});

test("kinds keep what the others need", async () => {
  const { user } = await open("/rules/templates/app-health-degraded");
  await until(() => byId("kind-text"));
  await user.click(byId("kind-message").querySelector("input") as HTMLElement);
  expect(all("template-text-field")).toEqual([]);
  await user.click(byId("kind-actionCard").querySelector("input") as HTMLElement);
  expect((await editor("template-text")).state.doc.toString()).toContain("is degraded");
  await until(() => expect(text("device-pc")).toContain("Argo CD"));
});

test("a trigger with a typo, mended, matching, saved under a name", async () => {
  const { user } = await open("/rules/triggers?new=1");
  await write("when-0", "app.status.health.status = 'Degraded'");
  await until(() => expect(text("when-0-diag")).toContain("1 error1:26"));
  await write("when-0", "app.status.health.status == 'Degraded'");
  await until(() => expect(text("matches")).toContain("5 of 30"));
  await until(() => expect(text("values")).toContain("health.status'Degraded'"));
  expect(text("value-0")).toBe("true");
  await user.click(byId("send-0-app-deployed"));
  await user.click(byId("send-to-releases"));
  await user.type(byId("trigger-name"), "on bad");
  await user.click(byId("form-save"));
  await until(() => expect(text("trial").length).toBeGreaterThan(0));
  await until(() => expect(document.body.textContent).toContain("A name has letters, digits, - and _."));
  await user.clear(byId("trigger-name"));
  await user.type(byId("trigger-name"), "on-bad");
  expect(document.body.textContent).not.toContain("A name has letters, digits, - and _.");
  await user.click(byId("form-save"));
  await until(() => expect(all("rule-row").map((row) => row.dataset["name"])).toContain("on-bad"));
});

test("what is unsaved is not lost without a question", async () => {
  const { user } = await open("/rules/triggers/on-deployed");
  await until(() => byId("description-0"));
  await user.type(byId("description-0"), "mine");
  await user.click(byId("form-back"));
  await until(() => expect(text("dialog")).toContain("Leave without saving?"));
  await user.click(byId("dialog-cancel"));
  expect((byId("description-0") as HTMLInputElement).value).toBe("mine");
  await user.click(byId("form-discard"));
  expect((byId("description-0") as HTMLInputElement).value).toBe("");
});

test("why a rule is not saved is said, and brought into view", async () => {
  const shown: string[] = [];
  HTMLElement.prototype.scrollIntoView = function () {
    shown.push(this.textContent.trim());
  };
  onTestFinished(() => void Reflect.deleteProperty(HTMLElement.prototype, "scrollIntoView"));
  const { user, backend } = await open("/rules/triggers/on-deployed");
  backend.triggerSave = () => Promise.reject({ code: "form", message: "Not saved, there is a mistake.", todo: "", field: null });
  await until(() => byId("description-0"));
  await user.type(byId("description-0"), "mine");
  await user.click(byId("form-save"));
  await until(() => expect(byId("error").getAttribute("role")).toBe("alert"));
  expect(shown).toEqual(["Not saved, there is a mistake."]);
});

test("a rule that changed on disk is taken over, or asked about when something was typed", async () => {
  const { user, backend } = await open("/rules/triggers/on-deployed");
  await until(() => byId("description-0"));
  const change = (description: string) => backend.onDisk((kept) => {
    const condition = kept.triggers[0]?.conditions[0];
    if (condition) condition.description = description;
  });
  await change("first");
  await until(() => expect((byId("description-0") as HTMLInputElement).value).toBe("first"));
  await user.type(byId("description-0"), " mine");
  await change("second");
  await until(() => byId("conflict"));
  expect((byId("description-0") as HTMLInputElement).value).toBe("first mine");
  await user.click(byId("conflict-mine"));
  await user.click(byId("form-save"));
  await until(() => expect(path()).toBe("#/rules/triggers?at=on-deployed"));
  expect(text("toast")).toBe("on-deployed is in force: releases, platform-oncall are told");
});

test("removing asks, and can be undone", async () => {
  const { user } = await open("/rules/templates/app-deployed");
  await until(() => byId("form-remove"));
  await until(() => expect(all("bubble").length).toBe(2));
  await user.click(byId("form-remove"));
  await user.click(byId("dialog-confirm"));
  await until(() => expect(all("rule-row").length).toBe(1));
  await user.click(byId("rules-undo"));
  await until(() => expect(all("rule-row").length).toBe(2));
});

test("a subscription is a sentence; one that is about nobody says so", async () => {
  const { user } = await open("/rules/subscriptions?new=1");
  await until(() => expect(text("matches")).toContain("of 30"));
  expect(all("form-note")).toEqual([]);
  await user.click(byId("triggers-on-deployed"));
  await until(() => expect(text("form-note")).toBe("Nobody is chosen to be told."));
  await user.click(byId("recipients-releases"));
  await until(() => expect(text("form-note")).toBe("Subscription 1 tells releases of on-deployed too: it is sent once."));
  expect(text("sentence")).toBe("When on-deployed fires for any application, releases is told.");
  await user.type(byId("selector"), "team=nobody");
  await until(() => byId("idle"));
  await user.clear(byId("selector"));
  await user.type(byId("selector"), "team in (");
  await until(() => expect(document.querySelector("[aria-invalid=true]")).toBe(byId("selector")));
  expect(disabled("form-save")).toBe(true);
  await user.clear(byId("selector"));
  await user.click(document.querySelector("[aria-label='Add team=payments']") as HTMLElement);
  await until(() => expect(text("matches")).toContain("3 of 30"));
  await until(() => expect(disabled("form-save")).toBe(false));
  await user.click(byId("form-save"));
  await until(() => expect(all("rule-row").length).toBe(2));
  expect(all("rule-row")[1]?.textContent).toContain("an application with team=payments");
});

test("a subscription for some servers and projects says so, and which of them nobody knows", async () => {
  const { user, backend } = await open("/rules/subscriptions?new=1");
  await until(() => byId("projects-payments"));
  await user.click(byId("recipients-releases"));
  await user.click(byId("triggers-on-deployed"));
  await user.click(byId("servers-prod-eu"));
  await user.click(byId("projects-payments"));
  expect(text("sentence")).toBe("When on-deployed fires for any application in project payments on prod-eu, releases is told.");
  expect(byId("projects-payments").getAttribute("aria-pressed")).toBe("true");
  await until(() => expect(text("matches")).toContain("of 30"));
  await until(() => expect(disabled("form-save")).toBe(false));
  await user.click(byId("form-save"));
  await until(() => expect(all("rule-row").length).toBe(2));
  await backend.onDisk((kept) => kept.subscriptions.push({ recipients: ["platform-oncall"], triggers: ["on-deployed"], servers: ["gone"], projects: ["gone"], selector: "" }));
  await until(() => expect(all("subscription-note").map((note) => note.textContent)).toContain("There is no server gone."));
  await user.click(all("rule-row")[2]?.querySelector("a") as HTMLElement);
  await until(() => expect(text("projects-gone")).toContain("does not exist"));
  await user.click(byId("projects-gone"));
  await user.click(byId("servers-gone"));
  await until(() => expect(text("sentence")).toBe("When on-deployed fires for any application, platform-oncall is told."));
  expect((await backend.rules()).subscriptions[1]?.form).toMatchObject({ servers: ["prod-eu"], projects: ["payments"], selector: "" });
});

test.each([
  [[], [], "", "any application", "所有应用"],
  [["prod"], [], "", "any application on prod", "prod 上的所有应用"],
  [[], ["a", "b"], "", "any application in project a or b", "项目 a 或 b 中的所有应用"],
  [["prod", "dr"], ["a"], " team=x ", "an application with team=x in project a on prod or dr", "prod 或 dr 上项目 a 中标签符合 team=x 的应用"],
])("servers %j, projects %j and labels %j in both languages", (servers, projects, selector, english, chinese) => {
  const form = { recipients: ["ops"], triggers: ["t"], servers, projects, selector };
  expect(sentence(en, form)).toBe(`When t fires for ${english}, ops is told.`);
  expect(sentence(zh, form)).toBe(`触发 t 时通知 ops（${chinese}）。`);
});

test("several are told, and the default triggers are several", () => {
  const form = { recipients: ["ops", "dev"], triggers: [en.rules.defaults], servers: [], projects: [], selector: "" };
  expect(sentence(en, form)).toBe("When the default triggers fire for any application, ops, dev are told.");
  expect(sentence(en, { ...form, recipients: ["ops"], triggers: ["a", "b"] })).toBe("When a, b fire for any application, ops is told.");
});

test("the file shows what changes before it is saved", async () => {
  const { user } = await open("/rules/file");
  const view = await editor("file-text");
  await until(() => expect(view.state.doc.toString()).toContain("kind: ConfigMap"));
  view.dispatch({ changes: { from: 0, to: 14, insert: "apiVersion: v2" } });
  await until(() => expect(text("diff")).toContain("+addedapiVersion: v2"));
  await user.click(byId("form-save"));
  expect(text("dialog")).toContain("Save the file?");
  await user.click(byId("dialog-confirm"));
  await until(() => expect(path()).toBe("#/rules"));
});

test("from the catalog: chosen rules are added, and a group subscribed to them", async () => {
  const { user } = await open("/rules/catalog");
  await until(() => expect(all("ready-row").length).toBe(3));
  expect(disabled("ready-on-deployed")).toBe(true);
  await user.click(byId("ready-on-sync-failed"));
  await user.click(byId("ready-service-releases"));
  await user.click(byId("ready-add"));
  await until(() => expect(all("rule-row").map((row) => row.dataset["name"])).toContain("on-sync-failed"));
  expect(text("toast")).toBe("1 rule added");
});

test("without rules the catalog is one click away", async () => {
  const { user } = await open("/rules", { empty: true });
  await until(() => byId("rules-catalog"));
  await user.click(byId("rules-catalog"));
  await until(() => expect(all("ready-row").length).toBe(3));
});

test("what was typed in a window that closed is there again", async () => {
  const { user, backend, unmount } = await open("/rules/triggers/on-deployed");
  await until(() => byId("description-0"));
  await user.type(byId("description-0"), "mine");
  await until(() => expect(backend.unsaved.get("trigger.on-deployed")).toContain("mine"));
  // A window that closes takes no leave.
  const kept = new Map(backend.unsaved);
  unmount();
  await until(() => expect(backend.unsaved.size).toBe(0));
  const again = await open("/rules/triggers", {}, kept);
  again.backend.navigate("/rules/triggers/on-deployed");
  await until(() => byId("restored"));
  expect((byId("description-0") as HTMLInputElement).value).toBe("mine");
  await again.user.click(byId("form-discard"));
  expect((byId("description-0") as HTMLInputElement).value).toBe("");
});

test("a trigger: why it would or would not send for the chosen application, as it is typed", async () => {
  const { user } = await open("/rules/triggers/on-deployed");
  await until(() => byId("value-0"));
  await user.click(byId("drafted-open"));
  await until(() => expect(text("drafted")).toContain("Does not hold"));
  await write("when-0", "app.status.health.status == 'Degraded'");
  await until(() => expect(text("drafted")).toContain("Not sent: first contact"));
});

test("a trigger: what it would have sent over the week, or why that cannot be said", async () => {
  await open("/rules/triggers/on-deployed");
  await write("when-0", "app.status.health.status == 'Degraded'");
  await until(() => expect(text("past")).toContain("10messages would have been sent"));
  expect(byId("past").querySelectorAll(".days li").length).toBe(7);
  expect(byId("past").querySelectorAll(".rows li").length).toBe(5);
  await write("when-0", "app.status.resources == 'x'");
  await until(() => expect(text("past")).toContain("app.status.resources"));
  expect(text("past")).not.toContain("would have been sent");
});

test("a subscription that tells a group twice, or nobody, is pointed out in the list and in the form", async () => {
  const { user, backend } = await open("/rules/subscriptions");
  await until(() => expect(text("rule-row")).toContain("30 of 30"));
  expect(all("subscription-note")).toEqual([]);
  await backend.onDisk((kept) => kept.subscriptions.push({ recipients: ["releases"], triggers: ["on-deployed"], servers: [], projects: [], selector: "team=nobody" }));
  await until(() => expect(all("subscription-note").map((note) => note.textContent)).toEqual([
    "Subscription 2 tells releases of on-deployed too: it is sent once.", "It matches no application now.", "Subscription 1 tells releases of on-deployed too: it is sent once.",
  ]));
  await user.click(all("rule-row")[1]?.querySelector("a") as HTMLElement);
  await until(() => expect(text("form-note")).toContain("Subscription 1 tells releases"));
});

test("a template: mentions are added, shown and saved", async () => {
  const { user, backend } = await open("/rules/templates/app-health-degraded");
  await until(() => byId("mention-initiator"));
  await user.click(byId("mention-initiator"));
  await user.type(byId("mention-name"), "@alice{Enter}");
  expect(text("mentions")).toContain("@ whoever started it");
  expect(all("mention-initiator")).toEqual([]);
  await user.click(byId("form-save"));
  await until(() => expect(path()).toBe("#/rules/templates"));
  expect((await backend.templateDraft("app-health-degraded")).form.dingtalk?.mention).toEqual(["initiator", "alice"]);
});
