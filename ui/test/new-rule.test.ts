// A rule of one's own from one form: when it is sent, what it says and who gets it, saved together.
import { EditorView } from "@codemirror/view";
import { expect, test, vi } from "vitest";
import { all, byId, open, path, text, until } from "./harness";

const disabled = (id: string): boolean => (byId(id) as HTMLButtonElement).disabled;
const notes = (): string[] => all("form-note").map((note) => note.textContent.trim());
const box = (id: string): HTMLInputElement => byId(id) as HTMLInputElement;
const NEW = "#/rules/triggers?new=1";

async function begin(options: Parameters<typeof open>[1] = {}) {
  const opened = await open("/rules/triggers?new=1", options);
  await until(() => byId("trigger-name"));
  await until(() => byId("new-template-0"));
  return opened;
}

/** Opens the new template's form in front of the trigger's. */
async function toTemplate(user: Awaited<ReturnType<typeof open>>["user"]): Promise<void> {
  await user.click(byId("new-template-0"));
  await until(() => byId("template-name"));
}

test("a rule is written, given to a group and saved in one step", async () => {
  const { user, backend } = await open("/rules");
  const saved = vi.spyOn(backend, "triggerSave");
  await until(() => byId("rule-new"));
  expect(text("rule-new")).toBe("New rule");
  await user.click(byId("rule-new"));
  await until(() => byId("send-to-releases"));
  // Nothing is missing before anything is typed.
  expect(notes()).toEqual([]);
  expect(all("no-template-0").concat(all("no-subscription"))).toEqual([]);
  await user.type(byId("trigger-name"), "on-bad");
  await until(() => byId("no-template-0"));
  expect(text("no-template-0")).toBe("Nothing is sent until a template is chosen.");
  expect(text("no-subscription")).toBe("Nobody is told until a group is chosen.");
  await user.click(byId("send-0-app-deployed"));
  await user.click(byId("send-to-releases"));
  expect(notes()).toEqual([]);
  expect(all("no-template-0").concat(all("no-subscription"))).toEqual([]);
  await user.click(byId("form-save"));
  await until(() => expect(text("toast")).toContain("on-bad is in force: releases is told"));
  expect(saved).toHaveBeenCalledTimes(1);
  const rules = await backend.rules();
  expect(rules.subscriptions.at(-1)?.form).toEqual({ recipients: ["releases"], triggers: ["on-bad"], servers: [], projects: [], selector: "" });
  // Back in the list, on the new one; one undo takes all of it back.
  await until(() => expect(document.activeElement?.textContent).toBe("on-bad"));
  expect(document.activeElement?.closest("li")?.querySelector("[aria-label='In force']")).not.toBeNull();
  expect(rules.undo).toBe("trigger.on-bad");
  await user.click(byId("rules-undo"));
  await until(() => expect(all("rule-row").length).toBe(2));
  expect((await backend.rules()).subscriptions.length).toBe(1);
});

test("saved without a template and a group it stays open and says what is missing", async () => {
  const { user } = await begin();
  await user.type(byId("trigger-name"), "on-bad");
  await user.click(byId("form-save"));
  await until(() => expect(path()).toBe("#/rules/triggers/on-bad"));
  expect(text("toast")).toBe("on-bad saved. No template is chosen: nothing would be sent. No group is chosen: nobody would be told.");
  await until(() => expect(notes().length).toBe(2));
  await user.click(byId("send-0-app-deployed"));
  await user.click(byId("send-to-releases"));
  await until(() => expect(notes()).toEqual([]));
  await user.click(byId("form-save"));
  await until(() => expect(path()).toBe("#/rules/triggers?at=on-bad"));
  expect(all("toast").at(-1)?.textContent).toContain("on-bad is in force: releases is told");
});

test("a trigger in the list says what it lacks", async () => {
  const { user } = await begin();
  await user.type(byId("trigger-name"), "on-bad");
  await user.click(byId("send-0-app-deployed"));
  await user.click(byId("form-save"));
  await until(() => expect(path()).toBe("#/rules/triggers/on-bad"));
  await user.click(byId("form-back"));
  const row = () => all("rule-row").find((one) => one.dataset["name"] === "on-bad");
  await until(() => expect(row()?.textContent).toContain("Nobody is told until a group is chosen."));
  expect(row()?.querySelector("[aria-label='Sends nothing yet']")).not.toBeNull();
});

test("a template is written in front of the trigger, saved, and picked", async () => {
  const { user, backend } = await begin();
  await user.type(byId("trigger-name"), "on-broken");
  await toTemplate(user);
  // It starts with a name and words of its own, and can be saved as it stands.
  expect(box("template-name").value).toBe("app-broken");
  await until(() => expect(text("device-phone")).toContain("broken"));
  expect(all("form-dirty")).toEqual([]);
  expect(text("form-back")).toBe("New rule");
  await user.type(byId("template-name"), "-now");
  await user.click(byId("form-save"));
  await until(() => expect(box("send-0-app-broken-now").checked).toBe(true));
  expect(path()).toBe(NEW);
  expect(text("send-0")).not.toContain("does not exist");
  expect(text("toast")).toContain("app-broken-now saved");
  await until(() => expect(document.activeElement).toBe(byId("send-0-app-broken-now")));
  expect(box("trigger-name").value).toBe("on-broken");
  expect((await backend.rules()).templates.map((row) => row.name)).toContain("app-broken-now");
  await user.click(byId("send-to-releases"));
  await user.click(byId("form-save"));
  await until(() => expect(all("toast").at(-1)?.textContent).toContain("on-broken is in force"));
});

test.each([["the way back", (user: Awaited<ReturnType<typeof open>>["user"]) => user.click(byId("form-back"))], ["Esc", (user: Awaited<ReturnType<typeof open>>["user"]) => user.keyboard("{Escape}")]])("%s leads from a new template to the trigger, with nothing picked", async (_, leave) => {
  const { user } = await begin();
  await user.type(byId("trigger-name"), "on-broken");
  await toTemplate(user);
  await leave(user);
  await until(() => expect(path()).toBe(NEW));
  expect(all("dialog")).toEqual([]);
  await until(() => expect(box("trigger-name").value).toBe("on-broken"));
  await until(() => expect(document.activeElement).toBe(byId("new-template-0")));
  expect(box("send-0-app-deployed").checked).toBe(false);

  // Typed words are asked about, and the trigger's are not lost with them.
  await toTemplate(user);
  await user.type(byId("template-name"), "x");
  await leave(user);
  await until(() => expect(text("dialog")).toContain("Leave without saving?"));
  await user.click(byId("dialog-cancel"));
  expect(box("template-name").value).toBe("app-brokenx");
  await leave(user);
  await until(() => byId("dialog-confirm"));
  await user.click(byId("dialog-confirm"));
  await until(() => expect(box("trigger-name").value).toBe("on-broken"));
  await user.click(byId("nav-events"));
  await until(() => expect(text("dialog")).toContain("Leave without saving?"));
});

test("a refused template stays in front, with the reason", async () => {
  const { user, backend } = await begin();
  await toTemplate(user);
  backend.templateSave = () => Promise.reject({ code: "form", message: "There is one of this name already.", todo: "", field: "name" });
  await user.click(byId("form-save"));
  await until(() => expect(document.querySelector("[aria-invalid=true]")).toBe(byId("template-name")));
  expect(path()).toBe("#/rules/triggers?new=1&for=0");
});

test("a chosen template is edited in front of its trigger", async () => {
  const { user, backend } = await open("/rules/triggers/on-deployed");
  await until(() => byId("edit-0-app-deployed"));
  await user.click(byId("edit-0-app-deployed"));
  await until(() => byId("template-message"));
  expect(all("form-remove").concat(all("template-name"))).toEqual([]);
  const view = await until(() => {
    const found = EditorView.findFromDOM(byId("template-message-code").shadowRoot?.querySelector(".cm-editor") as HTMLElement);
    if (!found) throw new Error("no editor yet");
    return found;
  });
  view.dispatch({ changes: { from: 0, insert: "now: " } });
  await until(() => expect(disabled("form-save")).toBe(false));
  await user.click(byId("form-save"));
  await until(() => expect(path()).toBe("#/rules/triggers/on-deployed"));
  await until(() => expect(document.activeElement).toBe(byId("send-0-app-deployed")));
  expect((await backend.templateDraft("app-deployed")).form.message).toMatch(/^now: /);
});

test("an existing trigger: who gets it leads to its form, and others are added by saving", async () => {
  const { user, backend } = await open("/rules/triggers/on-deployed");
  await until(() => byId("subscription-0"));
  expect(text("subscription-0")).toBe("releases, platform-oncall, for any application.");
  expect(all("send-to")).toEqual([]);
  await backend.onDisk((kept) => {
    const first = kept.subscriptions[0];
    if (first) first.recipients = ["releases"];
  });
  await until(() => byId("send-to-platform-oncall"));
  expect(all("send-to-releases")).toEqual([]);
  await user.click(byId("send-to-platform-oncall"));
  expect(text("form-dirty")).toBe("Edited");
  await user.click(byId("form-discard"));
  expect(box("send-to-platform-oncall").checked).toBe(false);
  await user.click(byId("send-to-platform-oncall"));

  // Subscribed by another program meanwhile it is not asked for twice.
  await backend.onDisk((kept) => kept.subscriptions.push({ recipients: ["platform-oncall"], triggers: ["on-deployed"], servers: [], projects: [], selector: "team=a" }));
  await until(() => byId("subscription-1"));
  expect(all("send-to")).toEqual([]);
  await until(() => expect(all("form-dirty")).toEqual([]));
  await user.click(byId("subscription-1"));
  await until(() => expect(path()).toBe("#/rules/subscriptions/1"));
});

test("the chosen groups outlive a window that closes, and are kept over what changed on disk", async () => {
  const { user, backend, unmount } = await begin();
  await user.type(byId("trigger-name"), "on-bad");
  await user.click(byId("send-to-releases"));
  await until(() => expect(backend.unsaved.get("trigger.")).toContain("releases"));
  const kept = new Map(backend.unsaved);
  unmount();
  const again = await open("/rules", {}, kept);
  again.backend.navigate("/rules/triggers?new=1");
  await until(() => byId("restored"));
  await until(() => expect(box("send-to-releases").checked).toBe(true));
  expect(box("trigger-name").value).toBe("on-bad");
});

test("a refused save leaves all that was chosen", async () => {
  const { user, backend } = await begin();
  await user.type(byId("trigger-name"), "on-deployed");
  await user.click(byId("send-to-releases"));
  await user.click(byId("form-save"));
  await until(() => expect(document.querySelector("[aria-invalid=true]")).toBe(byId("trigger-name")));
  expect(box("send-to-releases").checked).toBe(true);
  expect((await backend.rules()).subscriptions.length).toBe(1);
});

test("a trigger gets another name, and those who are told of it follow", async () => {
  const { user, backend } = await open("/rules/triggers/on-deployed");
  await until(() => expect(text("trigger-called")).toBe("on-deployed"));
  await user.click(byId("rename"));
  expect(text("dialog")).toContain("Subscriptions and default triggers follow.");
  expect(disabled("dialog-confirm")).toBe(true);
  await user.clear(byId("rename-to"));
  await user.type(byId("rename-to"), "on-health-degraded");
  await user.click(byId("dialog-confirm"));
  await until(() => expect(text("dialog")).toContain("There is one of this name already."));
  await user.clear(byId("rename-to"));
  await user.type(byId("rename-to"), "on-release{Enter}");
  await until(() => expect(path()).toBe("#/rules/triggers/on-release"));
  expect((await backend.rules()).subscriptions[0]?.form.triggers).toContain("on-release");
  await until(() => expect(text("trigger-called")).toBe("on-release"));
  await user.type(byId("description-0"), "mine");
  expect(disabled("rename")).toBe(true);
});

test("without rules a new one is one click away", async () => {
  const { user } = await open("/rules/triggers", { empty: true });
  await until(() => expect(document.querySelector(".empty a")?.textContent).toBe("New rule"));
  await user.click(document.querySelector(".empty a") as HTMLElement);
  await until(() => expect(text("send-to")).toContain("No group yet"));
});
