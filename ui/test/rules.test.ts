// The rules page: what is in force, what is wrong and where, and importing.
import { expect, test } from "vitest";
import { all, byId, open, path, text, until } from "./harness";

const MANIFEST = `apiVersion: v1
kind: ConfigMap
data:
  trigger.on-deployed: |
    - send: [app-deployed]
  trigger.on-new: |
    - send: [x]
  service.webhook.new: |
    url: $new-url
`;

test("the file, its parts, and the problem with its line", async () => {
  await open("/rules");
  await until(() => expect(text("rules-file")).toBe("~/.config/dinghy/notifications.yaml"));
  expect(text("rules-problems")).toContain("notifications.yaml, line 25, column 38");
  expect(text("source")).toContain("- when: app.status.health.status = 'Degraded'");
});

test("the file can be shown", async () => {
  const { user } = await open("/rules");
  await until(() => byId("rules-show"));
  await user.click(byId("rules-show"));
  expect(all("source").at(-1)?.textContent).toContain("kind: ConfigMap");
});

test("importing shows what changes and asks before it replaces", async () => {
  const { user } = await open("/rules");
  await user.click(byId("rules-import"));
  await until(() => byId("import-form"));
  await user.click(byId("import-text"));
  await user.paste(MANIFEST);
  await until(() => expect(text("import-preview")).toContain("What changes New2 trigger.on-newservice.webhook.new Replaced1 trigger.on-deployed Secrets for the keychain1 new-url"));
  expect(text("diff")).toContain("+added trigger.on-new: |");
  await user.click(byId("import-do"));
  expect(text("dialog")).toContain("Replace 1 key?");
  await user.click(byId("dialog-confirm"));
  await until(() => expect(path()).toBe("#/rules"));
  expect(text("toast")).toBe("Rules imported");
});

test("from a file", async () => {
  const { user } = await open("/rules?import=1");
  await until(() => byId("import-form"));
  await user.upload(byId("import-files"), [new File([MANIFEST], "cm.yaml"), new File(["kind: Secret"], "secret.yaml")]);
  await until(() => expect((byId("import-text") as HTMLTextAreaElement).value).toBe(`${MANIFEST}\n---\nkind: Secret`));
});

test("what is no manifest says so, and cannot be imported", async () => {
  const { user } = await open("/rules?import=1");
  await until(() => byId("import-form"));
  await user.type(byId("import-text"), "hello");
  await until(() => expect(text("import-preview")).toContain("This is not a Kubernetes manifest"));
  expect((byId("import-do") as HTMLButtonElement).disabled).toBe(true);
});

test("no rules yet", async () => {
  const { findByRole } = await open("/rules", { empty: true });
  await findByRole("heading", { name: "No rules yet" });
});

test("for the cluster: what is other there, the text, and a file", async () => {
  const { user } = await open("/rules");
  await user.click(byId("tab-export"));
  await until(() => expect(text("export-note")).toContain("the controller cannot sign"));
  expect(text("export-text")).toContain("argocd-notifications-cm");
  await user.click(byId("export-save"));
  await until(() => expect(text("toast")).toMatch(/^Written to .*argocd-notifications-\d+\.yaml$/));
});
